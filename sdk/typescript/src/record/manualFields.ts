/**
 * Brings the fields of a log that was written by hand into the shape of the contract: an odd value is put in words, or left out, and
 * never costs the record.
 */
import { isRecord, isString, setOwn } from '../runtime/values.js';
import type { JsonObject, JsonValue } from '../wire.js';
import { toChatMessages, toMessages } from './messages.js';
import { normalizeCount, normalizeIdentifier, normalizeTags } from './normalize.js';
import type { Snapshot } from './snapshot.js';

type Fields = { [key: string]: JsonValue };
type Normalize = (value: JsonValue) => JsonValue | undefined;

const STATUSES = new Set(['success', 'error', 'aborted', 'incomplete']);
/** A time in milliseconds is larger, one in seconds smaller: both mean this century. */
const FIRST_MILLISECONDS = 1e11;

const identifier: Normalize = (value) => normalizeIdentifier(typeof value === 'boolean' ? String(value) : value);
const count: Normalize = (value) => normalizeCount(toNumber(value));
const text: Normalize = (value) => (isString(value) ? value : JSON.stringify(value));
const duration: Normalize = (value) => {
  const ms = toNumber(value);
  return ms !== undefined && ms >= 0 && Number.isFinite(ms) ? ms : undefined;
};
const object: Normalize = (value) => (isRecord(value) ? value : { value });

const NORMALIZE: Readonly<Record<string, Normalize>> = {
  response_content: text,
  latency_ms: duration,
  ttft_ms: duration,
  input_tokens: count,
  output_tokens: count,
  cached_input_tokens: count,
  cache_write_tokens: count,
  reasoning_tokens: count,
  audio_input_tokens: count,
  audio_output_tokens: count,
  output_images: count,
  media_seconds: duration,
  cost_usd: dollars,
  parameters: object,
  prompt_variables: object,
  metadata: object,
  prompt_slug: identifier,
  prompt_version: identifier,
  trace_id: identifier,
  parent_id: identifier,
  name: identifier,
  user_id: identifier,
  session_id: identifier,
  environment: identifier,
  release: identifier,
  endpoint: identifier,
  response_model: identifier,
  finish_reason: identifier,
  service_tier: identifier,
  provider_request_id: identifier,
  started_at: time,
  status: (value) => (isString(value) && STATUSES.has(value) ? value : undefined),
  error: (value) => (isRecord(value) ? value : { message: text(value) as string }),
  stream: (value) => (typeof value === 'boolean' ? value : undefined),
  tags: toTags,
};

/** Changes the log, which is ours alone. What cannot be read as its field is kept in the metadata. */
export function normalizeManualFields(log: Fields, copier: Snapshot): void {
  const odd: JsonObject = {};
  for (const [name, normalize] of Object.entries(NORMALIZE)) {
    const given = log[name];
    if (given === undefined || given === null) continue;
    const normal = normalize(given);
    if (normal === undefined) {
      delete log[name];
      if (given !== '') odd[name] = given;
    } else log[name] = normal;
  }
  log.model = identifier(log.model ?? '') ?? 'unknown';
  log.provider = identifier(log.provider ?? '') ?? 'unknown';
  const isChat = log.endpoint === undefined || log.endpoint === null || log.endpoint === 'chat.completions';
  log.messages = (isChat ? toChatMessages(asMessages(log.messages), copier) : toMessages(log.messages)) as JsonValue;
  if (Object.keys(odd).length > 0) log.metadata = { ...odd, ...(isRecord(log.metadata) ? log.metadata : {}) };
}

/** A prompt that is one text is what the user said. */
function asMessages(messages: JsonValue | undefined): JsonValue | undefined {
  if (isString(messages)) return [{ role: 'user', content: messages }];
  if (messages === null) return undefined;
  return isRecord(messages) ? [messages] : messages;
}

function toNumber(value: JsonValue): number | undefined {
  if (typeof value === 'number') return value;
  return isString(value) && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : undefined;
}

function dollars(value: JsonValue): JsonValue | undefined {
  const amount = toNumber(value);
  return amount !== undefined && amount >= 0 && amount < 1e6 ? value : undefined;
}

/** An ISO time as it is; a number, or any other way to write a time, as the ISO time that it means. */
function time(value: JsonValue): string | undefined {
  if (!isString(value) && typeof value !== 'number') return undefined;
  const number = toNumber(value);
  const ms = number === undefined ? Date.parse(String(value)) : number >= FIRST_MILLISECONDS ? number : number * 1_000;
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return undefined;
  return isString(value) && /^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)$/.test(value) ? value : date.toISOString();
}

/** A list of tags has names only. */
function toTags(value: JsonValue): JsonValue | undefined {
  if (isRecord(value)) return normalizeTags(value);
  const tags: Record<string, string> = {};
  for (const item of Array.isArray(value) ? value : [value]) {
    if (isRecord(item)) Object.assign(tags, normalizeTags(item));
    else {
      const name = normalizeIdentifier(isString(item) ? item : JSON.stringify(item));
      if (name !== undefined && item !== null) setOwn(tags, name, 'true');
    }
  }
  return normalizeTags(tags);
}
