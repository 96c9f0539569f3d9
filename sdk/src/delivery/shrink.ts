/** Makes a record smaller by the ends of its longest strings: part of a record is worth more than none. */
import { setOwn } from '../clean.js';
import type { JsonValue, LogInput, SpanInput } from '../wire.js';

const SMALLEST_FIELD = 200;

/** A copy that should fit `maxBytes`; `sizeBytes` is its present size. Says so in `metadata.truncated`. */
export function shrinkRecord<R extends LogInput | SpanInput>(record: R, sizeBytes: number, maxBytes: number): R {
  const lengths: number[] = [];
  collectLengths(record as unknown as JsonValue, lengths);
  lengths.sort((a, b) => b - a);
  const limit = findLimit(lengths, sizeBytes - maxBytes);
  const shrunk = cutStrings(record as unknown as JsonValue, limit) as unknown as R;
  const metadata = typeof shrunk.metadata === 'object' && shrunk.metadata !== null ? shrunk.metadata : {};
  return {
    ...shrunk,
    metadata: { ...metadata, truncated: true, original_bytes: metadata.original_bytes ?? sizeBytes },
  };
}

/** The length to cut to, so that what is cut off makes up for `excess`, with a tenth to spare for markers. */
function findLimit(sortedLengths: readonly number[], excess: number): number {
  const target = excess * 1.1 + 100;
  let cut = 0;
  for (let i = 0; i < sortedLengths.length; i++) {
    const next = sortedLengths[i + 1] ?? 0;
    const gain = ((sortedLengths[i] ?? 0) - next) * (i + 1);
    if (cut + gain >= target) return Math.max(SMALLEST_FIELD, Math.floor(next + (cut + gain - target) / (i + 1)));
    cut += gain;
  }
  return SMALLEST_FIELD;
}

function collectLengths(value: JsonValue, lengths: number[]): void {
  if (typeof value === 'string') {
    if (value.length > SMALLEST_FIELD) lengths.push(value.length);
  } else if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) collectLengths(member, lengths);
  }
}

function cutStrings(value: JsonValue, limit: number): JsonValue {
  if (typeof value === 'string') {
    if (value.length <= limit) return value;
    return `${value.slice(0, limit)}…[truncated, ${value.length} characters in all]`;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((member) => cutStrings(member, limit));
  const copy: { [key: string]: JsonValue } = {};
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) setOwn(copy, key, cutStrings(member, limit));
  }
  return copy;
}
