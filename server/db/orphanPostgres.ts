/** A Postgres that outlived a killed server still writes to the cluster: it is stopped before another one starts. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryLockCluster } from './folderLock.ts';
import type { KernelLock } from './kernelLock.ts';
import { readIfThere } from './readIfThere.ts';

export interface TakeOverOptions {
  readonly onNotice: (message: string) => void;
  /** Gives up waiting. */
  readonly signal?: AbortSignal | undefined;
}

/** How long its end is waited for: long where it was asked to stop, since it writes a checkpoint; short where we may not ask. */
const STOP_MS = { asked: 60_000, notOurs: 15_000 };
/** From here on it is told to stop without a checkpoint, as in a crash. */
const HURRY_MS = 30_000;
const NOTICE_MS = 1_000;
const POLL_MS = 20;

/**
 * Makes sure that no Postgres uses the cluster of this folder, and locks it. Only a process that is proven to be the
 * Postgres of this very folder gets a signal, and `postmaster.pid` is removed only once nobody can be using the cluster.
 * @throws {Error} when something that we may not stop still uses it.
 */
export async function takeOverCluster(home: string, options: TakeOverOptions): Promise<KernelLock> {
  const cluster = path.join(home, 'postgres');
  const pidFile = path.join(cluster, 'postmaster.pid');
  const startedAt = performance.now();
  /** Signals sent, and to whom. */
  const sent = new Set<string>();
  const once = (key: string, work: () => void) => {
    if (!sent.has(key)) work();
    sent.add(key);
  };
  for (;;) {
    // Read anew each time: one that was just being started when its server was killed writes the file later.
    const pid = Number(readIfThere(pidFile)?.split('\n')[0] ?? 0);
    // One that somebody started by hand holds no lock of ours, so it is asked first.
    const isOurs = pid > 0 && isPostgresOf(pid, cluster);
    const waitedMs = performance.now() - startedAt;
    if (isOurs) {
      once(`SIGINT ${pid}`, () => signalProcess(pid, 'SIGINT'));
      if (waitedMs > HURRY_MS) once(`SIGQUIT ${pid}`, () => signalProcess(pid, 'SIGQUIT'));
    } else {
      const lock = tryLockCluster(home);
      if (lock) {
        fs.rmSync(pidFile, { force: true });
        return lock;
      }
    }
    if (waitedMs > (sent.has(`SIGINT ${pid}`) ? STOP_MS.asked : STOP_MS.notOurs)) throw stillInUse(home, isOurs, pid);
    if (waitedMs > NOTICE_MS) {
      once('notice', () => options.onNotice(`Waiting for a Postgres of an earlier run to let go of ${home}.`));
    }
    await sleep(POLL_MS, undefined, { signal: options.signal });
  }
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended.
  }
}

function stillInUse(home: string, isOurs: boolean, pid: number): Error {
  return new Error(
    isOurs
      ? `The Postgres left from the last run (process ${pid}) does not stop.`
      : `A Postgres still uses the data folder ${home} and cannot be reached from here, perhaps in another container: stop it first.`,
  );
}

/** True only where the process is proven to be the Postgres of this cluster: that is its program and its working folder. */
export function isPostgresOf(pid: number, cluster: string): boolean {
  return process.platform === 'linux' ? isPostgresByProc(pid, cluster) : isPostgresByLsof(pid, cluster);
}

function isPostgresByProc(pid: number, cluster: string): boolean {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in brackets, the state after it; a zombie has ended (proc(5)).
    if (!/\(postgres\) [^ZX] /.test(stat)) return false;
    // Not by the path, which is another folder in another container.
    const [working, ours] = [fs.statSync(`/proc/${pid}/cwd`), fs.statSync(cluster)];
    return working.ino === ours.ino && working.dev === ours.dev;
  } catch {
    return false; // Gone, or another user's.
  }
}

/** macOS has no /proc. `-F cn` prints a line `c<program>` and a line `n<working folder>`. */
export function isPostgresByLsof(pid: number, cluster: string): boolean {
  try {
    const output = execFileSync('lsof', ['-a', '-p', String(pid), '-d', 'cwd', '-F', 'cn'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const lines = output.split('\n');
    return lines.includes('cpostgres') && lines.includes(`n${fs.realpathSync(cluster)}`);
  } catch {
    return false; // No such process, another user's, or no lsof.
  }
}
