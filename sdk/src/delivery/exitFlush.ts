/** The end of a process: deliver what waits, but never hold it for longer than agreed. One listener per process. */
import { abandonAll } from '../abandoned.js';
import { contain, reportInternal } from '../contain.js';
import { findProcess, unrefTimer } from '../runtime.js';
import type { Delivery } from './delivery.js';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
const CHECK_EVERY_MS = 200;

/** Deliveries that hold records. */
const busy = new Set<Delivery>();
/** Deliveries that had their time at the end already. */
const hadItsTime = new WeakSet<Delivery>();
let isListening = false;
let isListeningForSignals = false;
let watcher: ReturnType<typeof setInterval> | undefined;
let onlyUsSinceMs: number | undefined;

/** Makes sure that the end of the process is seen; called when a call begins, so that its stream is not lost either. */
export function watchExit({ flushOnExit, flushOnSignal }: { flushOnExit: boolean; flushOnSignal: boolean }): void {
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
export function holdExit(delivery: Delivery): void {
  watchExit(delivery.settings);
  busy.add(delivery);
  if (watcher === undefined && delivery.settings.flushOnExit && findProcess()?.getActiveResourcesInfo) {
    watcher = setInterval(() => contain('watch the uploads', cutWhereOnlyWeRun), CHECK_EVERY_MS);
    unrefTimer(watcher);
  }
}

/** Called when nothing waits any more. */
export function releaseExit(delivery: Delivery): void {
  busy.delete(delivery);
  if (busy.size > 0 || watcher === undefined) return;
  clearInterval(watcher);
  watcher = undefined;
  onlyUsSinceMs = undefined;
}

/** Takes the listeners off again: the last instance is shut down. */
export function unwatchExit(): void {
  const process = findProcess();
  process?.off?.('beforeExit', onBeforeExit);
  for (const signal of SIGNALS) process?.off?.(signal, SIGNAL_HANDLERS[signal]);
  isListening = false;
  isListeningForSignals = false;
}

/** Nothing is left to run: what waits is sent now, once; what then still waits is lost with the process. */
function onBeforeExit(): void {
  contain('flush at the end', flushAtExit);
}

function flushAtExit(): void {
  abandonAll();
  for (const delivery of busy) {
    if (hadItsTime.has(delivery) || !delivery.settings.flushOnExit) continue;
    hadItsTime.add(delivery);
    void flushInTime(delivery).catch((thrown: unknown) => reportInternal('flush at the end', thrown));
  }
}

async function flushInTime(delivery: Delivery): Promise<void> {
  const { ok } = await delivery.flush({ timeoutMs: delivery.settings.exitTimeoutMs });
  // What is recorded after a good flush gets its own; a server that hangs does not get a second one.
  if (ok) hadItsTime.delete(delivery);
  else delivery.cutUploads('the process ends');
}

/** A listener keeps a signal from ending the process, so after the flush it is raised again, without us. */
async function onSignal(signal: (typeof SIGNALS)[number]): Promise<void> {
  const process = findProcess();
  process?.off?.(signal, SIGNAL_HANDLERS[signal]);
  const isOurs = process?.listenerCount?.(signal) === 0;
  contain('record unfinished calls', abandonAll);
  await Promise.allSettled(
    [...busy]
      .filter(({ settings }) => settings.flushOnSignal)
      .map(async (delivery) => delivery.flush({ timeoutMs: delivery.settings.exitTimeoutMs })),
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
  onlyUsSinceMs ??= Date.now() - CHECK_EVERY_MS;
  for (const delivery of busy) {
    if (Date.now() - onlyUsSinceMs < delivery.settings.exitTimeoutMs - CHECK_EVERY_MS) continue;
    hadItsTime.add(delivery);
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
