/** Batches that are on their way. Their records may come back, so they count for what the queue may hold. */
import { monotonicMs } from '../runtime/runtime.js';
import type { QueuedRecord } from './queue.js';

export interface Upload {
  readonly batch: readonly QueuedRecord[];
  readonly bytes: number;
  readonly abort: AbortController;
  readonly startedMs: number;
  /** True where a flush waits for it. */
  readonly isAwaited: boolean;
}

const OTHERS_WAIT_MS = 3_000;
const OTHERS_CHECK_MS = 25;

/** One that begins now. */
export function newUpload(batch: readonly QueuedRecord[], isAwaited: boolean): Upload {
  const bytes = batch.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { batch, bytes, abort: new AbortController(), startedMs: monotonicMs(), isAwaited };
}

/** What may come back into the queue. */
export function heldBy(uploads: Iterable<Upload>): { records: number; bytes: number } {
  const held = { records: 0, bytes: 0 };
  for (const { batch, bytes } of uploads) {
    held.records += batch.length;
    held.bytes += bytes;
  }
  return held;
}

/** Uploads that no flush waits for may be of this request: it looks now and then, since a promise of another one may never end. */
export async function waitForOthers(uploads: Iterable<Upload>, sequence: number, deadlineMs: number): Promise<void> {
  const isOther = ({ isAwaited, startedMs, batch }: Upload): boolean =>
    !isAwaited && monotonicMs() < startedMs + OTHERS_WAIT_MS && batch.some((queued) => queued.sequence <= sequence);
  while ([...uploads].some(isOther) && monotonicMs() < deadlineMs) await settledWithin([], OTHERS_CHECK_MS);
}

/** Resolves when all are settled, or the time is over. */
export async function settledWithin(work: readonly Promise<unknown>[], timeoutMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, Math.max(1, timeoutMs))));
  await Promise.race(work.length > 0 ? [Promise.all(work), timeout] : [timeout]);
  clearTimeout(timer);
}
