/** Connections for what organizations read. One organization whose reads are slow costs the others nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { OrgScope } from '#server/auth/orgScope';
import { AppError } from '#server/errors';
import { BoundedClient, SilentConnectionError } from './boundedClient.ts';
import { FairShare } from './fairShare.ts';
import type { Queryable } from './sql.ts';

/**
 * One organization holds at most three of them; then its own reads wait. Two whose reads are slow leave two to others, and
 * one that looks at a slow trace, which takes two, still reads beside another that holds its three.
 */
export const READ_CONNECTIONS = 8;
const SHARE = { places: READ_CONNECTIONS, share: 3, reserved: 1, queue: 100, waitMs: 5_000 };

/**
 * How often we ask whether a caller still waits for its statement, and Postgres whether we do, in milliseconds. Most
 * statements end before: one that is given up costs a new connection.
 */
export const WANTED_MS = 250;

/** Reads of organizations, each of which has a share of the connections. */
export class ReadPool {
  readonly #pool: pg.Pool;
  readonly #share = new FairShare(SHARE);

  /** @param pool has `READ_CONNECTIONS` connections, and no other user. */
  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /**
   * Each statement on its own connection, within the share of the organization. With `statementMs` Postgres works on one
   * for at most so long; it fails with `query_timeout` then. What a caller that has hung up asked for is not begun, and is
   * given up where it runs: whoever closes a page or types on would wait behind what nobody reads.
   */
  of(scope: OrgScope, { statementMs }: { statementMs?: number } = {}): Queryable {
    const read = async (sql: string, parameters?: unknown[]) => {
      if (!scope.isWanted) throw hungUp();
      return this.#read(scope, statementMs, (client) => client.query(sql, parameters));
    };
    const readAgainWhenLost = (sql: string, parameters?: unknown[]) =>
      read(sql, parameters).catch((error: unknown) => {
        if (error instanceof SilentConnectionError && error.isLost) return read(sql, parameters);
        throw error;
      });
    return { query: (sql, parameters) => this.#share.run(scope.org_id, () => readAgainWhenLost(sql, parameters)) };
  }

  /**
   * Once the caller has hung up, the connection is closed, and Postgres ends what it works on for a closed one. Nobody else
   * can be meant: a connection that was given up is used no more.
   */
  async #read(
    scope: OrgScope,
    statementMs: number | undefined,
    query: (client: pg.PoolClient) => Promise<pg.QueryResult>,
  ): Promise<unknown[]> {
    const client = await this.#pool.connect();
    let isGivenUp = false;
    const watch = setInterval(() => {
      if (scope.isWanted || !(client instanceof BoundedClient)) return;
      isGivenUp = true;
      client.giveUp('The caller hung up.');
    }, WANTED_MS);
    let isReusable = false;
    try {
      const before = statementMs === undefined ? null : await setTimeLimit(client, String(statementMs));
      try {
        return (await query(client)).rows;
      } finally {
        isReusable = before === null || (await resetTimeLimit(client, before));
      }
    } catch (error) {
      if (!isGivenUp) throw error;
      // Its place is kept for as long as Postgres may go on.
      await sleep(WANTED_MS);
      throw hungUp();
    } finally {
      clearInterval(watch);
      client.release(!isReusable || isGivenUp);
    }
  }

  end(): Promise<void> {
    return this.#pool.end();
  }
}

/** Answers what it was before. */
async function setTimeLimit(client: pg.PoolClient, setting: string): Promise<string> {
  const { rows } = await client.query<{ before: string }>(
    "SELECT current_setting('statement_timeout') AS before, set_config('statement_timeout', $1, false)",
    [setting],
  );
  return rows[0]?.before ?? '';
}

/** False where the connection takes no more: what its statement failed with is to be told, and not that. */
async function resetTimeLimit(client: pg.PoolClient, setting: string): Promise<boolean> {
  try {
    await setTimeLimit(client, setting);
    return true;
  } catch {
    return false;
  }
}

function hungUp(): AppError {
  return new AppError('malformed_request', 'The caller hung up before its answer was read.');
}
