/** How much memory our own Postgres keeps for pages. Pure but for `memoryBytes`. */
import os from 'node:os';

/** Less is what Postgres takes by itself; more is not read again and again, of a million requests. */
const MEGABYTES = { least: 128, most: 1024 };
/** What is not used here the system uses for the same files, though a page costs several times as much to get from there. */
const SHARE = 1 / 8;

/** The memory of this machine, or of the container that the process runs in. */
export function memoryBytes(): number {
  const constrained = process.constrainedMemory?.() ?? 0;
  // 0, or more than there is, where nothing constrains it.
  return constrained > 0 ? Math.min(constrained, os.totalmem()) : os.totalmem();
}

/** `shared_buffers` where there is so much memory. */
export function sharedBuffersMb(memory: number): number {
  const share = Math.floor((memory * SHARE) / 2 ** 20);
  return Math.min(MEGABYTES.most, Math.max(MEGABYTES.least, share));
}
