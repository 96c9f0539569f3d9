/** The server as a process of its own, made from its sources: for what only a process can do, which is to fail and to be killed. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { type ServerChild, ServerChildren } from './serverChild.ts';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
/** Beside the product's own file, where packages and the dashboard are found; of this test alone. */
const FILE = path.join(ROOT, 'dist', `server.test-${process.pid}.js`);
const children = new ServerChildren();
/** Of servers that are told of another database: it holds the admin token alone. */
const DATA_DIR = path.join(os.tmpdir(), `promptlab-spawned-${process.pid}`);

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
    entryPoints: {
      [path.basename(FILE, '.js')]: path.join(ROOT, 'server', 'main.ts'),
      // By the names that the server knows them by.
      ingestThread: path.join(ROOT, 'server', 'rest', 'ingestThread.ts'),
      searchIndexThread: path.join(ROOT, 'server', 'search', 'indexThread.ts'),
    },
    outdir: path.dirname(FILE),
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
): ServerChild {
  const [program, ...parameters] = [...command, process.execPath, FILE];
  return children.spawn([program, ...parameters], {
    PATH: process.env.PATH,
    PORT: '0',
    LOG_LEVEL: 'warn',
    DRAIN_MS: '0',
    PROMPTLAB_DATA_DIR: DATA_DIR,
    ...env,
  });
}

/** Ends what a failed test left behind, and removes the bundle. */
export async function endSpawnedServers(): Promise<void> {
  await children.end();
  fs.rmSync(FILE, { force: true });
  fs.rmSync(DATA_DIR, { recursive: true, force: true });
}
