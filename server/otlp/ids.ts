/**
 * Our ids for those of OpenTelemetry: the same span has the same id however often it is sent, and its children can name it
 * before it was there (docs/decisions/035). Pure.
 */
import { hash } from 'node:crypto';
import type { RequestId } from '#shared/primitives';

/** The trace whose hash was asked for last: spans of one trace come one after the other. */
let last = { traceId: '', digits: '', bits: 0 };

/**
 * The id of a span as ours: a UUIDv8 (RFC 9562, 5.8) of 58 bits of the SHA-256 of its trace id, which keep the rows of one
 * trace together in an index, and then the 64 bits of its span id, readable: in `hhhhhhhh-hhhh-8hhs-vsss-ssssssssssss` the
 * digits `s` are the span id, `h` and two bits of `v` the hash. A span id alone is only unique within its trace.
 * @param traceId 32 lower-case hex digits.
 * @param spanId 16 lower-case hex digits.
 */
export function spanUuid(traceId: string, spanId: string): RequestId {
  if (last.traceId !== traceId) last = { traceId, ...hashOf(traceId) };
  const { digits: h, bits } = last;
  const variant = (8 | bits).toString(16);
  const id = `${h.slice(0, 8)}-${h.slice(8, 12)}-8${h.slice(12)}${spanId.charAt(0)}-${variant}${spanId.slice(1, 4)}-${spanId.slice(4)}`;
  return id as RequestId; // A UUID of our own making.
}

/**
 * The id of what waits for a span, such as a log record: a UUIDv8 of its content, so that a resend is the same row.
 * @param content all that makes it different from another.
 */
export function contentUuid(content: string): RequestId {
  const h = hash('sha256', content, 'hex');
  const variant = (8 | (Number.parseInt(h.charAt(15), 16) & 3)).toString(16);
  const id = `${h.slice(0, 8)}-${h.slice(8, 12)}-8${h.slice(12, 15)}-${variant}${h.slice(16, 19)}-${h.slice(20, 32)}`;
  return id as RequestId; // A UUID of our own making.
}

/** True of an id that spanUuid makes, as far as it can be told: of a row that came by OpenTelemetry. */
export function isSpanUuid(id: string): boolean {
  return id.charAt(14) === '8';
}

/** 58 bits: 14 hex digits, and two bits. */
function hashOf(traceId: string): { digits: string; bits: number } {
  const hex = hash('sha256', traceId, 'hex');
  return { digits: hex.slice(0, 14), bits: Number.parseInt(hex.charAt(14), 16) & 3 };
}
