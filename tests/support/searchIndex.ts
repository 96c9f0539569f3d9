/** Makes the segments of the search index in this process, as the thread of a server does. */
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { createIndexPool, transactionalOf } from '#server/db/pool';
import { newId } from '#server/ids';
import { SearchIndexer } from '#server/search/indexer';
import type { TestApp } from './testApp.ts';

/** What `startTestIndexer` gives; errors are collected and not thrown. */
export interface TestIndexer {
  /** @returns how many segments it made. */
  indexAll(): Promise<number>;
  readonly errors: unknown[];
  stop(): Promise<void>;
}

/** It makes segments only when it is told to, over a connection of its own, which `stop` closes. */
export function startTestIndexer(app: TestApp): TestIndexer {
  const pool = createIndexPool(app.databaseUrl);
  const errors: unknown[] = [];
  const indexer = new SearchIndexer({
    db: transactionalOf(pool),
    admin: serverAdminScope(),
    scopeOf: (org_id) => scopeForAdmin(serverAdminScope(), org_id),
    id: newId(),
    newId,
    isBusy: () => false,
    onError: (error) => errors.push(error),
  });
  return {
    indexAll: () => indexer.indexAll(),
    errors,
    async stop() {
      await indexer.stop();
      await pool.end();
    },
  };
}
