/**
 * Encoded rows on their way from one thread to another: the memory that they lie in changes its owner, and is not copied.
 * Only where rows use less than three quarters of it they are copied, since it stays taken until the last of them is stored.
 */
import { isArrayBuffer } from 'node:util/types';
import type { EncodedRow } from './binaryRowEncoder.ts';

/** Rows of one organization, as a message can hold them. */
export interface PackedRows {
  readonly tenant: string;
  readonly keys: readonly string[];
  /** What the rows lie in; all of it is to be transferred. */
  readonly pieces: readonly ArrayBuffer[];
  /** Three numbers for each row: its piece, where it starts there, and its length. */
  readonly places: Uint32Array;
}

const FIELDS_OF_A_PLACE = 3;
/** The share of a piece that its rows must use. */
const WELL_USED = 0.75;

/** The rows must not be used any more: their memory goes with the message. */
export function packRows(tenant: string, rows: readonly EncodedRow[]): PackedRows {
  const used = new Map<ArrayBufferLike, number>();
  for (const { content } of rows) used.set(content.buffer, (used.get(content.buffer) ?? 0) + content.length);
  const pieces: ArrayBuffer[] = [];
  /** Memory that is transferred as it is, with its index among the pieces. */
  const whole = new Map<ArrayBufferLike, number>();
  /** Memory whose rows are copied one after the other, with where they are copied to. */
  const copies = new Map<ArrayBufferLike, { readonly piece: number; readonly bytes: Uint8Array; at: number }>();
  for (const [memory, bytes] of used) {
    if (isArrayBuffer(memory) && bytes >= WELL_USED * memory.byteLength) {
      whole.set(memory, pieces.push(memory) - 1);
    } else {
      const copy = new Uint8Array(bytes);
      copies.set(memory, { piece: pieces.push(copy.buffer) - 1, bytes: copy, at: 0 });
    }
  }
  const places = new Uint32Array(rows.length * FIELDS_OF_A_PLACE);
  rows.forEach(({ content }, index) => {
    const copy = copies.get(content.buffer);
    const place = copy
      ? [copy.piece, copy.at, content.length]
      : [whole.get(content.buffer) ?? 0, content.byteOffset, content.length];
    places.set(place, index * FIELDS_OF_A_PLACE);
    if (!copy) return;
    copy.bytes.set(content, copy.at);
    copy.at += content.length;
  });
  return { tenant, keys: rows.map(({ key }) => key), pieces, places };
}

/** The rows that `packRows` was given, which `BinaryRowEncoder.encode` bound to a scope. */
export function unpackRows({ tenant, keys, pieces, places }: PackedRows): EncodedRow[] {
  return keys.map((key, index) => {
    const [piece = 0, start = 0, bytes = 0] = places.subarray(index * FIELDS_OF_A_PLACE);
    return { tenant, key, bytes, content: Buffer.from(pieces[piece] ?? new ArrayBuffer(0), start, bytes) };
  });
}

/** Bytes in memory of their own: the same where they are alone in theirs, else a copy. */
export function ownBytes(bytes: Uint8Array): ArrayBuffer {
  const { buffer } = bytes;
  return isArrayBuffer(buffer) && buffer.byteLength === bytes.length ? buffer : new Uint8Array(bytes).buffer;
}
