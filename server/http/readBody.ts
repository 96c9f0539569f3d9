/** The bytes of a body, counted as they arrive; released when the budget is full, or its sender is slow or gone. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '#server/errors';
import type { ArrivingBody, BodyPace } from './bodyPace.ts';
import { askForBody } from './expectation.ts';
import type { Reservation } from './fairBudget.ts';
import { announcedSize, inflate } from './inflate.ts';
import { overloaded } from './admissionControl.ts';
import type { ReadTurns } from './readTurns.ts';

export interface ReadBodyOptions {
  readonly pace: BodyPace;
  readonly turns: ReadTurns;
  readonly owner: string;
  readonly reservation: Reservation;
  /** The most bytes of the body, both compressed and inflated. */
  readonly mostBytes: number;
}

/**
 * The bytes of a body, inflated.
 * @throws {AppError} 400, 408, 413 or 503.
 */
export async function readBody(req: IncomingMessage, res: ServerResponse, options: ReadBodyOptions): Promise<Buffer> {
  const bytes = await readBytes(req, res, options);
  if (req.headers['content-encoding']?.toLowerCase() !== 'gzip' || bytes.length === 0) return bytes;
  return inflateBody(bytes, req, options);
}

/**
 * It is read to its end whatever is wrong with it, since a sender that is still writing would not hear the answer; what
 * is beyond the limit is discarded as it arrives. Only where the budget is full is it answered at once.
 */
function readBytes(
  req: IncomingMessage,
  res: ServerResponse,
  { pace, turns, owner, reservation, mostBytes }: ReadBodyOptions,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // No further event would come, and what was sent would stay reserved for ever.
    if (req.destroyed) return reject(closedEarly());
    const chunks: Buffer[] = [];
    let isTooLarge = false;
    const arriving = {
      received: 0,
      since: performance.now(),
      cut: () => fail(tooSlow()),
    } satisfies ArrivingBody;
    // The call goes on for as long as its rows wait. Listeners that stayed would keep the bytes of the body for all that time.
    const stopListening = () => {
      pace.delete(arriving);
      req.off('data', take).off('end', finish).off('close', close);
      chunks.length = 0;
    };
    const fail = (reason: AppError) => {
      stopListening();
      reservation.release();
      discard(req, arriving, { turns, owner });
      reject(reason);
    };
    const take = (chunk: Buffer) => {
      arriving.received += chunk.length;
      turns.note(owner, req, arriving, chunk.length);
      if (isTooLarge) return;
      if (arriving.received > mostBytes) {
        isTooLarge = true;
        chunks.length = 0;
        reservation.release();
      } else if (reservation.tryAdd(chunk.length)) chunks.push(chunk);
      else fail(noRoom(req));
    };
    const finish = () => {
      if (isTooLarge) reject(tooLarge(mostBytes));
      else resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
      stopListening();
    };
    const close = () => {
      if (!req.complete) fail(closedEarly());
    };
    pace.add(arriving);
    req.on('data', take).on('end', finish).on('close', close);
    req.on('error', ignore); // Its close follows.
    askForBody(req, res);
  });
}

/** Reads the rest of a body and forgets it. */
function discard(
  req: IncomingMessage,
  body: ArrivingBody,
  { turns, owner }: Pick<ReadBodyOptions, 'turns' | 'owner'>,
): void {
  req.on('data', (chunk: Buffer) => turns.note(owner, req, body, chunk.length));
  req.resume();
}

/** Not an arrow function where it is used: a closure there would keep the bytes of the body. */
function ignore(): void {}

/**
 * An inflated body becomes text, rows and a statement, each of about its size. Inflating begins where there is room for all three,
 * or for as much as one owner may have.
 */
const ROOM_FACTOR = 3;

async function inflateBody(
  compressed: Buffer,
  req: IncomingMessage,
  { reservation, mostBytes }: ReadBodyOptions,
): Promise<Buffer> {
  // Most state their inflated size correctly, and what will not fit is not begun; a truncated body states anything.
  const said = announcedSize(compressed);
  const announced = said > mostBytes ? 0 : said;
  const hangUp = new AbortController();
  const abort = () => hangUp.abort(closedEarly());
  req.socket.once('close', abort);
  if (req.socket.destroyed) abort();
  let reserved = 0;
  let size = 0;
  const reserve = (bytes: number) => {
    if (!reservation.tryAdd(bytes)) throw noRoom(req);
    reserved += bytes;
  };
  try {
    reserve(Math.max(announced, Math.min(ROOM_FACTOR * announced, reservation.most - compressed.length)));
    return await inflate(compressed, {
      believedBytes: announced,
      signal: hangUp.signal,
      onBytes(bytes) {
        size += bytes;
        if (size > mostBytes) throw tooLarge(mostBytes);
        if (size > reserved) reserve(size - reserved);
      },
    });
  } finally {
    req.socket.off('close', abort);
  }
}

const MEGABYTE = 1024 * 1024;

function tooLarge(mostBytes: number): AppError {
  return new AppError(
    'body_too_large',
    mostBytes < MEGABYTE
      ? `The body is larger than ${mostBytes / 1024} kB, which is the limit here.`
      : `The body is larger than ${mostBytes / MEGABYTE} MB, which is the limit; send smaller batches.`,
    { headers: { Connection: 'close' } },
  );
}

function noRoom(req: IncomingMessage): AppError {
  return overloaded(req, 'The server is reading as many bodies as it can; send this again in a moment.');
}

function tooSlow(): AppError {
  return new AppError('request_timeout', 'The body came too slowly; send it again over a better connection.', {
    headers: { Connection: 'close' },
  });
}

/** The refusal of a call whose caller has gone; nobody hears it. */
export function closedEarly(): AppError {
  return new AppError('malformed_request', 'The connection was closed before the body had come to its end.');
}
