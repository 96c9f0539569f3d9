/** The server as a process of its own, made from its sources: for what only a process can do, which is to fail and to be killed. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { bundleServer, removeServerBundles } from './serverBundle.ts';
import { type ServerChild, ServerChildren } from './serverChild.ts';

let bundle: string | undefined;
const children = new ServerChildren();
/** The data folder of servers that use another database: it holds only the admin token. */
const DATA_DIR = path.join(os.tmpdir(), `promptlab-spawned-${process.pid}`);

/** Runs a server with process ids and shared memory of its own, as in a container. */
export const CONTAINER: readonly string[] = ['unshare', '--pid', '--ipc', '--fork', '--kill-child', '--mount-proc'];

/** False on macOS, and for a user who may not make namespaces. */
export function canContain(): boolean {
  const [program = '', ...parameters] = CONTAINER;
  return spawnSync(program, [...parameters, 'true'], { stdio: 'ignore' }).status === 0;
}

/** Before the first `spawnServer`. */
export async function buildSpawnedServer(): Promise<void> {
  bundle = await bundleServer();
}

/**
 * Starts a server; nothing is set but `env` and a PATH. `command` is what runs it, such as a program that makes a
 * container; `pid` and `kill` are then those of it.
 */
export function spawnServer(
  env: Readonly<Record<string, string>>,
  { command = [] }: { readonly command?: readonly string[] } = {},
): ServerChild {
  if (bundle === undefined) throw new Error('buildSpawnedServer() comes before spawnServer().');
  const [program, ...parameters] = [...command, process.execPath, bundle];
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
  await removeServerBundles();
  fs.rmSync(DATA_DIR, { recursive: true, force: true });
}
