/** The connections to Postgres: one pool for reads and settings, one of its own for the write path. */
import 'reflect-metadata';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { entities } from './entities.ts';
import { migrations } from './migrations/index.ts';

/** bigint as a number: our counts and sums stay far below 2^53. timestamptz as an ISO string, as on the wire. */
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text: string) => new Date(text).toISOString());

const CONNECT_MS = 2_000;
const READ_STATEMENT_MS = 15_000;
const WRITE_STATEMENT_MS = 5_000;

const POOL = { connectionTimeoutMillis: CONNECT_MS, idleTimeoutMillis: 30_000, keepAlive: true };

/** The TypeORM data source. Not connected yet: `initialize()` does that. */
export function createDataSource(url: string, options: { statementMs?: number } = {}): DataSource {
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
    poolSize: 7,
    poolErrorHandler: () => {}, // An idle connection broke; the next query opens another.
    extra: {
      application_name: 'promptlab',
      ...POOL,
      // 0 is "no limit" to Postgres and to node-postgres.
      statement_timeout: statementMs,
      query_timeout: statementMs === 0 ? 0 : statementMs + 1_000,
      lock_timeout: statementMs === 0 ? 0 : 5_000,
    },
  });
}

/**
 * The pool of the group writer, so that slow reads can never starve it. `synchronous_commit` is set on each connection,
 * since a setting of the database or the role could have switched it off: a 2xx means committed with fsync.
 */
export function createWritePool(url: string, synchronousCommit: 'on' | 'off' = 'on'): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'promptlab-writer',
    max: 3,
    ...POOL,
    statement_timeout: WRITE_STATEMENT_MS,
    query_timeout: WRITE_STATEMENT_MS + 1_000,
    idle_in_transaction_session_timeout: 10_000,
    lock_timeout: 2_000,
    // A plan made while a table is small is kept: one that reads all of it must not be among them (youngTables.ts).
    options: `-c synchronous_commit=${synchronousCommit} -c enable_seqscan=off`,
  });
  // Without a listener, a connection that breaks while idle would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}
