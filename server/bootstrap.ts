/** The first start: an organization and a key, and a link to sign in with. */
import { hasUsedApiKey } from '#server/apiKeys/service';
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { lockInTransaction } from '#server/db/advisoryLock';
import { ADVISORY_LOCKS } from '#server/db/sql';
import type { Deps } from '#server/deps';
import { createOrganization, findFirstOrganization } from '#server/organizations/service';
import { offerSignIn } from '#server/signIn/service';

/**
 * While no key was ever used, each start offers a link: whatever became of the one before, nobody is locked out.
 * Organization, key and code are one transaction, so that a start that is killed leaves all of them or none.
 * @returns the code of the link; null once a key was used.
 */
export function offerFirstSignIn(deps: Deps): Promise<string | null> {
  return deps.db.transaction(async (db) => {
    // Two processes that meet an empty database make one organization.
    await lockInTransaction(db, ADVISORY_LOCKS.firstStart);
    const admin = serverAdminScope();
    const inTransaction = { ...deps, db };
    if (await hasUsedApiKey(inTransaction, admin)) return null;
    const { id } =
      (await findFirstOrganization(inTransaction, admin)) ??
      (await createOrganization(inTransaction, admin, { name: 'My organization' }));
    return offerSignIn(inTransaction, scopeForAdmin(admin, id), 'First key');
  });
}

/** What a browser opens. The code is in the fragment, which is sent to no server and written to no log. */
export function signInLink(url: string, code: string): string {
  return `${url}/#key=${code}`;
}
