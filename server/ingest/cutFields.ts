/** Cuts what has no limit of its own and stands in a list: a row of a list is small, whatever was sent. Pure. */
import { ExactNumber, stringifyExactJson } from '#shared/exactJson';
import { type JsonObject, type JsonValue, LIMITS, type Tags } from '#shared/primitives';
import type { RequestError } from '#shared/request';
import { truncate } from './sanitize.ts';

export interface Cut<Value> {
  readonly value: Value;
  readonly isCut: boolean;
}

/** The texts of an error. */
export function cutError(error: RequestError): Cut<RequestError> {
  let isCut = false;
  const cut = (text: string | null | undefined, length: number) => {
    if (typeof text !== 'string' || text.length <= length) return text;
    isCut = true;
    // The cut may fall between the halves of a character.
    return truncate(text, length).toWellFormed();
  };
  const value = {
    ...error,
    type: cut(error.type, LIMITS.identifierLength),
    code: cut(error.code, LIMITS.identifierLength),
    message: cut(error.message, LIMITS.errorMessageLength),
    param: cut(error.param, LIMITS.identifierLength),
  };
  return isCut ? { value, isCut } : { value: error, isCut };
}

/** Tags that fit in any case: escaped, a character takes 6. */
const FEW_TAGS = Math.floor(LIMITS.tagsLength / (2 * LIMITS.identifierLength * 6 + 6));

/** The tags up to the first that does not fit. */
export function cutTags(tags: Tags): Cut<Tags> {
  const entries = Object.entries(tags);
  // Whatever has to be escaped in so few: nearly all logs are told from this.
  if (entries.length <= FEW_TAGS) return { value: tags, isCut: false };
  let length = 2;
  const kept = entries.findIndex(([name, value]) => {
    length += jsonLength(name) + jsonLength(value) + 2;
    return length > LIMITS.tagsLength;
  });
  return kept === -1
    ? { value: tags, isCut: false }
    : { value: Object.fromEntries(entries.slice(0, kept)), isCut: true };
}

/** A JSON object of at most `length` characters: its values in order, the last of them cut where it does not fit. */
export function cutObject(object: JsonObject, length: number): Cut<JsonObject> {
  const room = { length };
  const value = cutValue(object, room);
  return room.length >= 0 ? { value: object, isCut: false } : { value: value as JsonObject, isCut: true };
}

/** As cutObject, of any JSON. Null where not even a part of it fits. */
export function cutJson(json: JsonValue, length: number): Cut<JsonValue> {
  const room = { length };
  const value = cutValue(json, room);
  return room.length >= 0 ? { value: json, isCut: false } : { value: value ?? null, isCut: true };
}

/** Characters of an array or an object besides its values, and of any value that is not a text. */
const AROUND = 2;
/** A text is left out where less than this of it would be left. */
const SHORTEST_TEXT = 64;

/** The value as far as there is room, which is below 0 afterwards where something was cut. Undefined: none of it. */
function cutValue(value: JsonValue, room: { length: number }): JsonValue | undefined {
  if (room.length < 0) return undefined;
  if (typeof value === 'string') return cutText(value, room);
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) {
    room.length -= stringifyExactJson(value).length;
    return room.length < 0 ? undefined : value;
  }
  room.length -= AROUND;
  if (Array.isArray(value)) {
    const items: JsonValue[] = [];
    for (const item of value) {
      room.length -= 1;
      const kept = cutValue(item, room);
      if (kept !== undefined) items.push(kept);
      if (room.length < 0) break;
    }
    return items;
  }
  const entries: [string, JsonValue][] = [];
  for (const [name, item] of Object.entries(value)) {
    room.length -= jsonLength(name) + AROUND;
    const kept = cutValue(item, room);
    if (kept !== undefined) entries.push([name, kept]);
    if (room.length < 0) break;
  }
  // Also where a name is `__proto__`.
  return Object.fromEntries(entries);
}

function cutText(text: string, room: { length: number }): string | undefined {
  const whole = jsonLength(text);
  const left = room.length;
  room.length -= whole;
  if (room.length >= 0) return text;
  // By characters: where many of them are escaped, the rest is a little longer than there was room for.
  const length = Math.floor((left * text.length) / whole);
  return length < SHORTEST_TEXT ? undefined : truncate(text, length).toWellFormed();
}

function jsonLength(text: string): number {
  return JSON.stringify(text).length;
}
