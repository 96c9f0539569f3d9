/** Long work on the caller's thread, in slices with turns of the event loop between them, so that the loop stays free. */
import { monotonicMs } from '../runtime.js';

/** At a stretch: little where turns are short, and a tenth of a long turn, or a busy process would outrun its delivery. */
const MIN_SLICE_MS = 1;
const MAX_SLICE_MS = 5;
const SLICE_SHARE = 0.1;

export class Slices {
  #startedMs = monotonicMs();
  #lengthMs = MIN_SLICE_MS;

  /** Begins a slice without a turn before it; how long it may be is known from the turns before. */
  begin(): void {
    this.#startedMs = monotonicMs();
  }

  /** To be asked between two pieces of work; where it is true, `next()` is to be awaited. */
  get isOver(): boolean {
    return monotonicMs() - this.#startedMs >= this.#lengthMs;
  }

  /** With a turn between two pieces where it is time. */
  async forEach(pieces: Iterable<string>, take: (piece: string) => void): Promise<void> {
    for (const piece of pieces) {
      take(piece);
      if (this.isOver) await this.next();
    }
  }

  /** Lets what waits run first, and begins a slice that fits the length of that turn. */
  async next(): Promise<void> {
    const endedMs = monotonicMs();
    await nextTurn();
    this.#startedMs = monotonicMs();
    this.#lengthMs = Math.min(MAX_SLICE_MS, Math.max(MIN_SLICE_MS, (this.#startedMs - endedMs) * SLICE_SHARE));
  }
}

/** Lets waiting I/O in first. */
function nextTurn(): Promise<void> {
  const { setImmediate } = globalThis as { setImmediate?: (run: () => void) => void };
  return new Promise((resolve) => {
    if (setImmediate) setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
