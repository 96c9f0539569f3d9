/**
 * Whether there is room for one more write. Where the disk is the limit, the group writer's queue fills and says no. Where
 * the processor is the limit, no queue of ours fills: the backlog is in the sockets, and every caller waits. Two things
 * tell: how long this turn of the event loop has been at work, and the bytes of bodies that are being read.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LIMITS } from '#shared/primitives';
import { AppError } from '#server/errors';

/** How long one turn of the event loop may work on writes before the rest of it is sent away, in milliseconds. */
const TURN_MS = 300;
/** The same for the turn after one that sent calls away: what is over must leave time to say so. */
const CROWDED_TURN_MS = 100;
/** A body up to here is read and forgotten when its call is refused, since a new connection would cost more. */
const DRAINED_BYTES = 1024 * 1024;

export interface WriteAdmissionOptions {
  /** Of all bodies that are being read or worked on. */
  readonly bodyBytes: number;
  /** Milliseconds of a clock that never jumps. */
  readonly now?: () => number;
}

export class WriteAdmission {
  readonly #bodyBytes: number;
  readonly #now: () => number;
  #turnStart: number | null = null;
  #turnMs = TURN_MS;
  #isCrowded = false;
  #used = 0;

  constructor(options: WriteAdmissionOptions) {
    this.#bodyBytes = options.bodyBytes;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Bytes of bodies that are being read or worked on, over all connections. */
  get used(): number {
    return this.#used;
  }

  /** @throws {AppError} `overloaded` where this turn of the event loop has been at work for too long. */
  check(req: IncomingMessage): void {
    const now = this.#now();
    if (this.#turnStart === null) {
      this.#turnStart = now;
      setImmediate(() => {
        this.#turnStart = null;
        this.#turnMs = this.#isCrowded ? CROWDED_TURN_MS : TURN_MS;
        this.#isCrowded = false;
      });
    }
    if (now - this.#turnStart < this.#turnMs) return;
    this.#isCrowded = true;
    throw overloaded(req, 'The server is at its limit; send this again in a moment.');
  }

  /**
   * Reserves the bytes of a body until the call has been answered.
   * @throws {AppError} `overloaded` before anything is read.
   */
  reserve(req: IncomingMessage, res: ServerResponse): void {
    const bytes = expectedBytes(req);
    if (this.#used + bytes > this.#bodyBytes && this.#used > 0) {
      throw overloaded(req, 'The server is reading as many bodies as it can; send this again in a moment.');
    }
    this.#used += bytes;
    res.once('close', () => {
      this.#used -= bytes;
    });
  }
}

function overloaded(req: IncomingMessage, message: string): AppError {
  const announced = Number(req.headers['content-length'] ?? Infinity);
  return new AppError('overloaded', message, {
    retryAfter: 1 + Math.floor(Math.random() * 3),
    headers: announced > DRAINED_BYTES && !req.complete ? { Connection: 'close' } : {},
  });
}

/** The size announced; for what is compressed or not announced, what it may become. */
function expectedBytes(req: IncomingMessage): number {
  const announced = Number(req.headers['content-length'] ?? LIMITS.bodyBytes);
  const factor = req.headers['content-encoding'] === 'gzip' ? 8 : 1;
  return Math.min(announced * factor, LIMITS.bodyBytes);
}
