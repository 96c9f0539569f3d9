/** Streams and responses that nobody ever reads: found when they are collected, or after ten minutes. */
import { guard } from './guard.js';
import { monotonicMs, startIdleTimer } from './runtime.js';

const UNCONSUMED_AFTER_MS = 10 * 60_000;
const SWEEP_EVERY_MS = 1_000;

const watches = new Set<UnconsumedWatch>();
let sweeper: ReturnType<typeof setTimeout> | undefined;
let sweepAtMs = Infinity;
const collected =
  typeof FinalizationRegistry === 'function'
    ? new FinalizationRegistry<UnconsumedWatch>((watch) => {
        guard('settle a stream', () => watch.settle());
      })
    : undefined;

export type { UnconsumedWatch };

/** One target that somebody is expected to read. */
class UnconsumedWatch {
  readonly #onAbandoned: () => void;
  #dueMs: number;
  /** Registered with the FinalizationRegistry at the first sweep only: registration is expensive, and most streams have ended by then. */
  #target: object | undefined;

  constructor(target: object, onAbandoned: () => void, dueMs: number) {
    this.#target = target;
    this.#onAbandoned = onAbandoned;
    this.#dueMs = dueMs;
    watches.add(this);
  }

  /** Somebody read it, or nobody has to any more. */
  stop(): void {
    if (!watches.delete(this)) return;
    if (this.#target === undefined) collected?.unregister(this);
    this.#target = undefined;
  }

  /** From now on it may take as long as it likes; only collection counts. */
  waitForCollection(): void {
    this.#dueMs = Infinity;
  }

  /** Nobody will read it. */
  settle(): void {
    if (!watches.has(this)) return;
    this.stop();
    guard('record an abandoned stream', this.#onAbandoned);
  }

  /** Settles it where it is overdue, else tells the collector of it. */
  sweep(nowMs: number): void {
    if (this.#dueMs <= nowMs) {
      this.settle();
    } else if (this.#target !== undefined) {
      collected?.register(this.#target, this, this);
      this.#target = undefined;
    }
  }

  /** False where a sweep has nothing more to do for it. */
  get isWaiting(): boolean {
    return this.#target !== undefined || this.#dueMs !== Infinity;
  }
}

/**
 * `onAbandoned` must not hold `target`, or it will never be collected; it must not even be made in a function whose other
 * closures use `target`, since closures of one function share what they hold. `keepMs` Infinity: only collection counts.
 */
export function watchUnconsumed(
  target: object,
  onAbandoned: () => void,
  keepMs: number = UNCONSUMED_AFTER_MS,
): UnconsumedWatch {
  const nowMs = monotonicMs();
  // A platform that freezes processes may never fire a timer.
  if (nowMs > sweepAtMs + SWEEP_EVERY_MS) sweep(nowMs);
  if (sweeper === undefined) startSweeper(nowMs);
  return new UnconsumedWatch(target, onAbandoned, nowMs + keepMs);
}

function startSweeper(nowMs: number): void {
  sweepAtMs = nowMs + SWEEP_EVERY_MS;
  sweeper = startIdleTimer(sweep, SWEEP_EVERY_MS);
}

/** Made apart from anything that holds the stream of the call. */
export function abandonCallback(call: { abandon(): void }): () => void {
  return () => call.abandon();
}

/** Ends the watch with the call. */
export function stopWhenSettled(call: { onSettled(run: () => void): void }, watch: { stop(): void }): void {
  call.onSettled(() => watch.stop());
}

/** Settles what is overdue, and tells the collector of what is new; `nowMs`, on the monotonic clock, is a parameter for tests. */
export function sweep(nowMs: number = monotonicMs()): void {
  clearTimeout(sweeper);
  sweeper = undefined;
  sweepAtMs = Infinity;
  let isAnyWaiting = false;
  for (const watch of watches) {
    watch.sweep(nowMs);
    isAnyWaiting ||= watch.isWaiting;
  }
  if (isAnyWaiting) startSweeper(monotonicMs());
}

/** Settles everything: the process ends, nothing will be read any more. */
export function settleUnconsumed(): void {
  for (const watch of watches) watch.settle();
}
