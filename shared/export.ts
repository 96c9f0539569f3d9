/** Exports: the requests of a filter as a file. */
import { z } from 'zod';
import { RequestId } from './primitives.ts';
import { LoggedRequest } from './request.ts';

export const ExportFormat = z.enum(['csv', 'jsonl', 'openai'], { error: 'must be one of csv, jsonl, openai' }).meta({
  id: 'ExportFormat',
  description:
    '`csv`: a table; `jsonl`: one request a line; `openai`: one example for fine-tuning a line, of the chats that were answered.',
});
export type ExportFormat = z.infer<typeof ExportFormat>;

/** What a file may hold of each request: every field that is read of one. */
export const EXPORT_COLUMNS = Object.keys(LoggedRequest.shape) as readonly ExportColumn[]; // Its own keys.
export type ExportColumn = keyof typeof LoggedRequest.shape;

/** Of a CSV where no columns are named: what fits in a cell. */
export const CSV_COLUMNS: readonly ExportColumn[] = [
  'id',
  'started_at',
  'model',
  'provider',
  'status',
  'error',
  'finish_reason',
  'latency_ms',
  'ttft_ms',
  'input_tokens',
  'output_tokens',
  'cached_input_tokens',
  'reasoning_tokens',
  'cost_usd',
  'prompt_slug',
  'prompt_version',
  'trace_id',
  'user_id',
  'session_id',
  'environment',
  'release',
  'name',
  'tags',
  'api_key_id',
  'input_preview',
  'output_preview',
];

/** Ids that one call names. */
export const MOST_IDS = 200;

/** `a,b,c` in a URL, each once. */
function listOf<Item>(read: (text: string) => Item | null, { most, rule }: { most: number; rule: string }) {
  return z
    .string()
    .transform((text, ctx): readonly Item[] => {
      const items = text.split(',').map((part) => read(part.trim()));
      const known = items.filter((item) => item !== null);
      if (known.length === items.length && items.length <= most) return [...new Set(known)];
      ctx.addIssue({ code: 'custom', message: items.length > most ? `must be at most ${most} of them` : rule });
      return z.NEVER;
    })
    .meta({ type: 'string' });
}

export const ExportColumns = listOf((name) => EXPORT_COLUMNS.find((known) => known === name) ?? null, {
  most: EXPORT_COLUMNS.length,
  rule: 'must be names of fields of a request, such as id,model,cost_usd',
}).describe('Names of fields of a request, with commas between them.');

export const ExportIds = listOf((id) => RequestId.safeParse(id).data ?? null, {
  most: MOST_IDS,
  rule: 'must be ids of requests, with commas between them',
}).describe(`Only these requests: up to ${MOST_IDS} ids, with commas between them.`);
