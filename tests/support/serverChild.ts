/** A server in a process of its own, however it is started: what it prints, when it is ready, and how it ends. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process of a server, from its start to after its end. */
export interface ServerChild {
  readonly pid: number;
  /** What it has printed, at most the last 100,000 characters. */
  output(): string;
  /** What it prints when it is ready. */
  url(): string | undefined;
  /** The exit code, or the signal that ended it; null while it runs. */
  exit(): number | string | null;
  /** Resolves once it has ended. */
  readonly ended: Promise<void>;
  /** Sends a signal and resolves when it has ended. */
  kill(signal: NodeJS.Signals): Promise<void>;
}

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const START_MS = 60_000;
const MOST_OUTPUT = 100_000;

/** Starts it in the folder of the repository; `env` is all of its environment. */
export function spawnServerChild(
  [program, ...parameters]: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
): ServerChild {
  const child = spawn(program, parameters, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const collect = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-MOST_OUTPUT));
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let url: string | undefined;
  return {
    pid: child.pid ?? 0,
    output: () => output,
    // The link of a very first start is printed in the same write.
    url: () => (url ??= /is ready at (\S+)\n/.exec(output)?.[1]),
    exit: () => child.exitCode ?? child.signalCode,
    ended,
    async kill(signal) {
      child.kill(signal);
      await ended;
    },
  };
}

/** Resolves with the URL once the server is ready; with its output as the error when it ended instead. */
export async function untilReady(server: ServerChild): Promise<string> {
  const deadline = performance.now() + START_MS;
  for (;;) {
    const url = server.url();
    if (url !== undefined) return url;
    if (server.exit() !== null) throw new Error(`The server ended (${server.exit()}): ${server.output()}`);
    if (performance.now() > deadline) {
      await server.kill('SIGKILL');
      throw new Error(`The server did not start: ${server.output()}`);
    }
    await sleep(20);
  }
}

/** Those of one helper, so that what a failed test left behind can be ended. */
export class ServerChildren {
  readonly #running = new Set<ServerChild>();

  spawn(command: readonly [string, ...string[]], env: NodeJS.ProcessEnv): ServerChild {
    const server = spawnServerChild(command, env);
    this.#running.add(server);
    void server.ended.then(() => this.#running.delete(server));
    return server;
  }

  async end(): Promise<void> {
    await Promise.all([...this.#running].map((server) => server.kill('SIGKILL')));
  }
}
