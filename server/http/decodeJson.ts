/** From the bytes of a body to its text, with what one look at them tells. It reads no socket, so that any thread may do it. */
import { isAscii, isUtf8 } from 'node:buffer';
import { AppError } from '#server/errors';
import { countValues, type JsonScan, scanJson } from './jsonStructure.ts';

/** The most values in one body: the time and memory that JSON.parse takes depend on values more than on bytes. */
const MAX_VALUES = 500_000;
/** EF BB BF: some editors and PowerShell put it before JSON. */
const BYTE_ORDER_MARK = 0xefbbbf;
/** Bytes of memory for each byte of JSON, as text and as the strings of its values. */
export const PARSED_FACTOR = 2;
/** Bytes of memory for each value, beside what it says. */
const VALUE_BYTES = 64;

/** JSON that has not been parsed. */
export interface DecodedJson {
  readonly text: string;
  readonly scan: JsonScan;
  /** Bytes of memory that it takes once it is parsed. */
  readonly parsedBytes: number;
}

/** @throws {AppError} `too_many_values` or `invalid_utf8`. */
export function decodeJson(bytes: Buffer): DecodedJson {
  const parsedBytes = PARSED_FACTOR * bytes.length + VALUE_BYTES * checkStructure(bytes);
  return { text: decodeUtf8(bytes), scan: scanJson(bytes), parsedBytes };
}

/** The number of values, or a guess where the body is too short to hold too many. */
function checkStructure(bytes: Buffer): number {
  if (bytes.length < MAX_VALUES) return bytes.length >> 6;
  const count = countValues(bytes, MAX_VALUES);
  if (count > MAX_VALUES) {
    throw new AppError('too_many_values', `The body holds more than ${MAX_VALUES} values; send smaller batches.`);
  }
  return count;
}

function decodeUtf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new AppError('invalid_utf8', 'The body is not valid UTF-8.');
  // What is ASCII needs no decoding, and is parsed quicker as well.
  if (isAscii(bytes)) return bytes.toString('latin1');
  // Checking and then converting is quicker than a strict TextDecoder.
  const start = bytes.length >= 3 && bytes.readUIntBE(0, 3) === BYTE_ORDER_MARK ? 3 : 0;
  return bytes.toString('utf8', start);
}
