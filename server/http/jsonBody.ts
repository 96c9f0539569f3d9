/** From the bytes of a body to JSON, with a bound on everything: bytes, inflation, structure, encoding. */
import { isAscii, isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { JsonObject } from '#shared/primitives';
import { AppError } from '#server/errors';
import { type BodySource, readAdmittedBody } from './admittedBody.ts';
import type { Reservation } from './fairBudget.ts';
import { JsonSource } from './jsonSource.ts';
import { countValues, type JsonScan, scanJson } from './jsonStructure.ts';
import { parseObject } from './parseObject.ts';

/** Of one body: what makes JSON.parse slow, and what it makes large, is the number of values, not of bytes. */
const MAX_VALUES = 500_000;
/** EF BB BF: some editors and PowerShell put it before JSON. */
const BYTE_ORDER_MARK = 0xefbbbf;
/** Bytes of memory for each byte of JSON, as text and as the strings of its values. */
const PARSED_FACTOR = 2;
/** Bytes of memory for each value, beside what it says. */
const VALUE_BYTES = 64;

/** Of what is parsed: below it, what is left behind is soon collected, and the writer's queue counts the rows. */
const LARGE_BYTES = 4 * 1024 * 1024;

/** A body that has been read. What it holds of the budget is given back by who has finished with it. */
export interface JsonText {
  readonly text: string;
  readonly bytes: Buffer;
  readonly scan: JsonScan;
  readonly reservation: Reservation;
  /** The part of the reservation that is for what is parsed from it. */
  readonly parsedBytes: number;
}

/**
 * Reads and parses a body, and waits for what `use` makes of it. `use` is called in the same turn of the event loop and
 * keeps nothing of what was parsed while it waits, so that there is one parsed body at a time. Of a large one its rows
 * and its answer take as much, so all of it stays reserved until the end, as far as the shares of others allow it.
 * @throws {AppError} 400, 408, 413 or 415, saying what is accepted; 503 where the budget does not allow it.
 */
export async function readJsonObject<Result>(
  source: BodySource,
  use: (body: JsonObject, source: JsonSource) => Result,
): Promise<Awaited<Result>> {
  const { reservation, answer } = await readAndUse(source, use);
  try {
    return await answer.value;
  } finally {
    reservation.release();
  }
}

/**
 * Ends before the answer is waited for: a function that waits keeps all that it ever held, even what it has no name for any
 * more. So the answer, which may be a promise, is not what it resolves to.
 */
async function readAndUse<Result>(
  source: BodySource,
  use: (body: JsonObject, source: JsonSource) => Result,
): Promise<{ reservation: Reservation; answer: { value: Result } }> {
  const { text, bytes, scan, reservation, parsedBytes } = await readJsonText(source);
  try {
    const body = parseObject(text, scan.mayBeInexact);
    const value = use(body, new JsonSource(bytes, body, scan));
    reservation.add(-parsedBytes);
    if (parsedBytes > LARGE_BYTES) reservation.addSome(parsedBytes);
    return { reservation, answer: { value } };
  } catch (error) {
    reservation.release();
    throw error;
  }
}

/**
 * Reads a body and waits for the time to parse it; what parsing takes is reserved as well.
 * @throws {AppError} as `readJsonObject`.
 */
export async function readJsonText(source: BodySource): Promise<JsonText> {
  checkContentType(source.req);
  const { bytes, reservation } = await readAdmittedBody(source);
  try {
    if (bytes.length === 0) throw new AppError('empty_body', 'The body is empty: send a JSON object.');
    const parsedBytes = PARSED_FACTOR * bytes.length + VALUE_BYTES * checkStructure(bytes);
    reservation.add(parsedBytes);
    return { text: decodeUtf8(bytes), bytes, scan: scanJson(bytes), reservation, parsedBytes };
  } catch (error) {
    reservation.release();
    throw error;
  }
}

function checkContentType(req: IncomingMessage): void {
  const contentType = req.headers['content-type'] ?? '';
  const [media = '', ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  if (media !== 'application/json' || (charset !== undefined && charset.replaceAll('"', '') !== 'utf-8')) {
    throw new AppError('unsupported_media_type', 'Send the header "Content-Type: application/json", in UTF-8.', {
      headers: { Connection: 'close' },
    });
  }
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
