import type { ExportColumn } from '#shared/export';

/** Columns of the table that show more than one field, or go by another name. */
const FIELDS: ReadonlyMap<string, readonly ExportColumn[]> = new Map<string, readonly ExportColumn[]>([
  ['time', ['started_at']],
  ['preview', ['input_preview', 'output_preview']],
  ['prompt', ['prompt_slug', 'prompt_version']],
  ['latency', ['latency_ms']],
  ['ttft', ['ttft_ms']],
  ['tokens', ['input_tokens', 'output_tokens']],
  ['cost', ['cost_usd']],
  ['key', ['api_key_id']],
]);

/** The fields of a request that columns of the table show, the id and how it ended before them. */
export function exportColumns(names: readonly string[]): ExportColumn[] {
  // The others have the names of their fields.
  const shown = names.flatMap((name) => FIELDS.get(name) ?? [name as ExportColumn]);
  return [...new Set<ExportColumn>(['id', 'status', ...shown])];
}
