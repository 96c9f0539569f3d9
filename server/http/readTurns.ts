/**
 * Limits how much of all bodies one turn of the event loop reads. Without it, a turn reads whatever has arrived on all sockets,
 * and takes only one new connection meanwhile (libuv accepts one a turn): three hundred bodies of a megabyte made turns of
 * 50 ms and more, and a new caller waited for a second behind their connections.
 */
import type { IncomingMessage } from 'node:http';
import type { ArrivingBody } from './bodyPace.ts';

/** Four reads of a socket, which take about a third of a millisecond. */
const TURN_BYTES = 256 * 1024;
/** A body up to this size is neither paused nor counted: to pause one costs as much as to store a log. */
const SMALL_BYTES = 96 * 1024;
/** What a body that goes on brings: the piece that was read while it was paused, and the next. */
const RESUMED_BYTES = 2 * 64 * 1024;

/** The oldest body of an owner is read to its end before the next one, which takes no memory until then. */
type Arriving = Pick<ArrivingBody, 'received' | 'since'>;

/** One for all connections of a server. */
export class ReadTurns {
  /** Paused bodies by owner, the oldest first. No list is empty; the owner whose turn it is comes first. */
  readonly #paused = new Map<string, { readonly req: IncomingMessage; readonly since: number }[]>();
  #bytes = 0;
  #isScheduled = false;

  /** Counts a piece that was read of a body, which may then be paused until a later turn. */
  note(owner: string, req: IncomingMessage, { received, since }: Arriving, bytes: number): void {
    if (received <= SMALL_BYTES) return;
    this.#bytes += bytes;
    this.#schedule();
    if (this.#bytes <= TURN_BYTES || req.complete) return;
    req.pause();
    const line = this.#paused.get(owner) ?? [];
    this.#paused.set(owner, line);
    const place = line.findIndex((other) => other.since > since);
    line.splice(place === -1 ? line.length : place, 0, { req, since });
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#nextTurn);
  }

  readonly #nextTurn = (): void => {
    this.#isScheduled = false;
    this.#bytes = 0;
    for (let bytes = 0; bytes < TURN_BYTES && this.#paused.size > 0; bytes += RESUMED_BYTES) this.#next()?.resume();
    if (this.#paused.size > 0) this.#schedule();
  };

  #next(): IncomingMessage | undefined {
    for (const [owner, line] of this.#paused) {
      this.#paused.delete(owner);
      const next = line.shift();
      if (line.length > 0) this.#paused.set(owner, line);
      return next?.req;
    }
    return undefined;
  }
}
