/** The server as a process of its own, made from its sources: for what only a process can do, which is to fail and to be killed. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { poll } from './poll.ts';

export interface SpawnedServer {
  readonly pid: number;
  /** Everything it has printed. */
  output(): string;
  /** What it prints when it is ready. */
  url(): string | undefined;
  /** The exit code, or the signal that ended it; null while it runs. */
  exit(): number | string | null;
  /** Resolves once it has ended. */
  readonly ended: Promise<void>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

const ROOT = path.resolve(import.meta.dirname, '..', '..');
/** Beside the product's own file, where packages and the dashboard are found; of this test alone. */
const FILE = path.join(ROOT, 'dist', `server.test-${process.pid}.js`);
/** Of servers that are told of another database: it holds the admin token alone. */
const DATA_DIR = path.join(os.tmpdir(), `promptlab-spawned-${process.pid}`);
const running = new Set<ChildProcess>();

/** Runs a server with process ids and shared memory of its own, as in a container. */
export const CONTAINER: readonly string[] = ['unshare', '--pid', '--ipc', '--fork', '--kill-child', '--mount-proc'];

/** False on macOS, and for a user who may not make namespaces. */
export function canContain(): boolean {
  const [program = '', ...parameters] = CONTAINER;
  return spawnSync(program, [...parameters, 'true'], { stdio: 'ignore' }).status === 0;
}

/** Bundles the sources as they are now, as the product is; much faster to start than a loader (0.2 s once). */
export async function buildSpawnedServer(): Promise<void> {
  await build({
    entryPoints: [path.join(ROOT, 'server', 'main.ts')],
    outfile: FILE,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  });
}

/**
 * Starts a server; nothing is set but `env` and a PATH. `command` is what runs it, such as a program that makes a
 * container; `pid` and `kill` are then those of it.
 */
export function spawnServer(
  env: Readonly<Record<string, string>>,
  { command = [] }: { readonly command?: readonly string[] } = {},
): SpawnedServer {
  const [program, ...parameters] = [...command, process.execPath, FILE];
  const child = spawn(program, parameters, {
    cwd: ROOT,
    env: { PATH: process.env.PATH, PORT: '0', LOG_LEVEL: 'warn', DRAIN_MS: '0', PROMPTLAB_DATA_DIR: DATA_DIR, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  void ended.then(() => running.delete(child));
  return {
    pid: child.pid ?? 0,
    output: () => output,
    url: () => /is ready at (\S+)\n/.exec(output)?.[1],
    exit: () => child.exitCode ?? child.signalCode,
    ended,
    async kill(signal) {
      child.kill(signal);
      await ended;
    },
  };
}

/** Resolves with the URL once the server is ready; with its output as the error when it ended instead. */
export async function untilReady(server: SpawnedServer): Promise<string> {
  await poll(async () => {
    if (server.url() === undefined && server.exit() === null) throw new Error(`Not ready: ${server.output()}`);
  }, 60_000);
  const url = server.url();
  if (url === undefined) throw new Error(`The server ended (${server.exit()}): ${server.output()}`);
  return url;
}

/** Ends what a failed test left behind, and removes the bundle. */
export function endSpawnedServers(): void {
  fs.rmSync(FILE, { force: true });
  fs.rmSync(DATA_DIR, { recursive: true, force: true });
  for (const child of running) child.kill('SIGKILL');
}
