/**
 * Tells a queue that stands from a burst, by how long calls have waited when their turn comes (CoDel, RFC 8289, 3). A burst is
 * served whole, however long its last call waits. Where for a second every call has waited, more comes than can be served: a
 * longer queue then serves no more of them, only later. Pure.
 */

/** A call has waited for long from here on, in milliseconds. */
const LONG_MS = 100;
/** A queue stands where for so long no call has waited for less than half of that, in milliseconds. */
const INTERVAL_MS = 1_000;
/** Who had to be refused is no burst for so long, in milliseconds: those who were refused at once all come back at once. */
const MEMORY_MS = 2_000;

/** Tells whether calls have been waiting for long for some time, and not for a moment alone. */
export class StandingQueue {
  /** When a call had first waited for long; null since one has waited for less than half of it. */
  #longSince: number | null = null;
  #refusedAt = -Infinity;
  /** Calls whose turn has come, those of a second ago as a third of one. */
  #perSecond = 0;
  #servedAt = 0;

  /** To be told how long a call has waited whose turn has come, and whether no other waits. In milliseconds. */
  noteServed({ waitedMs, isLast }: { waitedMs: number; isLast: boolean }, nowMs: number): void {
    if (isLast || waitedMs < LONG_MS / 2) this.#longSince = null;
    else if (waitedMs >= LONG_MS) this.#longSince ??= nowMs;
    this.#perSecond = this.#perSecond * Math.exp((this.#servedAt - nowMs) / INTERVAL_MS) + 1;
    this.#servedAt = nowMs;
  }

  /**
   * True where one more call would only wait: the queue stands and its oldest call has waited for long, or it stood not long
   * ago and has as many calls again as are served before one has. It is remembered that one was refused.
   */
  refuses({ oldestWaitMs, waiting }: { oldestWaitMs: number; waiting: number }, nowMs: number): boolean {
    const isStanding = this.#longSince !== null && nowMs - this.#longSince >= INTERVAL_MS;
    const isLong = waiting >= Math.max(1, (this.#perSecond * LONG_MS) / INTERVAL_MS);
    if (!(isStanding && oldestWaitMs >= LONG_MS) && !(this.isRemembered(nowMs) && isLong)) return false;
    this.#refusedAt = nowMs;
    return true;
  }

  /** True for some time after a call had to be refused. */
  isRemembered(nowMs: number): boolean {
    return nowMs - this.#refusedAt < MEMORY_MS;
  }
}
