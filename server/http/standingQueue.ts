/**
 * Tells a queue that stands from a burst, by how long calls have waited when their turn comes (CoDel, RFC 8289, 3). A burst is
 * served whole, however long its last call waits. Where for a second every call has waited, more comes than can be served: a
 * longer queue then serves no more of them, only later. Pure.
 */

/** A call has waited for long from here on, in milliseconds. */
const LONG_MS = 100;
/** A queue stands where for so long no call has waited for less than half of that, in milliseconds. */
const INTERVAL_MS = 1_000;

/** Tells whether calls have been waiting for long for some time, and not for a moment alone. */
export class StandingQueue {
  /** When a call had first waited for long; null since one has waited for less than half of it. */
  #longSince: number | null = null;

  /** To be told how long a call has waited whose turn has come. Both in milliseconds. */
  noteWait(waitedMs: number, nowMs: number): void {
    if (waitedMs < LONG_MS / 2) this.#longSince = null;
    else if (waitedMs >= LONG_MS) this.#longSince ??= nowMs;
  }

  /** True where one more call would only wait: the queue stands, and its oldest call has waited for long. */
  isFull(oldestWaitMs: number, nowMs: number): boolean {
    if (this.#longSince === null || oldestWaitMs < LONG_MS) return false;
    return nowMs - this.#longSince >= INTERVAL_MS;
  }
}
