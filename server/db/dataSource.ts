/**
 * The connections to Postgres. Six pools, so that none of these can starve another: settings and administration
 * (TypeORM), what organizations read, the look-up of API keys, the group writer, what puts traces in order, and what adds
 * requests to the rollups.
 */
import 'reflect-metadata';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import type { ConnectionWatch } from './connectionWatch.ts';
import { entities } from './entities.ts';
import { migrations } from './migrations/index.ts';
import { createPool, OWN_ROWS_ONLY, poolConfig } from './pool.ts';
import { READ_CONNECTIONS, ReadPool, WANTED_MS } from './readPool.ts';

const READ_STATEMENT_MS = 15_000;
const WRITE_STATEMENT_MS = 5_000;
/** A look-up by the index of hashes takes less than a millisecond. */
const KEY = { statementMs: 800, lockMs: 800, answerMs: 1_000, connectMs: 1_000 };

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
        client_connection_check_interval: String(WANTED_MS),
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

/** What puts the spans of OpenTelemetry in order: it waits for locks, which the group writer must not wait behind. */
export function createTracePool(url: string, watch: ConnectionWatch): pg.Pool {
  return createPool(url, {
    name: 'promptlab-traces',
    connections: 3,
    statementMs: WRITE_STATEMENT_MS,
    lockMs: 2_000,
    settings: { ...OWN_ROWS_ONLY, synchronous_commit: 'on' },
    watch,
  });
}

/** What adds requests to the rollups: one connection for what nobody waits for yet, the others for those who read. */
export function createRollupPool(url: string, watch: ConnectionWatch): pg.Pool {
  return createPool(url, {
    name: 'promptlab-rollups',
    connections: 3,
    // Requests of a year that are logged at once change the sums of each of its days.
    statementMs: 30_000,
    lockMs: 5_000,
    settings: { ...OWN_ROWS_ONLY, synchronous_commit: 'on' },
    watch,
  });
}
