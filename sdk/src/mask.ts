/** Runs the user's mask. Where it fails, the words are replaced: unmasked is the one way a record must never leave. */
import { startIdleTimer } from './runtime.js';
import type { MaskResult, PromptLabOptions } from './options.js';
import type { LogInput, SpanInput } from './wire.js';

const MASK_FAILED = '[mask failed]';
const MASK_TIMEOUT_MS = 5_000;

export async function applyMask(
  record: LogInput | SpanInput,
  mask: NonNullable<PromptLabOptions['mask']>,
): Promise<MaskResult> {
  try {
    // A copy, so that a mask that fails halfway leaves the record as it was.
    const masked: unknown = await withTimeout(mask(copyOf(record)), MASK_TIMEOUT_MS);
    if (masked === null) return null;
    if (!isRecordLike(masked, record)) return withoutWords(record);
    // Its identity is not the mask's to change: retries and links depend on it.
    const kept = { ...masked, id: record.id } as LogInput | SpanInput;
    return withNote(kept, true);
  } catch {
    return withoutWords(record);
  }
}

function copyOf<R>(record: R): R {
  return typeof structuredClone === 'function' ? structuredClone(record) : (JSON.parse(JSON.stringify(record)) as R);
}

/** Still what it was: the server takes no log without a model, and no step without a name. */
function isRecordLike(masked: unknown, record: LogInput | SpanInput): masked is LogInput | SpanInput {
  if (typeof masked !== 'object' || masked === null || Array.isArray(masked)) return false;
  const fields = masked as Partial<Record<keyof LogInput | keyof SpanInput, unknown>>;
  if (!('messages' in record)) return typeof fields.name === 'string' && typeof fields.trace_id === 'string';
  return typeof fields.model === 'string' && typeof fields.provider === 'string' && fields.messages !== undefined;
}

/** Names, times and counts stay; everything that may hold words of a person goes. */
function withoutWords(record: LogInput | SpanInput): LogInput | SpanInput {
  if (!('messages' in record)) {
    const { id, trace_id, parent_id, name, started_at, latency_ms, status } = record;
    return withNote({ id, trace_id, parent_id, name, started_at, latency_ms, status }, 'failed');
  }
  const { response, response_content: content, error, ...rest } = record;
  return withNote(
    {
      ...rest,
      messages: record.endpoint === 'chat.completions' ? [{ role: 'unknown', content: MASK_FAILED }] : MASK_FAILED,
      response: response === undefined ? undefined : MASK_FAILED,
      response_content: content === undefined ? undefined : MASK_FAILED,
      error: error ? { ...error, message: MASK_FAILED, param: undefined } : undefined,
      parameters: undefined,
      tools: undefined,
      prompt_variables: undefined,
      tags: undefined,
      metadata: undefined,
      user_id: undefined,
      session_id: undefined,
    },
    'failed',
  );
}

function withNote<R extends LogInput | SpanInput>(record: R, masked: true | 'failed'): R {
  const metadata = typeof record.metadata === 'object' && record.metadata !== null ? record.metadata : {};
  return { ...record, metadata: { ...metadata, masked } };
}

async function withTimeout<V>(work: V | Promise<V>, timeoutMs: number): Promise<V> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = startIdleTimer(() => reject(new Error('mask took too long')), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
