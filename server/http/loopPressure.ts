import { AppError } from '#server/errors';

/** How long one turn of the event loop may have worked on calls before further writes are sent away, in milliseconds. */
const TURN_MS = 300;

/**
 * Where the processor is the limit, the backlog is in the sockets: no queue of ours fills, and every caller waits. A turn
 * of the event loop that has been at work for long tells; what comes after in the same turn is refused before its body
 * is read.
 */
export class LoopPressure {
  #turnStart: number | null = null;
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** @throws {AppError} `overloaded` when this turn has been at work for too long. */
  check(): void {
    const now = this.#now();
    if (this.#turnStart === null) {
      this.#turnStart = now;
      setImmediate(() => {
        this.#turnStart = null;
      });
      return;
    }
    if (now - this.#turnStart < TURN_MS) return;
    throw new AppError('overloaded', 'The server is at its limit; send this again in a moment.', {
      retryAfter: 1 + Math.floor(Math.random() * 3),
      headers: { Connection: 'close' },
    });
  }
}
