/** Makes a record smaller by cutting its longest parts: part of a record is worth more than none. */
import { countLeftOut, cutText } from '../runtime/truncation.js';
import { isRecord, isString } from '../runtime/values.js';
import type { JsonObject, JsonValue, LogInput, SpanInput } from '../wire.js';

/** What a member keeps; where there is no room for it, some are left out. Longer than a marker. */
const SMALLEST = 60;
const SMALLEST_ITEM = 150;
/** What is no longer than an identifier is never touched. */
const LONGEST_IDENTIFIER = 256;
/** Bytes of the brackets of a list or an object, and of the comma behind it. */
const BRACKETS = 3;

type Entry = [key: string, member: JsonValue];

/** A copy that should fit `maxBytes`; `sizeBytes` is its present size. Says so in `metadata.truncated`. */
export function shrinkRecord<R extends LogInput | SpanInput>(record: R, sizeBytes: number, maxBytes: number): R {
  const shrunk = { ...record } as unknown as JsonObject;
  const sizes = new Map(Object.entries(shrunk).map(([key, value]) => [key, sizeOf(value)]));
  const total = sum([...sizes.values()]);
  for (const [key, size] of sizes) if (size <= LONGEST_IDENTIFIER) sizes.delete(key);
  const long = [...sizes.values()];
  // In the unit of our sizes; the last part is for the note.
  const goal = (total * maxBytes * 0.99) / sizeBytes - SMALLEST;
  const share = shareOf(long, sum(long) - total + goal);
  for (const [key, size] of sizes) if (size > share) shrunk[key] = shrink(shrunk[key] as JsonValue, share);
  const metadata = isRecord(shrunk.metadata) ? shrunk.metadata : {};
  shrunk.metadata = { ...metadata, truncated: true, original_bytes: metadata.original_bytes ?? sizeBytes };
  return shrunk as unknown as R;
}

/** Rough characters as JSON. */
function sizeOf(value: JsonValue | undefined): number {
  if (isString(value)) return value.length + 3;
  if (typeof value !== 'object' || value === null) return value === undefined ? 0 : 6;
  let size = BRACKETS;
  if (Array.isArray(value)) for (const item of value) size += sizeOf(item);
  else for (const key of Object.keys(value)) size += key.length + 3 + sizeOf(value[key]);
  return size;
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all + size, 0);
}

/** The size to which the largest are cut, so that all fit; Infinity where they do. */
function shareOf(sizes: number[], room: number): number {
  let left = room;
  let count = sizes.length;
  for (const size of sizes.sort((a, b) => a - b)) {
    const share = left / count--;
    if (size > share) return share;
    left -= size;
  }
  return Infinity;
}

function shrink(value: JsonValue, room: number): JsonValue {
  if (isString(value)) return cutText(value, Math.max(SMALLEST, Math.floor(room)) - 3);
  return typeof value === 'object' && value !== null ? shrinkMembers(value, room) : value;
}

/** The largest members are cut; where that is not enough, some are left out of the middle. */
function shrinkMembers(owner: JsonValue[] | JsonObject, room: number): JsonValue {
  const isArray = Array.isArray(owner);
  const entries: Entry[] = Object.entries(owner);
  // The first is always kept, and without a role the server takes no message.
  if (!isArray) entries.sort(([a], [b]) => Number(b === 'role') - Number(a === 'role'));
  const nameSize = ([key]: Entry) => (isArray ? 0 : key.length + 3);
  const sizeOfEntry = (entry: Entry) => nameSize(entry) + sizeOf(entry[1]);
  const smallest = isArray ? SMALLEST_ITEM : SMALLEST;
  const least = sum(entries.map((entry) => Math.min(sizeOfEntry(entry), nameSize(entry) + smallest)));
  const most = isArray ? entries.length : entries.length - 1;
  if (least > room && most > 0) {
    const count = Math.min(most, Math.ceil(entries.length * (1 - room / least)) + 1);
    const head = Math.ceil((entries.length - count) / 2);
    entries.splice(head, count, ['[truncated]', markerOf(entries.slice(head, head + count))]);
  }
  const share = shareOf(entries.map(sizeOfEntry), room - BRACKETS);
  for (const entry of entries) if (sizeOfEntry(entry) > share) entry[1] = shrink(entry[1], share - nameSize(entry));
  return isArray ? entries.map(([, member]) => member) : Object.fromEntries(entries);
}

/** Counts what an earlier cut left out too. A message among messages, or the server would take none of them. */
function markerOf(leftOut: readonly Entry[]): JsonValue {
  let more = 0;
  for (const [, member] of leftOut) more += countLeftOut(isRecord(member) ? member.content : member);
  const marker = `[truncated: ${more} more]`;
  const first = leftOut[0]?.[1];
  return isRecord(first) && isString(first.role) ? { role: 'unknown', content: marker } : marker;
}
