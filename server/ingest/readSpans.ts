/** From a span as it came to its row: as logs, without prices. Nothing here waits, or knows who waits for it. */
import { type JsonValue, LIMITS } from '#shared/primitives';
import type { ParsedSpan, SpanDetail } from '#shared/trace';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import { spanRowType } from '#server/traces/repository';
import { checkStartedAt, type ReadItems, readItems, requireObject, type Sender } from './batchItems.ts';
import { type Cut, cutError, cutJson, cutObject, cutTags } from './cutFields.ts';
import { parseSpan } from './parseSpan.ts';
import { previewStep } from './preview.ts';
import { type Sanitized, sanitize } from './sanitize.ts';

const NOTHING = { value: null, isCut: false } as const;

/**
 * Makes rows of steps of traces; each stands alone, as logs do.
 * @throws {AppError} as `readItems`.
 */
export function readSpans(arriving: Pick<Deps, 'clock'>, sender: Sender, inputs: readonly unknown[]): ReadItems {
  return readItems(inputs, {
    noun: 'span',
    toRow(input) {
      const { span, cleaning } = toSpan(arriving, sender, input);
      return { id: span.id, row: spanRowType.encode(sender.scope, span), cleaning };
    },
  });
}

/**
 * From a span as it came to the span as it is stored.
 * @throws {AppError} what is wrong with the span.
 */
export function toSpan(
  deps: Pick<Deps, 'clock'>,
  { api_key_id }: Pick<Sender, 'api_key_id'>,
  input: unknown,
): { span: SpanDetail; cleaning: Sanitized } {
  const parsed = parseSpan(requireObject(input, 'span'));
  const cleaning = sanitize(parsed, 'span');
  const { problem, truncated } = cleaning;
  if (problem) throw new AppError(problem.code, problem.message);
  const now = deps.clock();
  checkStartedAt(parsed.started_at, now);
  const span = toStoredSpan(parsed, { now, api_key_id, truncated });
  return { span, cleaning: { ...cleaning, truncated: span.truncated } };
}

/** Fills in what the caller left out, and cuts what is too long. */
function toStoredSpan(
  span: ParsedSpan,
  { now, api_key_id, truncated }: { now: Date; truncated: boolean } & Pick<Sender, 'api_key_id'>,
): SpanDetail {
  const error = span.error ? cutError(span.error) : NOTHING;
  const tags = cutTags(span.tags ?? {});
  const metadata = span.metadata ? cutObject(span.metadata, LIMITS.spanMetadataLength) : NOTHING;
  const input = cutContent(span.input);
  const output = cutContent(span.output);
  return {
    id: span.id,
    trace_id: span.trace_id,
    parent_id: span.parent_id ?? null,
    name: span.name,
    kind: span.kind ?? null,
    started_at: new Date(span.started_at).toISOString(),
    created_at: now.toISOString(),
    latency_ms: span.latency_ms ?? null,
    status: span.status ?? (span.error ? 'error' : 'success'),
    error: error.value,
    user_id: span.user_id ?? null,
    session_id: span.session_id ?? null,
    environment: span.environment ?? null,
    release: span.release ?? null,
    tags: tags.value,
    metadata: metadata.value,
    api_key_id,
    input_preview: previewStep(input.value, 'input'),
    output_preview: previewStep(output.value, 'output'),
    truncated: truncated || [error, tags, metadata, input, output].some(({ isCut }) => isCut),
    input: input.value,
    output: output.value,
  };
}

function cutContent(content: ParsedSpan['input']): Cut<JsonValue | null> {
  return content === undefined || content === null ? NOTHING : cutJson(content, LIMITS.spanContentLength);
}
