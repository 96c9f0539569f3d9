/** Runs the user's mask. Where it fails, the payload is replaced: a record never leaves unmasked. */
import { normalizeTags } from '../normalize.js';
import { reportInternal } from '../../runtime/guard.js';
import { toChatMessages, toMessages } from '../messages.js';
import { startIdleTimer } from '../../runtime/runtime.js';
import { Snapshot } from '../snapshot.js';
import { isRecord, isString } from '../../runtime/values.js';
import type { JsonObject, JsonValue, LogInput, SpanInput } from '../../wire.js';

/** A changed record, or null to drop it. */
export type MaskResult = LogInput | SpanInput | null;

/** What a user gives to change records before they leave the process. */
export type Mask = (record: LogInput | SpanInput) => MaskResult | Promise<MaskResult>;

const MASK_FAILED = '[mask failed]';
const MASK_TIMEOUT_MS = 5_000;
/** Names, times and counts: all that stays of a record whose mask failed. */
const WORDLESS = (
  'id endpoint provider model response_model started_at latency_ms ttft_ms status stream finish_reason service_tier ' +
  'input_tokens output_tokens cached_input_tokens cache_write_tokens reasoning_tokens audio_input_tokens ' +
  'audio_output_tokens output_images media_seconds cost_usd prompt_slug prompt_version trace_id parent_id name kind environment release provider_request_id'
).split(' ');
/** A mask that puts a text in the place of one of these means to hide it, and the contract takes no text there. */
const OBJECTS = ['parameters', 'prompt_variables', 'tags', 'metadata', 'error', 'sdk'];

type Fields = Record<string, JsonValue | undefined>;

/**
 * The masked record, null where the mask drops it, or, where it fails, the record without its payload. Never rejects.
 * @internal
 */
export async function applyMask(record: LogInput | SpanInput, mask: Mask): Promise<MaskResult> {
  try {
    // A copy, so that a mask that fails halfway leaves the record as it was.
    const masked: unknown = await withTimeout(mask(copyOf(record) as unknown as LogInput), MASK_TIMEOUT_MS);
    if (masked === null) return null;
    // What the mask returns is copied too: it may be anything.
    const fields = copyOf(masked);
    if (isRecordLike(fields, record)) return withNote(toContract(fields, record), true);
  } catch {
    // The message of the error may hold words of the record, so it is not reported.
  }
  reportInternal('mask a record', 'Its words are replaced; a mask returns a record or null, within 5 s.');
  return withoutWords(record);
}

function copyOf(value: unknown): JsonValue | undefined {
  return new Snapshot({ fieldLength: Infinity }).copy(value);
}

/** Still what it was: the server takes no log without a model, and no span without a name. */
function isRecordLike(masked: JsonValue | undefined, record: LogInput | SpanInput): masked is JsonObject {
  if (!isRecord(masked)) return false;
  if (!('messages' in record)) return isString(masked.name) && isString(masked.trace_id);
  return isString(masked.model) && isString(masked.provider) && masked.messages !== undefined;
}

/** What the server would refuse is brought into shape, or left out: better than to lose the record. */
function toContract(masked: JsonObject, record: LogInput | SpanInput): Fields {
  // A mask cannot change the id: retries and links depend on it.
  const fields: Fields = { ...masked, id: record.id };
  for (const name of OBJECTS) if (!isRecord(fields[name])) delete fields[name];
  if (fields.tags) fields.tags = normalizeTags(fields.tags as JsonObject);
  if ('messages' in record) fields.messages = (isChat(record) ? toChatMessages : toMessages)(masked.messages);
  return fields;
}

function withoutWords(record: LogInput | SpanInput): LogInput | SpanInput {
  const given = record as unknown as Fields;
  const fields: Fields = {};
  for (const name of WORDLESS) if (typeof given[name] !== 'object') fields[name] = given[name];
  if ('messages' in record) {
    fields.messages = isChat(record) ? toChatMessages(MASK_FAILED) : MASK_FAILED;
    for (const name of ['response', 'response_content']) if (given[name] !== undefined) fields[name] = MASK_FAILED;
  }
  for (const name of ['input', 'output']) if (given[name] !== undefined) fields[name] = MASK_FAILED;
  if (record.error) {
    const { type = null, code = null, http_status = null } = record.error;
    fields.error = { type, code, http_status, message: MASK_FAILED };
  }
  return withNote(fields, 'failed');
}

/** A log without an endpoint counts as a chat. */
function isChat({ endpoint }: LogInput): boolean {
  return !endpoint || endpoint === 'chat.completions';
}

/** Says what was done; the fields are those of the record that came in. */
function withNote(fields: Fields, masked: true | 'failed'): LogInput | SpanInput {
  return { ...fields, metadata: { ...(fields.metadata as JsonObject | undefined), masked } } as unknown as
    | LogInput
    | SpanInput;
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
