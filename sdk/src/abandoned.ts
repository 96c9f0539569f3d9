/** Streams and responses that nobody ever reads: found when they are collected, or after ten minutes. */
import { contain } from './contain.js';
import { monotonicMs, startIdleTimer } from './runtime.js';

const ABANDONED_AFTER_MS = 10 * 60_000;
const SWEEP_EVERY_MS = 30_000;

interface Watch {
  dueMs: number;
  readonly onAbandoned: () => void;
}

const watches = new Set<Watch>();
let sweeper: ReturnType<typeof setTimeout> | undefined;
const collected =
  typeof FinalizationRegistry === 'function'
    ? new FinalizationRegistry<Watch>((watch) => {
        contain('settle a stream', () => settle(watch));
      })
    : undefined;

export interface AbandonedWatch {
  stop(): void;
  /** From now on it may take as long as it likes; only collection counts. */
  waitForCollection(): void;
}

/**
 * `onAbandoned` must not hold `target`, or it will never be collected; it must not even be made in a function whose other
 * closures use `target`, since closures of one function share what they hold. `keepMs` Infinity: only collection counts.
 */
export function watchAbandoned(
  target: object,
  onAbandoned: () => void,
  keepMs: number = ABANDONED_AFTER_MS,
): AbandonedWatch {
  const watch: Watch = { dueMs: monotonicMs() + keepMs, onAbandoned };
  watches.add(watch);
  collected?.register(target, watch, watch);
  if (keepMs !== Infinity) sweeper ??= startIdleTimer(sweep, SWEEP_EVERY_MS);
  return {
    stop: () => forget(watch),
    waitForCollection: () => {
      watch.dueMs = Infinity;
    },
  };
}

/** Made apart from anything that holds the stream of the call. */
export function abandonOf(call: { abandon(): void }): () => void {
  return () => call.abandon();
}

/** Ends the watch with the call. */
export function stopWhenSettled(call: { onSettled(run: () => void): void }, watch: { stop(): void }): void {
  call.onSettled(() => watch.stop());
}

/** Settles what is overdue; `nowMs`, on the monotonic clock, is a parameter for tests. */
export function sweep(nowMs: number = monotonicMs()): void {
  sweeper = undefined;
  let isAnyLeft = false;
  for (const watch of watches) {
    if (watch.dueMs <= nowMs) settle(watch);
    else if (watch.dueMs !== Infinity) isAnyLeft = true;
  }
  if (isAnyLeft) sweeper = startIdleTimer(sweep, SWEEP_EVERY_MS);
}

/** Settles everything: the process ends, nobody will read any more. */
export function abandonAll(): void {
  for (const watch of watches) settle(watch);
}

function settle(watch: Watch): void {
  if (!watches.has(watch)) return;
  forget(watch);
  contain('record an abandoned stream', watch.onAbandoned);
}

function forget(watch: Watch): void {
  watches.delete(watch);
  collected?.unregister(watch);
  if (watches.size > 0) return;
  clearTimeout(sweeper);
  sweeper = undefined;
}
