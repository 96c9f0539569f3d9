/** How a connection to Postgres is made, for all pools and for TypeORM. */
import pg from 'pg';
import { BoundedClient } from './boundedClient.ts';
import type { ConnectionWatch } from './connectionWatch.ts';
import { type Settings, openSession } from './session.ts';
import { type Queryable, queryableOf } from './sql.ts';
import { inTransaction } from './transaction.ts';

/** bigint as a number: our counts and sums stay far below 2^53. timestamptz as an ISO string, as on the wire. */
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text: string) => new Date(text).toISOString());

/**
 * A plan that reads a whole table reads the rows of all organizations; every statement of ours has an index that begins
 * with its own. The planner only takes the whole table where it finds it cheaper, which is a question of who the others are.
 */
export const OWN_ROWS_ONLY: Settings = { enable_seqscan: 'off' };

export interface PoolLimits {
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
export function poolConfig({ connectMs = 2_000, ...limits }: PoolLimits): pg.PoolConfig {
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

/** A pool with these limits, whose idle connections may break without ending the process. */
export function createPool(url: string, limits: PoolLimits): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, ...poolConfig(limits) });
  // Without a listener, a connection that breaks while idle would end the process.
  pool.on('error', () => {});
  return pool;
}

/**
 * The connection of the search indexer, which runs in a thread of its own and without TypeORM. Its statements are bounded
 * by what they read, and nobody waits for them.
 */
export function createIndexPool(url: string): pg.Pool {
  return createPool(url, {
    name: 'promptlab-search',
    connections: 1,
    statementMs: 60_000,
    lockMs: 5_000,
    settings: OWN_ROWS_ONLY,
  });
}

/** A pool whose statements may stand together in a transaction. */
export interface Transactional extends Queryable {
  /** Runs `work` in a transaction on one connection; what it throws undoes all of it. */
  transaction<Result>(work: (tx: Queryable) => Promise<Result>): Promise<Result>;
}

/** Statements and transactions by the connections of a pool. */
export function transactionalOf(pool: pg.Pool): Transactional {
  return {
    ...queryableOf(pool),
    transaction: (work) =>
      inTransaction(pool, (client) =>
        work({ query: async (sql, parameters) => (await client.query(sql, parameters)).rows }),
      ),
  };
}
