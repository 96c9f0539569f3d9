/** A process that makes the search index of `DATABASE_URL` until it is killed. */
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { createIndexPool, transactionalOf } from '#server/db/pool';
import { newId } from '#server/ids';
import { SearchIndexer } from '#server/search/indexer';

new SearchIndexer({
  db: transactionalOf(createIndexPool(process.env.DATABASE_URL ?? '')),
  admin: serverAdminScope(),
  scopeOf: (org_id) => scopeForAdmin(serverAdminScope(), org_id),
  id: newId(),
  newId,
  isBusy: () => false,
  onError: () => {}, // Of two, one finds the work of the other done.
  timing: { pollMs: 20, leaseSeconds: 1 },
}).start();
