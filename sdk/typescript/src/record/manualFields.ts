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

const toIdentifier: Normalize = (value) => normalizeIdentifier(typeof value === 'boolean' ? String(value) : value);
const toCount: Normalize = (value) => normalizeCount(toNumber(value));
const toText: Normalize = (value) => (isString(value) ? value : JSON.stringify(value));
/** Milliseconds up to the most that the contract takes, or seconds. */
const upTo =
  (most: number): Normalize =>
  (value) => {
    const amount = toNumber(value);
    return amount !== undefined && amount >= 0 && amount <= most ? amount : undefined;
  };
const like =
  (form: RegExp): Normalize =>
  (value) =>
    isString(value) && form.test(value) ? value : undefined;
const toObject: Normalize = (value) => (isRecord(value) ? value : { value });

const each = (names: string, normalize: Normalize) => names.split(' ').map((name) => [name, normalize] as const);

const NORMALIZE = new Map<string, Normalize>([
  ...each(
    'input_tokens output_tokens cached_input_tokens cache_write_tokens reasoning_tokens audio_input_tokens audio_output_tokens output_images',
    toCount,
  ),
  ...each(
    'response_model prompt_slug prompt_version trace_id parent_id user_id session_id finish_reason service_tier provider_request_id name environment release endpoint',
    toIdentifier,
  ),
  ...each('prompt_variables parameters metadata', toObject),
  ...each('latency_ms ttft_ms', upTo(1e10)),
  ['media_seconds', upTo(1e9)],
  ['response_content', toText],
  // Below a million dollars.
  ['cost_usd', upTo(999_999.999)],
  ['started_at', toTime],
  ['tags', toTags],
  ['error', toError],
  ['sdk', (value) => (isRecord(value) && isString(value.name) ? value : undefined)],
  ['id', like(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i)],
  ['status', like(/^(success|error|aborted|incomplete)$/)],
  ['stream', (value) => (typeof value === 'boolean' ? value : undefined)],
]);

/** The fields whose names have two words, by the way in which they may be written in camelCase. */
export const CAMEL_CASE: ReadonlyMap<string, string> = new Map(
  [...NORMALIZE.keys()].map((name) => [name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()), name]),
);

/** Changes the log, which is ours alone. What cannot be read as its field is kept in the metadata. */
export function normalizeManualFields(log: Fields, copier: Snapshot): void {
  const odd: JsonObject = {};
  for (const [name, normalize] of NORMALIZE) {
    const given = log[name];
    if (given === undefined || given === null) continue;
    const normal = normalize(given);
    if (normal === undefined) {
      delete log[name];
      if (given !== '') odd[name] = given;
    } else log[name] = normal;
  }
  log.model = toIdentifier(log.model ?? '') ?? 'unknown';
  log.provider = toIdentifier(log.provider ?? '') ?? 'unknown';
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
  const number = isString(value) && /^[\s\d.e+-]*\d[\s.]*$/i.test(value) ? Number(value) : value;
  return Number.isFinite(number) ? (number as number) : undefined;
}

/** The ISO time that a value means: a number of seconds, milliseconds, microseconds or nanoseconds, or a text. */
function toTime(value: JsonValue): string | undefined {
  let ms = toNumber(value);
  if (ms === undefined) ms = Date.parse(toText(value) as string);
  // For times of this century, seconds are smaller than the first limit, microseconds and nanoseconds larger than the second.
  else if (ms < 1e11) ms *= 1_000;
  else while (ms > 1e14) ms /= 1_000;
  // The server believes five years back and an hour ahead.
  const age = Date.now() - ms;
  return age < 1.5768e11 && age > -3.6e6 ? new Date(ms).toISOString() : undefined;
}

function toError(value: JsonValue): JsonValue {
  if (!isRecord(value)) return { message: toText(value) as string };
  return { ...value, http_status: Math.trunc(Number(upTo(999)(value.http_status ?? null))) || null };
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
