/**
 * Connections for what organizations change: settings, jobs, single requests that are deleted. One organization that changes
 * much, or whose changes wait for a lock, costs the others nothing.
 */
import type { DataSource } from 'typeorm';
import type { OrgScope } from '#server/auth/orgScope';
import { FairShare } from './fairShare.ts';
import type { Transactional } from './pool.ts';

/**
 * Of the connections of settings (`dataSource.ts`), of which one is left for administration and for jobs. An organization
 * holds one of them at a time: then its own changes wait, in turn with those of others.
 */
const SHARE = { places: 2, share: 1, reserved: 0, queue: 100, waitMs: 5_000, noun: 'changes' } as const;

/** Changes that organizations make, each of which has a share of the connections. */
export class ChangePool {
  readonly #db: Pick<DataSource, 'query' | 'transaction'>;
  readonly #share = new FairShare(SHARE);

  constructor(db: Pick<DataSource, 'query' | 'transaction'>) {
    this.#db = db;
  }

  /** A statement, or a transaction, within the share of the organization. */
  of(scope: OrgScope): Transactional {
    return {
      query: (sql, parameters) => this.#share.run(scope.org_id, () => this.#db.query(sql, parameters)),
      transaction: (work) => this.#share.run(scope.org_id, () => this.#db.transaction((tx) => work(tx))),
    };
  }
}
