/** The end of a process: deliver what waits, but never hold it for longer than agreed. One listener per process. */
import { abandonAll } from '../abandoned.js';
import { contain } from '../contain.js';
import { findProcess } from '../runtime.js';
import type { Delivery } from './delivery.js';

const busy = new Set<Delivery>();
const CHECK_EVERY_MS = 250;
let isListening = false;
let watcher: ReturnType<typeof setInterval> | undefined;
let onlyUsSinceMs: number | undefined;

/** Called when a delivery gets its first record. */
export function holdExit(delivery: Delivery): void {
  if (!delivery.settings.flushOnExit) return;
  busy.add(delivery);
  contain('watch the end of the process', listen);
}

/** Called when nothing waits any more. */
export function releaseExit(delivery: Delivery): void {
  busy.delete(delivery);
  if (busy.size > 0) return;
  clearInterval(watcher);
  watcher = undefined;
  onlyUsSinceMs = undefined;
}

/** The listener goes when the last instance is shut down. */
export function stopListening(): void {
  if (!isListening || busy.size > 0) return;
  findProcess()?.off?.('beforeExit', onBeforeExit);
  isListening = false;
}

/** For a recorder that is told of the end before anything is queued. */
export function listen(): void {
  const process = findProcess();
  if (!isListening && process?.on) {
    process.on('beforeExit', onBeforeExit);
    isListening = true;
  }
  if (watcher === undefined && busy.size > 0 && process?.getActiveResourcesInfo) {
    watcher = setInterval(cutIfOnlyUs, CHECK_EVERY_MS);
    (watcher as { unref?: () => void }).unref?.();
  }
}

/** Nothing is left to run: what waits is sent now, once; what then still waits is lost with the process. */
function onBeforeExit(): void {
  abandonAll();
  for (const delivery of busy) {
    busy.delete(delivery);
    void contain('flush at exit', () =>
      delivery
        .flush({ timeoutMs: delivery.settings.exitTimeoutMs })
        .then(() => delivery.cutUploads('the process ends')),
    );
  }
}

/**
 * An upload to a server that hangs holds the process although its work is done. Where uploads are all that keeps it
 * running for longer than agreed, they are cut; their records go back into the queue for a last try.
 */
function cutIfOnlyUs(): void {
  const uploads = [...busy].reduce((sum, { uploadsInFlight }) => sum + uploadsInFlight, 0);
  const resources = findProcess()?.getActiveResourcesInfo?.() ?? [];
  const isOnlyUs = uploads > 0 && resources.length > 0 && resources.every(isSocket) && resources.length <= uploads * 2;
  if (!isOnlyUs) {
    onlyUsSinceMs = undefined;
    return;
  }
  onlyUsSinceMs ??= Date.now();
  for (const delivery of busy) {
    if (Date.now() - onlyUsSinceMs < delivery.settings.exitTimeoutMs - CHECK_EVERY_MS) continue;
    delivery.cutUploads('nothing else is running');
    // It had its time; another one at `beforeExit` would double it.
    busy.delete(delivery);
  }
}

function isSocket(resource: string): boolean {
  return resource === 'TCPSocketWrap' || resource === 'TLSWrap' || resource === 'TTYWrap' || resource === 'PipeWrap';
}
