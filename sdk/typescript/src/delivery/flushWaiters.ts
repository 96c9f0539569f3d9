/** Who waits for the records that were there when a flush began. */

interface Waiter {
  readonly sequence: number;
  readonly done: () => void;
}

export class FlushWaiters {
  readonly #waiters = new Set<Waiter>();

  get isEmpty(): boolean {
    return this.#waiters.size === 0;
  }

  /** Resolves when the records up to this place in the order are settled, or when the time is over. */
  wait(sequence: number, timeoutMs: number): Promise<void> {
    return new Promise<void>((resolve) => {
      // Not idle on purpose: somebody awaits it, so the process must not end before.
      const timer = setTimeout(() => waiter.done(), timeoutMs);
      const waiter: Waiter = {
        sequence,
        done: () => {
          clearTimeout(timer);
          this.#waiters.delete(waiter);
          resolve();
        },
      };
      this.#waiters.add(waiter);
    });
  }

  /** Tells those whose records are settled. */
  tell(isSettled: (sequence: number) => boolean): void {
    for (const waiter of this.#waiters) if (isSettled(waiter.sequence)) waiter.done();
  }
}
