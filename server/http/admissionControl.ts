/**
 * When a call with a body may go on, and whether it is accepted at all. Where the disk is the limit, the queue of the
 * group writer fills and refuses. Where the processor is the limit, it does not: all that is ready is served in one long
 * turn of the event loop, in which no connection is accepted (libuv accepts one a turn), no page is served, and the
 * waiting time of the others is not known. So a turn ends after a few milliseconds, the rest waits here, and its wait is
 * measured. Waiting calls are served in turn by owner, each within its share.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { AppError } from '#server/errors';
import { BodyPace } from './bodyPace.ts';
import { FairBudget, type Reservation } from './fairBudget.ts';
import { FairQueue } from './fairQueue.ts';
import { ReadTurns } from './readTurns.ts';
import { StandingQueue } from './standingQueue.ts';

/** How long one turn of the event loop works on bodies, in milliseconds. */
const TURN_MS = 5;
/**
 * The same while new connections come, in milliseconds. libuv takes one connection a turn: with turns of 5 ms a thousand of them
 * waited for 5 s and more, and no queue of ours knew. Turns are not always so short, since Postgres would get smaller groups.
 */
const TURN_MS_WITH_NEW_CONNECTIONS = 0.5;
/** While connections come, at most this many turns in a row take one connection each and serve nothing that waits. */
const MOST_CONNECTION_TURNS = 8;
/** For how long after a new connection others are expected, in milliseconds. */
const NEW_CONNECTIONS_MS = 20;
/** Most bytes of bodies that were read and wait to be parsed. One owner alone may have half: about a second of work. */
const WAITING_BYTES = 16 * 1024 * 1024;
/** The most steps that are scheduled at once: more do not fit into a turn. */
const MOST_STEPS = 64;
/** Refusals before each call that goes on: both take about the same time. */
const REFUSALS_A_CALL = 4;
/** One step in so many is for a call that has only arrived, so that large bodies cannot delay small ones for ever. */
const STEPS_A_ROUND = 4;
/** The message of a refusal where more calls come than can be served. */
const AT_ITS_LIMIT = 'The server is at its limit; send this again in a moment.';
/** The message of a refusal where no more bodies can be parsed now. */
export const PARSING_MOST = 'The server has as many bodies to parse as it can; send this again in a moment.';
/** A body up to here is read and forgotten when its call is refused, since a new connection would cost more. */
const DRAINED_BYTES = 1024 * 1024;

export interface AdmissionControlOptions {
  /** Most bytes of all bodies that are being read or worked on. */
  readonly bodyBytes: number;
  /** Milliseconds of a clock that never jumps. */
  readonly now?: () => number;
}

/** One for all connections of a server. */
export class AdmissionControl {
  /** Limits on bodies that are arriving: how slow one may be, and how much of all is read in a turn. */
  readonly reading = { pace: new BodyPace(), turns: new ReadTurns() } as const;
  /** Bytes of bodies that are being read or worked on. */
  readonly #bodies: FairBudget;
  /** The part of them that has been read and waits to be parsed. */
  readonly #waiting = new FairBudget(WAITING_BYTES);
  readonly #now: () => number;
  #turn: Turn | null = null;
  readonly #connections = new WeakSet<Socket>();
  #newConnectionAt = -Infinity;
  #hasNewConnection = false;
  /** How many turns in a row were for new connections. */
  #connectionTurns = 0;
  /** Calls whose body has been read; they go first. */
  readonly #begun = new FairQueue<Waiting>();
  /** Calls of which only the head has been read. */
  readonly #arrived = new FairQueue<Arrived>();
  /** Calls that are to be refused. They are not refused at once: while that goes on for hundreds, no connection is taken. */
  readonly #refused = new FairQueue<() => void>();
  /** Since a call last went on. */
  #refusals = 0;
  /** Who was served last of either queue. */
  #lastBegun: string | undefined;
  #lastArrived: string | undefined;
  /** By caller: for those with calls in `#arrived` or with recent refusals. The caller that was served last comes last. */
  readonly #standing = new Map<string, StandingQueue>();
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
   * @throws {AppError} `overloaded` soon, where more calls of this caller come than can be served.
   */
  admit(req: IncomingMessage): Promise<void> | void {
    if (this.#arrived.length === 0 && this.#hasTime()) return;
    // The key has not been looked up yet, which may cost a query: a caller is identified by the header as it was sent.
    const caller = req.headers.authorization ?? '';
    const now = this.#now();
    const line = this.#arrived.lineOf(caller);
    const queue = { oldestWaitMs: now - (line[0]?.since ?? now), waiting: line.length };
    if (line.length > 0 && this.#standing.get(caller)?.refuses(queue, now)) {
      return new Promise((_, refuse) => {
        this.#refused.push(caller, () => refuse(overloaded(req, AT_ITS_LIMIT)));
        this.#schedule();
      });
    }
    return new Promise((goOn) => {
      this.#arrived.push(caller, { caller, since: now, goOn });
      this.#schedule();
    });
  }

  /** To be told of the connection of every call, with or without a body. */
  noteConnection(connection: Socket): void {
    if (this.#connections.has(connection)) return;
    this.#connections.add(connection);
    this.#newConnectionAt = this.#now();
    this.#hasNewConnection = true;
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
      throw overloaded(req, PARSING_MOST);
    }
    this.#waiting.add(owner, bytes);
    return new Promise((resolve) => {
      const goOn = () => {
        this.#waiting.add(owner, -bytes);
        resolve();
      };
      this.#begun.push(owner, { goOn });
      this.#schedule();
    });
  }

  /** True until this turn has worked for as long as one may. */
  #hasTime(): boolean {
    const now = this.#now();
    const { start } = this.#currentTurn(now);
    const isShort = now - this.#newConnectionAt < NEW_CONNECTIONS_MS;
    return now - start < (isShort ? TURN_MS_WITH_NEW_CONNECTIONS : TURN_MS);
  }

  #currentTurn(now: number): Turn {
    if (this.#turn) return this.#turn;
    setImmediate(() => {
      this.#turn = null;
    });
    return (this.#turn = { start: now, hasServedBegun: false, hasServedArrived: false });
  }

  /** True where a connection came since the last turn: others may wait behind it, which are then taken before all else. */
  #isForConnections(): boolean {
    const isSo = this.#hasNewConnection && this.#connectionTurns < MOST_CONNECTION_TURNS;
    this.#connectionTurns = isSo ? this.#connectionTurns + 1 : 0;
    this.#hasNewConnection = false;
    return isSo;
  }

  #schedule(): void {
    const wanted = Math.min(this.#begun.length + this.#arrived.length + this.#refused.length, MOST_STEPS);
    for (; this.#scheduledSteps < wanted; this.#scheduledSteps++) setImmediate(this.#step);
  }

  /**
   * Lets one call go on. The work of that call is done before the next step asks whether there is time. Even where the reading
   * of large bodies has used up a turn, the turn lets one call of each queue go on that belongs to another owner than the one
   * before: without that, a small call waited for twenty such turns.
   */
  readonly #step = (): void => {
    this.#scheduledSteps--;
    const turn = this.#currentTurn(this.#now());
    turn.isForConnections ??= this.#isForConnections();
    if (turn.isForConnections) return this.#schedule();
    // What has begun is not put off by what has only arrived.
    const mayGo = turn.hasServedArrived ? this.#begun.length > 0 : isOfAnother(this.#begun, this.#lastBegun);
    const owesBegun = !turn.hasServedBegun && mayGo;
    const owesArrived = !turn.hasServedArrived && isOfAnother(this.#arrived, this.#lastArrived);
    if (owesBegun || owesArrived || this.#hasTime()) {
      if (this.#refused.length > 0 && this.#refusals < REFUSALS_A_CALL) {
        this.#refusals++;
        this.#refused.shift()?.();
      } else if (owesBegun) this.#serveBegun(turn);
      else if (owesArrived) this.#serveArrived(turn);
      else this.#serveNext(turn);
    }
    this.#schedule();
  };

  #serveNext(turn: Turn): void {
    const isForArrived = ++this.#steps % STEPS_A_ROUND === 0 || this.#begun.length === 0;
    if (isForArrived && this.#arrived.length > 0) this.#serveArrived(turn);
    else this.#serveBegun(turn);
  }

  #serveBegun(turn: Turn): void {
    turn.hasServedBegun = true;
    this.#refusals = 0;
    this.#lastBegun = this.#begun.nextOwner;
    this.#begun.shift()?.goOn();
  }

  #serveArrived(turn: Turn): void {
    turn.hasServedArrived = true;
    this.#refusals = 0;
    this.#lastArrived = this.#arrived.nextOwner;
    const call = this.#arrived.shift();
    if (!call) return;
    const { caller, since } = call;
    const standing = this.#standing.get(caller) ?? new StandingQueue();
    const now = this.#now();
    const isLast = this.#arrived.lineOf(caller).length === 0;
    standing.noteServed({ waitedMs: now - since, isLast }, now);
    this.#standing.delete(caller);
    if (!isLast || standing.isRemembered(now)) this.#standing.set(caller, standing);
    this.#forgetOldest(now);
    call.goOn();
  }

  /** Forgets the caller that was served longest ago, if it has no call waiting and no recent refusals. */
  #forgetOldest(now: number): void {
    for (const [caller, standing] of this.#standing) {
      const isKept = this.#arrived.lineOf(caller).length > 0 || standing.isRemembered(now);
      if (!isKept) this.#standing.delete(caller);
      return;
    }
  }
}

/** True where the next of a queue is of somebody else than the one that was served last. */
function isOfAnother(queue: FairQueue<unknown>, last: string | undefined): boolean {
  return queue.length > 0 && queue.nextOwner !== last;
}

/** One turn of the event loop. */
interface Turn {
  /** When it began, in milliseconds. */
  readonly start: number;
  /** Known from its first step on. */
  isForConnections?: boolean;
  hasServedBegun: boolean;
  hasServedArrived: boolean;
}

interface Waiting {
  readonly goOn: () => void;
}

interface Arrived extends Waiting {
  readonly caller: string;
  readonly since: number;
}

/** The refusal of a call that no budget or time is left for. A large body that is still on its way is not waited for. */
export function overloaded(req: IncomingMessage, message: string): AppError {
  const announced = Number(req.headers['content-length'] ?? Infinity);
  return new AppError('overloaded', message, {
    headers: announced > DRAINED_BYTES && !req.complete ? { Connection: 'close' } : {},
  });
}
