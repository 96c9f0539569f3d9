/** The end of a process: deliver what waits, but never hold it for longer than agreed. One listener per process. */
import { settleUnconsumed } from '../runtime/unconsumedStreams.js';
import { guard, reportInternal } from '../runtime/guard.js';
import { findProcess, monotonicMs, unrefTimer } from '../runtime/runtime.js';
import type { DeliverySettings } from './settings.js';

/** A delivery, as far as the end of the process is concerned. */
export interface ExitingDelivery {
  readonly settings: Pick<DeliverySettings, 'flushOnExit' | 'flushOnSignal' | 'exitTimeoutMs'>;
  /** Whether it is watched here, and whether it had its time at the end already. Kept by this module. */
  readonly exit: { isWatched: boolean; hadItsTime: boolean };
  readonly uploadsInFlight: number;
  /** Resolves with the number of records that still wait. */
  drain(timeoutMs: number): Promise<number>;
  cutUploads(reason: string): void;
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
const CHECK_EVERY_MS = 200;

/** Deliveries that hold records. */
const busy = new Set<ExitingDelivery>();
/** Deliveries that are watched and not shut down; one that is merely forgotten stays counted, and the listener with it. */
let watchedCount = 0;
let isListening = false;
let isListeningForSignals = false;
let watcher: ReturnType<typeof setInterval> | undefined;
let onlyUsSinceMs: number | undefined;

/** Makes sure that the end of the process is seen; called when a call begins, so that its stream is not lost either. */
export function watchExit({ exit, settings: { flushOnExit, flushOnSignal } }: ExitingDelivery): void {
  if (exit.isWatched) return;
  exit.isWatched = true;
  watchedCount++;
  const process = findProcess();
  if (!process?.on) return;
  if (flushOnExit && !isListening) {
    isListening = true;
    process.on('beforeExit', onBeforeExit);
  }
  if (flushOnSignal && !isListeningForSignals) {
    isListeningForSignals = true;
    for (const signal of SIGNALS) process.on(signal, SIGNAL_HANDLERS[signal]);
  }
}

/** Called when a delivery gets its first record. */
export function holdExit(delivery: ExitingDelivery): void {
  watchExit(delivery);
  busy.add(delivery);
  if (watcher === undefined && delivery.settings.flushOnExit && canSeeResources()) {
    watcher = setInterval(() => guard('watch the uploads', cutWhereOnlyWeRun), CHECK_EVERY_MS);
    unrefTimer(watcher);
  }
}

/** Some runtimes have the function, and it throws. */
function canSeeResources(): boolean {
  try {
    return Array.isArray(findProcess()?.getActiveResourcesInfo?.());
  } catch {
    return false;
  }
}

/** Called when nothing waits any more. */
export function releaseExit(delivery: ExitingDelivery): void {
  busy.delete(delivery);
  if (busy.size > 0 || watcher === undefined) return;
  clearInterval(watcher);
  watcher = undefined;
  onlyUsSinceMs = undefined;
}

/** Called when a delivery is shut down; with the last one the listeners go. */
export function unwatchExit({ exit }: ExitingDelivery): void {
  if (!exit.isWatched) return;
  exit.isWatched = false;
  if (--watchedCount > 0) return;
  const process = findProcess();
  process?.off?.('beforeExit', onBeforeExit);
  for (const signal of SIGNALS) process?.off?.(signal, SIGNAL_HANDLERS[signal]);
  isListening = false;
  isListeningForSignals = false;
}

/** Nothing is left to run: what waits is sent now, once; what then still waits is lost with the process. */
function onBeforeExit(): void {
  guard('flush at the end', flushAtExit);
}

function flushAtExit(): void {
  settleUnconsumed();
  for (const delivery of busy) {
    if (delivery.exit.hadItsTime || !delivery.settings.flushOnExit) continue;
    delivery.exit.hadItsTime = true;
    void flushInTime(delivery).catch((thrown: unknown) => reportInternal('flush at the end', thrown));
  }
}

async function flushInTime(delivery: ExitingDelivery): Promise<void> {
  const pending = await delivery.drain(delivery.settings.exitTimeoutMs);
  // What is recorded after a flush that came to its end gets its own; a server that hangs does not get a second one.
  delivery.exit.hadItsTime = pending > 0;
  if (pending > 0) delivery.cutUploads('the process ends');
}

/** A listener keeps a signal from ending the process, so after the flush it is raised again, without us. */
async function onSignal(signal: (typeof SIGNALS)[number]): Promise<void> {
  const process = findProcess();
  process?.off?.(signal, SIGNAL_HANDLERS[signal]);
  const isOurs = process?.listenerCount?.(signal) === 0;
  guard('record unfinished calls', settleUnconsumed);
  await Promise.allSettled(
    [...busy]
      .filter(({ settings }) => settings.flushOnSignal)
      .map(async (delivery) => delivery.drain(delivery.settings.exitTimeoutMs)),
  );
  // Another listener decides for itself how this process ends.
  if (isOurs && process?.pid !== undefined) process.kill?.(process.pid, signal);
}

function raiseAfterFlush(signal: (typeof SIGNALS)[number]): void {
  void onSignal(signal).catch((thrown: unknown) => reportInternal('flush on a signal', thrown));
}

const SIGNAL_HANDLERS: Readonly<Record<(typeof SIGNALS)[number], () => void>> = {
  SIGTERM: () => raiseAfterFlush('SIGTERM'),
  SIGINT: () => raiseAfterFlush('SIGINT'),
};

/**
 * An upload to a server that hangs holds the process although its work is done. Where uploads are all that keeps it
 * running for as long as was agreed, they are cut, and the records are given up with the process.
 */
function cutWhereOnlyWeRun(): void {
  const uploads = [...busy].reduce((sum, { uploadsInFlight }) => sum + uploadsInFlight, 0);
  const resources = findProcess()?.getActiveResourcesInfo?.() ?? [];
  if (uploads === 0 || !resources.every(isQuiet) || resources.filter(isSocket).length > uploads) {
    onlyUsSinceMs = undefined;
    return;
  }
  onlyUsSinceMs ??= monotonicMs() - CHECK_EVERY_MS;
  for (const delivery of busy) {
    if (monotonicMs() - onlyUsSinceMs < delivery.settings.exitTimeoutMs - CHECK_EVERY_MS) continue;
    // Until an upload succeeds: a terminal or a pipe may keep the process running all the same.
    delivery.exit.hadItsTime = true;
    delivery.cutUploads('nothing else is running');
  }
}

function isSocket(resource: string): boolean {
  return resource === 'TCPSocketWrap' || resource === 'TLSWrap';
}

/** Sockets that may be our uploads, and standard output, which keeps nothing running. */
function isQuiet(resource: string): boolean {
  return isSocket(resource) || resource === 'TTYWrap' || resource === 'PipeWrap' || resource === 'FSReqPromise';
}
