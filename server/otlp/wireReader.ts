/**
 * Reads the wire format of protobuf (protobuf.dev/programming-guides/encoding) from bytes of a stranger: every length is
 * checked against the end of the message around it, nothing is allocated for what a length only claims, and it calls itself
 * nowhere. What a field means is known by protobuf.ts.
 */
import { ExactNumber } from '#shared/exactJson';
import { AppError } from '#server/errors';

/** How a field is written; 3 and 4 are groups, which OTLP never had. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** A field as it stands in a tag. */
export function field(number: number, wireType: number): number {
  return (number << 3) | wireType;
}

const TWO_32 = 2 ** 32;
/** Bytes up to which a key is looked for among the known ones. */
const KEY_BYTES = 64;
/** Keys that are remembered; those of all instrumentations together are some hundreds. */
const MOST_KEYS = 1_024;

/** Reads the wire format of Protocol Buffers. */
export class WireReader {
  readonly bytes: Buffer;
  /** Where the next byte is. */
  at: number;
  /** The last varint, as two halves of 32 bits without sign. */
  #low = 0;
  #high = 0;
  readonly #keys: KeyTable;

  constructor(bytes: Buffer, keys: KeyTable) {
    this.bytes = bytes;
    this.at = 0;
    this.#keys = keys;
  }

  /**
   * The field and wire type of what comes next, as `field << 3 | type`.
   * @throws {AppError} `invalid_protobuf`, as all of these.
   */
  tag(end: number): number {
    this.#varint(end);
    // Field numbers have 29 bits.
    if (this.#high !== 0 || this.#low < 8) throw malformed(this.at);
    return this.#low;
  }

  /** The end of the message, text or list of bytes that begins here, after its length. */
  open(end: number): number {
    this.#varint(end);
    if (this.#high !== 0 || this.#low > end - this.at) throw malformed(this.at);
    return this.at + this.#low;
  }

  /** Passes over the value of a field that nobody reads. */
  skip(wireType: number, end: number): void {
    switch (wireType) {
      case WIRE.varint:
        this.#varint(end);
        return;
      case WIRE.bytes:
        this.at = this.open(end);
        return;
      case WIRE.fixed64:
        this.#take(8, end);
        return;
      case WIRE.fixed32:
        this.#take(4, end);
        return;
      default:
        throw malformed(this.at);
    }
  }

  /** A text. What is no UTF-8 becomes U+FFFD: some emitters cut at a limit of bytes. */
  text(end: number): string {
    const stop = this.open(end);
    const text = this.bytes.toString('utf8', this.at, stop);
    this.at = stop;
    return text;
  }

  /** A text that is likely to have come before, such as the key of an attribute. */
  key(end: number): string {
    const stop = this.open(end);
    const { at } = this;
    this.at = stop;
    return this.#keys.find(this.bytes, at, stop);
  }

  /** Bytes as hex, such as an id. */
  hex(end: number): string {
    const stop = this.open(end);
    const text = this.bytes.toString('hex', this.at, stop);
    this.at = stop;
    return text;
  }

  /** Bytes as base64. */
  base64(end: number): string {
    const stop = this.open(end);
    const text = this.bytes.toString('base64', this.at, stop);
    this.at = stop;
    return text;
  }

  bool(end: number): boolean {
    this.#varint(end);
    return this.#low !== 0 || this.#high !== 0;
  }

  /** A small number without a sign, such as an enum. What is larger is cut to 32 bits, as protobuf does. */
  uint32(end: number): number {
    this.#varint(end);
    return this.#low;
  }

  /** A whole number of 64 bits; one that `number` cannot hold keeps its digits. */
  int64(end: number): number | ExactNumber {
    this.#varint(end);
    const number = (this.#high | 0) * TWO_32 + this.#low;
    if (Number.isSafeInteger(number)) return number;
    return new ExactNumber(((BigInt(this.#high | 0) << 32n) | BigInt(this.#low)).toString());
  }

  double(end: number): number {
    return this.bytes.readDoubleLE(this.#take(8, end));
  }

  fixed64(end: number): bigint {
    return this.bytes.readBigUInt64LE(this.#take(8, end));
  }

  #take(size: number, end: number): number {
    const { at } = this;
    if (end - at < size) throw malformed(at);
    this.at = at + size;
    return at;
  }

  #varint(end: number): void {
    const { bytes } = this;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= end) break;
      const byte = bytes[this.at++] as number; // Below the end.
      const part = byte & 0x7f;
      if (shift < 28) low |= part << shift;
      else if (shift === 28) {
        low |= part << 28;
        high = part >>> 4;
      } else high |= part << (shift - 32);
      if (byte < 0x80) {
        this.#low = low >>> 0;
        this.#high = high >>> 0;
        return;
      }
    }
    throw malformed(this.at);
  }
}

/**
 * Keys that came before, found by their bytes: the same some hundred come with every span, and are not made again. It holds
 * no more than MOST_KEYS, whatever is sent.
 */
export class KeyTable {
  readonly #slots: ({ readonly bytes: Buffer; readonly text: string } | undefined)[] = Array.from({
    length: MOST_KEYS,
  });

  find(bytes: Buffer, start: number, end: number): string {
    const length = end - start;
    if (length === 0 || length > KEY_BYTES) return bytes.toString('utf8', start, end);
    let hash = length;
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0; // Below the end.
    const slot = (hash ^ (hash >>> 15)) & (MOST_KEYS - 1);
    const known = this.#slots[slot];
    if (known && known.bytes.length === length && isSame(known.bytes, bytes, start)) return known.text;
    const text = bytes.toString('utf8', start, end);
    // A copy: the body must not be kept by a key of it.
    this.#slots[slot] = { bytes: Buffer.from(bytes.subarray(start, end)), text };
    return text;
  }
}

function isSame(known: Buffer, bytes: Buffer, start: number): boolean {
  for (let index = 0; index < known.length; index++) if (known[index] !== bytes[start + index]) return false;
  return true;
}

function malformed(at: number): AppError {
  return new AppError('invalid_protobuf', `The body is not valid protobuf of OTLP (byte ${at}).`);
}
