/** Connections for what organizations read. One organization whose reads are slow costs the others nothing. */
import type pg from 'pg';
import type { OrgScope } from '#server/auth/orgScope';
import { AppError } from '#server/errors';
import { SilentConnectionError } from './boundedClient.ts';
import { FairShare } from './fairShare.ts';
import { type Queryable, queryableOf } from './sql.ts';

/**
 * One organization holds at most three of them; then its own reads wait. Two whose reads are slow leave two to others, and
 * one that looks at a slow trace, which takes two, still reads beside another that holds its three.
 */
export const READ_CONNECTIONS = 8;
const SHARE = { places: READ_CONNECTIONS, share: 3, reserved: 1, queue: 100, waitMs: 5_000 };

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
   * for at most so long; it fails with `query_timeout` then. A statement whose turn comes when its caller has hung up is not
   * begun: whoever closes a page or types on would wait behind what nobody reads.
   */
  of(scope: OrgScope, { statementMs }: { statementMs?: number } = {}): Queryable {
    const db = statementMs === undefined ? queryableOf(this.#pool) : this.#within(statementMs);
    const readAgainWhenLost = (sql: string, parameters?: unknown[]) =>
      db.query(sql, parameters).catch((error: unknown) => {
        if (error instanceof SilentConnectionError && error.isLost) return db.query(sql, parameters);
        throw error;
      });
    const read = async (sql: string, parameters?: unknown[]) => {
      if (!scope.isWanted) throw new AppError('malformed_request', 'The caller hung up before its answer was read.');
      return readAgainWhenLost(sql, parameters);
    };
    return { query: (sql, parameters) => this.#share.run(scope.org_id, () => read(sql, parameters)) };
  }

  #within(statementMs: number): Queryable {
    const set = async (client: pg.PoolClient, setting: string) => {
      const { rows } = await client.query<{ before: string }>(
        "SELECT current_setting('statement_timeout') AS before, set_config('statement_timeout', $1, false)",
        [setting],
      );
      return rows[0]?.before ?? '';
    };
    return {
      query: async (sql, parameters) => {
        const client = await this.#pool.connect();
        let isReusable = false;
        try {
          const before = await set(client, String(statementMs));
          try {
            return (await client.query(sql, parameters)).rows;
          } finally {
            await set(client, before);
            isReusable = true;
          }
        } finally {
          client.release(!isReusable);
        }
      },
    };
  }

  end(): Promise<void> {
    return this.#pool.end();
  }
}
