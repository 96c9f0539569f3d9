/** One server per data folder, and one Postgres per cluster: two files below the folder that the kernel locks. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type KernelLock, tryKernelLock } from './kernelLock.ts';
import { readIfThere } from './readIfThere.ts';

/** Another PromptLab uses this folder. */
export class DataFolderInUseError extends Error {}

/**
 * Makes this process the only server of the folder. The file says who holds it, for people and for the refusal of the
 * next start; what counts is the lock on it.
 * @throws {DataFolderInUseError} when another process, in whatever container of this machine, holds it.
 */
export function lockFolder(home: string): KernelLock {
  const file = path.join(home, 'server.pid');
  const lock = tryKernelLock(file);
  if (lock === null) {
    throw new DataFolderInUseError(
      `The data folder ${home} is in use by another PromptLab${describeOwner(file)}. Stop it first, or set PROMPTLAB_DATA_DIR to another folder.`,
    );
  }
  fs.ftruncateSync(lock.fd);
  fs.writeSync(lock.fd, `${process.pid}\n${os.hostname()}\n`, 0);
  return {
    ...lock,
    release() {
      // Removed while it is still locked: whoever opened it before finds that it is not the file of that name any more.
      if (lock.isHeld()) fs.rmSync(file, { force: true });
      lock.release();
    },
  };
}

/**
 * Held by the server and, passed on to them, by `initdb` and by every process of Postgres: while it is taken, something
 * may still write to the cluster, also where its process ids mean nothing to us.
 */
export function tryLockCluster(home: string): KernelLock | null {
  return tryKernelLock(path.join(home, 'postgres.lock'));
}

/** Its process id means nothing outside of its container; the host name tells which one that is. */
function describeOwner(file: string): string {
  const [pid, host] = readIfThere(file)?.split('\n') ?? [];
  if (!pid) return '';
  return host && host !== os.hostname() ? ` (process ${pid} on ${host})` : ` (process ${pid})`;
}
