/** Long work on the caller's thread, in slices with turns of the event loop between them, so that the loop stays free. */
import { monotonicMs } from '../runtime/runtime.js';

/** At a stretch: a tenth of the time since the last one, or a process that is never idle would outrun its delivery. */
const MIN_SLICE_MS = 1;
const MAX_SLICE_MS = 5;
const SLICE_SHARE = 0.1;
/** A turn as short as this had nothing else to do. */
const IDLE_TURN_MS = 1;
/** How long a slice waits for such a turn: answers that arrive together are the caller's first. */
const MAX_WAIT_MS = 40;

/** How urgent the work is. */
export interface SchedulerPressure {
  /** Somebody waits for its end, so it does not wait for an idle turn. */
  readonly isAwaited: boolean;
  /** So much waits that it must be done faster than it comes in. */
  readonly isPressed: boolean;
}

/** One for all the work of a delivery, so that two uploads share one slice. */
export class CooperativeScheduler {
  #startedMs = monotonicMs();
  #lengthMs = MIN_SLICE_MS;
  readonly #urgency: SchedulerPressure;

  constructor(urgency: SchedulerPressure) {
    this.#urgency = urgency;
  }

  /** Asked between two pieces of work. Where it is true, the caller awaits `next()` before it goes on. */
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

  /** Lets what waits run first, and begins a slice that fits the time that took. */
  async next(): Promise<void> {
    const endedMs = monotonicMs();
    let nowMs = endedMs;
    let isIdle: boolean;
    do {
      const turnStartedMs = nowMs;
      await nextTurn();
      nowMs = monotonicMs();
      isIdle = nowMs - turnStartedMs <= IDLE_TURN_MS;
    } while (!isIdle && nowMs - endedMs < MAX_WAIT_MS && !this.#urgency.isAwaited && !this.#urgency.isPressed);
    this.#startedMs = nowMs;
    const fittingMs = this.#urgency.isPressed ? MAX_SLICE_MS : (nowMs - endedMs) * SLICE_SHARE;
    this.#lengthMs = Math.min(MAX_SLICE_MS, Math.max(MIN_SLICE_MS, fittingMs));
  }
}

/** As it is when we are loaded: a test that stops the clock would stop our work for good. */
const { setImmediate } = globalThis as { setImmediate?: (run: () => void) => void };

/** Lets waiting I/O in first. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (setImmediate) setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
