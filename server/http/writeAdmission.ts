/**
 * When a write may go on, and whether there is room for it at all. Where the disk is the limit, the group writer's queue
 * fills and says no. Where the processor is the limit, it does not: whoever is ready is served in one long turn of the
 * event loop, in which no connection is accepted (libuv takes one a turn), no page is served and nobody knows how long
 * the others wait. So a turn ends after a few milliseconds, the rest waits here in order, and a wait can be measured.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LIMITS } from '#shared/primitives';
import { AppError } from '#server/errors';

/** How long one turn of the event loop works on writes, in milliseconds. */
const TURN_MS = 5;
/** When the first of those who wait has waited for so long, who comes now is sent away, in milliseconds. */
const WAIT_MS = 1_000;
/** Of bodies that were read and wait to be parsed: about a second of work. */
const WAITING_BYTES = 8 * 1024 * 1024;
/** More steps than these do not fit into a turn. */
const MOST_STEPS = 64;
/** A body up to here is read and forgotten when its call is refused, since a new connection would cost more. */
const DRAINED_BYTES = 1024 * 1024;

export interface WriteAdmissionOptions {
  /** Of all bodies that are being read or worked on. */
  readonly bodyBytes: number;
  /** Milliseconds of a clock that never jumps. */
  readonly now?: () => number;
}

/** One for all connections of a server. */
export class WriteAdmission {
  readonly #bodyBytes: number;
  readonly #now: () => number;
  #turnStart: number | null = null;
  /** Calls whose body has been read; they go first. */
  readonly #begun: Waiting[] = [];
  #begunBytes = 0;
  /** Calls of which only the head has been read. */
  readonly #arrived: Waiting[] = [];
  #scheduledSteps = 0;
  #used = 0;

  constructor(options: WriteAdmissionOptions) {
    this.#bodyBytes = options.bodyBytes;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Bytes of bodies that are being read or worked on, over all connections. */
  get used(): number {
    return this.#used;
  }

  /**
   * Waits until there is time for one more call.
   * @throws {AppError} `overloaded` at once, where those before it have waited for too long.
   */
  enter(req: IncomingMessage): Promise<void> | void {
    const oldest = Math.min(this.#begun[0]?.since ?? Infinity, this.#arrived[0]?.since ?? Infinity);
    if (this.#now() - oldest > WAIT_MS) {
      throw overloaded(req, 'The server is at its limit; send this again in a moment.');
    }
    if (this.#arrived.length > 0 || !this.#hasTime()) return this.#waitIn(this.#arrived);
  }

  /**
   * Waits until there is time to go on with a call whose body has been read.
   * @throws {AppError} `overloaded` at once, where too much waits before it: reading a body is cheap, parsing is not.
   */
  goOn(req: IncomingMessage, bytes: number): Promise<void> | void {
    if (this.#begun.length === 0 && this.#hasTime()) return;
    if (this.#begun.length > 0 && this.#begunBytes + bytes > WAITING_BYTES) {
      throw overloaded(req, 'The server has as many logs to read as it can; send this again in a moment.');
    }
    this.#begunBytes += bytes;
    return this.#waitIn(this.#begun).then(() => {
      this.#begunBytes -= bytes;
    });
  }

  /**
   * Reserves the bytes of a body until the call has been answered.
   * @throws {AppError} `overloaded` before anything is read; `malformed_request` where the caller has hung up while he
   *   waited: nothing would tell us again, and his bytes would stay reserved for ever.
   */
  reserve(req: IncomingMessage, res: ServerResponse): void {
    if (req.destroyed) throw new AppError('malformed_request', 'The connection was closed before the body was read.');
    const bytes = expectedBytes(req);
    if (this.#used + bytes > this.#bodyBytes && this.#used > 0) {
      throw overloaded(req, 'The server is reading as many bodies as it can; send this again in a moment.');
    }
    this.#used += bytes;
    res.once('close', () => {
      this.#used -= bytes;
    });
  }

  /** True until this turn has worked for TURN_MS. */
  #hasTime(): boolean {
    const now = this.#now();
    if (this.#turnStart === null) {
      this.#turnStart = now;
      setImmediate(() => {
        this.#turnStart = null;
      });
    }
    return now - this.#turnStart < TURN_MS;
  }

  #waitIn(queue: Waiting[]): Promise<void> {
    return new Promise((goOn) => {
      queue.push({ since: this.#now(), goOn });
      this.#schedule();
    });
  }

  #schedule(): void {
    const wanted = Math.min(this.#begun.length + this.#arrived.length, MOST_STEPS);
    for (; this.#scheduledSteps < wanted; this.#scheduledSteps++) setImmediate(this.#step);
  }

  /** Lets one go on; what it does has been done when the next step asks for time. */
  readonly #step = (): void => {
    this.#scheduledSteps--;
    if (this.#hasTime()) (this.#begun.shift() ?? this.#arrived.shift())?.goOn();
    this.#schedule();
  };
}

interface Waiting {
  readonly since: number;
  readonly goOn: () => void;
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
