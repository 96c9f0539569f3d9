/**
 * Tells a queue that stands from a burst, by how long calls have waited when their turn comes (CoDel, RFC 8289, 3). A burst is
 * served whole, however long its last call waits. Where for a second every call has waited, more comes than can be served: a
 * longer queue then serves no more of them, only later. Pure.
 */

/** A call has waited for long from here on, in milliseconds. */
const LONG_MS = 100;
/** A queue stands where for this long no call has waited for less than half of LONG_MS, in milliseconds. */
const INTERVAL_MS = 1_000;
/** For how long after a refusal a caller is not taken for a burst, in milliseconds: calls refused together come back together. */
const MEMORY_MS = 2_000;

/** Tells whether calls have been waiting for long for some time, and not for a moment alone. */
export class StandingQueue {
  /** Since when calls have waited for long; null once a call has waited for less than half of LONG_MS. */
  #longSince: number | null = null;
  #refusedAt = -Infinity;
  /** Calls that were served in about the last second: one of a second ago counts as a third. */
  #perSecond = 0;
  #servedAt = 0;

  /** Notes a call whose turn has come: how long it has waited, and whether it was the last that waits. */
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
