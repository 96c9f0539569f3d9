/** Bodies that are JSON, with a bound on everything: bytes, inflation, structure, encoding. */
import type { IncomingMessage } from 'node:http';
import type { JsonObject } from '#shared/primitives';
import { AppError } from '#server/errors';
import { type AdmittedBody, type BodySource, readAdmittedBody } from './admittedBody.ts';
import { decodeJson } from './decodeJson.ts';
import type { Reservation } from './fairBudget.ts';
import { parseObject } from './parseObject.ts';

/** What is parsed to less than this needs no reservation: it is soon collected, and the writer's queue counts its rows. */
const LARGE_BYTES = 4 * 1024 * 1024;

/** A body that has been read. What it holds of the budget is given back by who has finished with it. */
export interface JsonText {
  readonly text: string;
  /** False where each of its numbers is one of JavaScript. */
  readonly mayBeInexact: boolean;
  readonly reservation: Reservation;
}

/**
 * Reads a body of JSON, and waits for what `use` makes of its bytes. `use` is called in the same turn of the event loop.
 * The body keeps its place in the budget until the end.
 * @throws {AppError} 400, 408, 413 or 415, saying what is accepted; 503 where the budget does not allow it.
 */
export async function readJsonBytes<Result>(
  source: BodySource,
  use: (body: AdmittedBody) => Result,
): Promise<Awaited<Result>> {
  const { reservation, answer } = await readAndUse(source, use);
  try {
    return await answer.value;
  } finally {
    reservation.release();
  }
}

/**
 * Ends before the answer is waited for, since an async function that waits keeps all that it ever held in memory. The answer may be
 * a promise; it stands in an object, so that this function does not wait for it either.
 */
async function readAndUse<Result>(
  source: BodySource,
  use: (body: AdmittedBody) => Result,
): Promise<{ reservation: Reservation; answer: { value: Result } }> {
  checkContentType(source.req);
  const body = await readAdmittedBody(source);
  const { reservation } = body;
  try {
    if (body.bytes.length === 0) throw new AppError('empty_body', 'The body is empty: send a JSON object.');
    return { reservation, answer: { value: use(body) } };
  } catch (error) {
    reservation.release();
    throw error;
  }
}

/**
 * Reads and parses a body, and waits for what `use` makes of it. `use` keeps nothing of what was parsed while it waits, so
 * that there is one parsed body at a time.
 * @throws {AppError} as `readJsonBytes`.
 */
export function readJsonObject<Result>(
  source: BodySource,
  use: (body: JsonObject) => Result,
): Promise<Awaited<Result>> {
  return readJsonBytes(source, ({ bytes, reservation }) => {
    const { text, scan, parsedBytes } = decodeJson(bytes);
    const result = use(parseObject(text, scan.mayBeInexact));
    keepReserved(reservation, parsedBytes);
    return result;
  });
}

/**
 * Of a body that was parsed its rows and its answer take as much again, where it is large: that stays reserved until the end, as
 * far as the shares of others allow it.
 */
export function keepReserved(reservation: Reservation, parsedBytes: number): void {
  if (parsedBytes > LARGE_BYTES) reservation.addSome(parsedBytes);
}

/**
 * Reads a body and waits for the time to parse it; what parsing takes is reserved as well.
 * @throws {AppError} as `readJsonBytes`.
 */
export async function readJsonText(source: BodySource): Promise<JsonText> {
  checkContentType(source.req);
  const { bytes, reservation } = await readAdmittedBody(source);
  try {
    if (bytes.length === 0) throw new AppError('empty_body', 'The body is empty: send a JSON object.');
    const { text, scan, parsedBytes } = decodeJson(bytes);
    reservation.add(parsedBytes);
    return { text, mayBeInexact: scan.mayBeInexact, reservation };
  } catch (error) {
    reservation.release();
    throw error;
  }
}

function checkContentType(req: IncomingMessage): void {
  const contentType = req.headers['content-type'] ?? '';
  const [media = '', ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  // Some libraries write it without the hyphen.
  if (media !== 'application/json' || (charset !== undefined && !/^"?utf-?8"?$/.test(charset))) {
    throw new AppError('unsupported_media_type', 'Send the header "Content-Type: application/json", in UTF-8.', {
      headers: { Connection: 'close' },
    });
  }
}
