/** The cluster that the embedded Postgres serves: how it is made, and the password that opens it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { OsUser, PostgresBinaries } from './postgresHost.ts';
import { readIfThere } from './readIfThere.ts';

/** The only role of the cluster. */
export const CLUSTER_USER = 'promptlab';

export interface ClusterOptions {
  readonly binaries: PostgresBinaries;
  readonly user: OsUser;
  /** The data folder. */
  readonly home: string;
  /** The lock of the cluster, kept open by whatever works on it. */
  readonly lockFd: number;
}

/** Whether there is a database already. */
export function hasCluster(home: string): boolean {
  return fs.existsSync(path.join(home, 'postgres', 'PG_VERSION'));
}

/**
 * The password of the database; other users of the machine could reach its port. One is made where there is no database
 * yet. That of a database that exists is never replaced here: it would lock us out of it.
 * @throws {Error} when there is a database, and its password is missing.
 */
export function readPassword(home: string): string {
  const file = passwordFile(home);
  const known = readIfThere(file)?.trim() ?? '';
  if (known !== '') return known;
  if (hasCluster(home)) {
    throw new Error(
      `The data folder ${home} holds a database, but ${file} with its password is missing or empty: put the file back, or run \`npm run reset-password\`.`,
    );
  }
  const password = makePassword();
  writeDurably(file, password);
  return password;
}

/** Makes the cluster; given up, nothing of it is left running. */
export async function initialiseCluster(
  options: ClusterOptions & { readonly password: string; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const { user, home, password } = options;
  // Made beside and moved into place: a start that is interrupted leaves no half cluster behind.
  const fresh = path.join(home, 'postgres.new');
  fs.rmSync(fresh, { recursive: true, force: true });
  fs.mkdirSync(fresh, { mode: 0o700 });
  const passwordFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'promptlab-'));
  const passwordCopy = path.join(passwordFolder, 'password');
  fs.writeFileSync(passwordCopy, password, { mode: 0o600 });
  if (user) for (const entry of [fresh, passwordFolder, passwordCopy]) fs.chownSync(entry, user.uid, user.gid);
  const flags = [
    `--pgdata=${fresh}`,
    `--username=${CLUSTER_USER}`,
    `--pwfile=${passwordCopy}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Byte order for sorting, Unicode for "is this a letter" and for lower case, the same on every machine.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...characterTypeFlags(),
  ];
  try {
    const { code, stderr } = await run(options.binaries.initdb, flags, options);
    options.signal?.throwIfAborted();
    if (code !== 0) throw new Error(`The embedded Postgres could not make its database: ${stderr.trim()}`);
  } finally {
    fs.rmSync(passwordFolder, { recursive: true, force: true });
  }
  fs.renameSync(fresh, path.join(home, 'postgres'));
  syncFolder(home);
}

/** Gives the role of a cluster that nobody serves a new password. Interrupted, it can be run again. */
export async function resetPassword(options: ClusterOptions): Promise<void> {
  const cluster = path.join(options.home, 'postgres');
  const password = makePassword();
  // Single-user mode asks for no password: it needs the files, and they are the owner's alone.
  const { code, stderr } = await run(options.binaries.postgres, ['--single', '-D', cluster, 'postgres'], {
    ...options,
    input: `ALTER ROLE ${CLUSTER_USER} PASSWORD '${password}'\n`,
  });
  if (code !== 0 || /(ERROR|FATAL|PANIC):/.test(stderr)) {
    throw new Error(`The password could not be reset: ${stderr.trim()}`);
  }
  writeDurably(passwordFile(options.home), password);
}

/** pg_trgm asks the C library what a letter is; with the plain C locale it would see none outside ASCII. */
function characterTypeFlags(): string[] {
  if (process.platform === 'linux') return ['--lc-ctype=C.UTF-8'];
  return process.platform === 'darwin' ? ['--lc-ctype=UTF-8'] : [];
}

function passwordFile(home: string): string {
  return path.join(home, 'postgres.password');
}

function makePassword(): string {
  return randomBytes(24).toString('hex');
}

/** All of it or the old one, also after a power failure. */
function writeDurably(file: string, text: string): void {
  const fresh = `${file}.new`;
  const fd = fs.openSync(fresh, 'w', 0o600);
  try {
    fs.writeSync(fd, text);
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
  fs.renameSync(fresh, file);
  syncFolder(path.dirname(file));
}

function syncFolder(folder: string): void {
  const fd = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

interface RunOptions {
  readonly user: OsUser;
  readonly lockFd: number;
  readonly input?: string;
  readonly signal?: AbortSignal | undefined;
}

/** Runs a program of Postgres to its end; aborted, it and all that it started are killed. */
async function run(
  program: string,
  flags: readonly string[],
  { user, lockFd, input, signal }: RunOptions,
): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(program, flags, {
    ...user,
    // A group of its own: Ctrl-C in a terminal reaches us alone, and the group can be killed at once.
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe', lockFd],
  });
  const kill = () => killGroup(child);
  signal?.addEventListener('abort', kill);
  process.once('exit', kill);
  try {
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdin?.on('error', () => {}); // It ended before it read; its exit code says why.
    child.stdin?.end(input ?? '');
    if (signal?.aborted) kill();
    // Closed once all that it started has let go of its output.
    const [code]: unknown[] = await once(child, 'close');
    return { code: typeof code === 'number' ? code : null, stderr };
  } finally {
    signal?.removeEventListener('abort', kill);
    process.off('exit', kill);
  }
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}
