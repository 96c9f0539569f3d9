/**
 * The connections to Postgres. Four pools, so that none of these can starve another: settings and administration
 * (TypeORM), what organizations read, the look-up of API keys, and the group writer.
 */
import 'reflect-metadata';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { BoundedClient } from './boundedClient.ts';
import type { ConnectionWatch } from './connectionWatch.ts';
import { entities } from './entities.ts';
import { migrations } from './migrations/index.ts';
import { READ_CONNECTIONS, ReadPool } from './readPool.ts';
import { type Settings, openSession } from './session.ts';

/** bigint as a number: our counts and sums stay far below 2^53. timestamptz as an ISO string, as on the wire. */
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text: string) => new Date(text).toISOString());

const READ_STATEMENT_MS = 15_000;
const WRITE_STATEMENT_MS = 5_000;
/** A look-up by the index of hashes takes less than a millisecond. */
const KEY = { statementMs: 800, lockMs: 800, answerMs: 1_000, connectMs: 1_000 };

/**
 * A plan that reads a whole table reads the rows of all organizations; every statement of ours has an index that begins
 * with its own. The planner only takes the whole table where it finds it cheaper, which is a question of who the others are.
 */
const OWN_ROWS_ONLY: Settings = { enable_seqscan: 'off' };

interface PoolLimits {
  readonly name: string;
  readonly connections: number;
  /** The longest that Postgres works on a statement. 0: no limit. */
  readonly statementMs: number;
  readonly lockMs: number;
  /** The longest that we wait for the answer of a statement. Default: a second more than Postgres has. */
  readonly answerMs?: number;
  readonly connectMs?: number;
  readonly settings?: Settings;
  readonly watch?: ConnectionWatch | undefined;
}

/** The one place where the limits of a connection are set, for the pools and for TypeORM. */
function poolConfig({ connectMs = 2_000, ...limits }: PoolLimits): pg.PoolConfig {
  const settings: Settings = {
    statement_timeout: String(limits.statementMs),
    lock_timeout: String(limits.lockMs),
    idle_in_transaction_session_timeout: limits.statementMs === 0 ? '0' : '10000',
    ...limits.settings,
  };
  const config = {
    application_name: limits.name,
    max: limits.connections,
    connectionTimeoutMillis: connectMs,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    // Postgres ends a statement itself, unless it or the way to it is gone.
    answerMs: limits.answerMs ?? (limits.statementMs === 0 ? 0 : limits.statementMs + 1_000),
    Client: BoundedClient,
    onConnect: async (client: pg.ClientBase) => {
      if (!(client instanceof BoundedClient)) return;
      await openSession(client, settings);
      limits.watch?.add(client);
    },
  };
  return config as unknown as pg.PoolConfig; // Its type knows neither a client with a config nor an `onConnect` that is waited for.
}

function createPool(url: string, limits: PoolLimits): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, ...poolConfig(limits) });
  // Without a listener, a connection that breaks while idle would end the process.
  pool.on('error', () => {});
  return pool;
}

/** The TypeORM data source. Not connected yet: `initialize()` does that. */
export function createDataSource(
  url: string,
  options: { statementMs?: number; watch?: ConnectionWatch } = {},
): DataSource {
  const statementMs = options.statementMs ?? READ_STATEMENT_MS;
  return new DataSource({
    type: 'postgres',
    url,
    entities,
    migrations,
    synchronize: false,
    migrationsRun: false,
    migrationsTransactionMode: 'each',
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    logging: false,
    poolErrorHandler: () => {}, // An idle connection broke; the next query opens another.
    extra: poolConfig({
      name: 'promptlab',
      connections: 3,
      statementMs,
      lockMs: statementMs === 0 ? 0 : 5_000,
      watch: options.watch,
    }),
  });
}

/** What organizations read. It writes nothing, and reads no rows of others on the way to its own. */
export function createReadPool(url: string, watch: ConnectionWatch): ReadPool {
  return new ReadPool(
    createPool(url, {
      name: 'promptlab-reader',
      connections: READ_CONNECTIONS,
      statementMs: READ_STATEMENT_MS,
      lockMs: 5_000,
      settings: {
        ...OWN_ROWS_ONLY,
        default_transaction_read_only: 'on',
        // Below 1.5 the planner fetches all rows of an organization one by one, at 3 to 6 times the processor time of a
        // bitmap; a page in the order of time is read with either.
        random_page_cost: '2',
        seq_page_cost: '1',
        // Two more processors for one slow read would be taken from everyone else's writes.
        max_parallel_workers_per_gather: '0',
      },
      watch,
    }),
  );
}

/** The look-up of API keys: every call needs it, so nothing else may delay it. */
export function createKeyPool(url: string, watch: ConnectionWatch): pg.Pool {
  return createPool(url, {
    name: 'promptlab-keys',
    connections: 2,
    ...KEY,
    settings: OWN_ROWS_ONLY,
    watch,
  });
}

/**
 * The pool of the group writer, so that slow reads can never starve it. A 2xx means committed with fsync;
 * `synchronousCommit: 'off'` is for the control of the fault tests alone.
 */
export function createWritePool(
  url: string,
  options: { synchronousCommit?: 'on' | 'off' | undefined; watch?: ConnectionWatch } = {},
): pg.Pool {
  return createPool(url, {
    name: 'promptlab-writer',
    connections: 3,
    statementMs: WRITE_STATEMENT_MS,
    lockMs: 2_000,
    // A plan made while a table is small is kept: one that reads all of it must not be among them (initialTableStatistics.ts).
    settings: { ...OWN_ROWS_ONLY, synchronous_commit: options.synchronousCommit ?? 'on' },
    watch: options.watch,
  });
}
