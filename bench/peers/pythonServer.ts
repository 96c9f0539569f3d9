/** A peer that is a Python package with a server in it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnServerChild, type ServerChild } from '#tests/support/serverChild';
import { killTree } from './killTree.ts';

const START_MS = 180_000;
const POLL_MS = 100;

export interface PythonServer {
  readonly pid: number;
  stop(): Promise<void>;
}

interface ServerOptions {
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** Answers 2xx once it serves. */
  readonly readyUrl: string;
}

/** @throws with the end of what it has printed where it ends, or does not serve in time. */
export async function startPythonServer({ command, env, readyUrl }: ServerOptions): Promise<PythonServer> {
  const child = spawnServerChild(command, { ...process.env, ...env });
  const stop = async () => {
    killTree(child.pid);
    await child.ended;
  };
  try {
    await untilAnswers(child, readyUrl);
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid: child.pid, stop };
}

async function untilAnswers(child: ServerChild, url: string): Promise<void> {
  for (const deadline = performance.now() + START_MS; performance.now() < deadline; await sleep(POLL_MS)) {
    if (child.exit() !== null) throw new Error(`It ended (${child.exit()}): ${child.output().slice(-1_000)}`);
    const isReady = await fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
      (res) => res.ok,
      () => false, // Not there yet.
    );
    if (isReady) return;
  }
  throw new Error(`It did not start within ${START_MS / 1_000} s: ${child.output().slice(-1_000)}`);
}
