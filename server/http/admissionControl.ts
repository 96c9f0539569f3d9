/**
 * When a call with a body may go on, and whether it is accepted at all. Where the disk is the limit, the queue of the
 * group writer fills and refuses. Where the processor is the limit, it does not: all that is ready is served in one long
 * turn of the event loop, in which no connection is accepted (libuv accepts one a turn), no page is served, and the
 * waiting time of the others is not known. So a turn ends after a few milliseconds, the rest waits here, and its wait is
 * measured. Waiting calls are served in turn by owner, each within its share.
 */
import type { IncomingMessage } from 'node:http';
import { AppError } from '#server/errors';
import { BodyPace } from './bodyPace.ts';
import { FairBudget, type Reservation } from './fairBudget.ts';
import { FairQueue } from './fairQueue.ts';

/** How long one turn of the event loop works on bodies, in milliseconds. */
const TURN_MS = 5;
/** When the oldest waiting call of a caller has waited for so long, the next one is refused. In milliseconds. */
const WAIT_MS = 1_000;
/** Of bodies that were read and wait to be parsed; one owner alone has half of it, which is about a second of work. */
const WAITING_BYTES = 16 * 1024 * 1024;
/** More steps than these do not fit into a turn. */
const MOST_STEPS = 64;
/** Of so many steps one is for a call that has only arrived, so that large bodies cannot delay small ones for ever. */
const STEPS_A_ROUND = 4;
/** A body up to here is read and forgotten when its call is refused, since a new connection would cost more. */
const DRAINED_BYTES = 1024 * 1024;

export interface AdmissionControlOptions {
  /** Of all bodies that are being read or worked on. */
  readonly bodyBytes: number;
  /** Milliseconds of a clock that never jumps. */
  readonly now?: () => number;
}

/** One for all connections of a server. */
export class AdmissionControl {
  /** Of the bodies that are arriving. */
  readonly pace = new BodyPace();
  /** Of bodies that are being read or worked on. */
  readonly #bodies: FairBudget;
  /** The part of them that has been read and waits to be parsed. */
  readonly #waiting = new FairBudget(WAITING_BYTES);
  readonly #now: () => number;
  #turnStart: number | null = null;
  /** Calls whose body has been read; they go first. */
  readonly #begun = new FairQueue<Waiting>();
  /** Calls of which only the head has been read. */
  readonly #arrived = new FairQueue<Waiting>();
  #scheduledSteps = 0;
  #steps = 0;

  constructor(options: AdmissionControlOptions) {
    this.#bodies = new FairBudget(options.bodyBytes);
    this.#now = options.now ?? (() => performance.now());
  }

  /** Bytes of bodies that are being read or worked on, over all connections. */
  get used(): number {
    return this.#bodies.used;
  }

  /**
   * Waits until there is time for one more call.
   * @throws {AppError} `overloaded` at once, where this caller's calls before it have waited for too long.
   */
  admit(req: IncomingMessage): Promise<void> | void {
    if (this.#arrived.length === 0 && this.#hasTime()) return;
    // The key has not been looked up yet, which may cost a query: a caller is identified by the header as it was sent.
    const caller = req.headers.authorization ?? '';
    const oldest = this.#arrived.oldestOf(caller);
    if (oldest && this.#now() - oldest.since > WAIT_MS) {
      throw overloaded(req, 'The server is at its limit; send this again in a moment.');
    }
    return this.#waitIn(this.#arrived, caller);
  }

  /** What a body of this owner holds: nothing yet, since bytes are counted as they come. */
  open(owner: string): Reservation {
    return this.#bodies.open(owner);
  }

  /**
   * Waits until there is time to go on with a call whose body has been read.
   * @throws {AppError} `overloaded` at once, where too much waits before it: reading a body is cheap, parsing is not.
   */
  resume(req: IncomingMessage, owner: string, bytes: number): Promise<void> | void {
    if (this.#begun.length === 0 && this.#hasTime()) return;
    if (!this.#waiting.hasRoom(owner, bytes)) {
      throw overloaded(req, 'The server has as many bodies to parse as it can; send this again in a moment.');
    }
    this.#waiting.add(owner, bytes);
    return this.#waitIn(this.#begun, owner).then(() => this.#waiting.add(owner, -bytes));
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

  #waitIn(queue: FairQueue<Waiting>, owner: string): Promise<void> {
    return new Promise((goOn) => {
      queue.push(owner, { since: this.#now(), goOn });
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
    if (this.#hasTime()) {
      const isForArrived = ++this.#steps % STEPS_A_ROUND === 0;
      const [first, second] = isForArrived ? [this.#arrived, this.#begun] : [this.#begun, this.#arrived];
      (first.shift() ?? second.shift())?.goOn();
    }
    this.#schedule();
  };
}

interface Waiting {
  readonly since: number;
  readonly goOn: () => void;
}

/** The refusal of a call that no budget or time is left for. A large body that is still on its way is not waited for. */
export function overloaded(req: IncomingMessage, message: string): AppError {
  const announced = Number(req.headers['content-length'] ?? Infinity);
  return new AppError('overloaded', message, {
    retryAfter: 1 + Math.floor(Math.random() * 3),
    headers: announced > DRAINED_BYTES && !req.complete ? { Connection: 'close' } : {},
  });
}
