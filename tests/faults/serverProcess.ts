/** A PromptLab server in a process of its own, from the sources as they are now. */
import { spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { signInByLink } from '#tests/support/signInByLink';

export interface ServerProcess {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** The key that the link of a first start opens; empty once a key was used. */
  readonly apiKey: string;
  /** Null while it runs. */
  exitCode(): number | string | null;
  /** Everything the process has printed. */
  output(): string;
  /** Sends a signal and resolves when the process has ended. */
  end(signal: NodeJS.Signals): Promise<void>;
}

export interface ServerOptions {
  readonly databaseUrl: string;
  /** 0: a free one. */
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Default: the product itself. */
  readonly entry?: string;
}

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const START_MS = 30_000;
const running = new Set<ServerProcess>();

/** Resolves when the server is ready. */
export async function startServerProcess(options: ServerOptions): Promise<ServerProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', options.entry ?? 'server/main.ts'], {
    cwd: ROOT,
    env: {
      ...process.env,
      DATABASE_URL: options.databaseUrl,
      // Below it lies the admin token alone.
      PROMPTLAB_DATA_DIR: path.join(os.tmpdir(), 'promptlab-faults'),
      HOST: '127.0.0.1',
      PORT: String(options.port),
      LOG_LEVEL: 'warn',
      DRAIN_MS: '1000',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-100_000));
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const deadline = performance.now() + START_MS;
  let url: string | undefined;
  while ((url = /is ready at (\S+)\n/.exec(output)?.[1]) === undefined) {
    if (child.exitCode !== null || child.signalCode !== null || performance.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`The server did not start: ${output}`);
    }
    await sleep(10);
  }
  const port = Number(new URL(url).port);
  const server: ServerProcess = {
    url: `http://127.0.0.1:${port}`,
    port,
    pid: child.pid ?? 0,
    apiKey: await signInByLink(`http://127.0.0.1:${port}`, output),
    exitCode: () => child.exitCode ?? child.signalCode,
    output: () => output,
    async end(signal) {
      child.kill(signal);
      await ended;
      running.delete(server);
    },
  };
  running.add(server);
  return server;
}

/** Ends what a scenario that failed left behind. */
export async function endAllServers(): Promise<void> {
  await Promise.all([...running].map((server) => server.end('SIGKILL')));
}
