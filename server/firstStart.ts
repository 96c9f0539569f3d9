/** The very first start: an organization and a key, so that a newcomer has something to sign in with. */
import { createApiKeyAsAdmin } from '#server/apiKeys/service';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { withAdvisoryLock } from '#server/db/advisoryLock';
import { ADVISORY_LOCKS } from '#server/db/sql';
import type { Deps } from '#server/deps';
import { createOrganization, hasAnyOrganization } from '#server/organizations/service';

/** @returns the key, to be shown once; null when there is an organization already. */
export function ensureFirstOrganization(deps: Deps): Promise<string | null> {
  // Two processes that meet an empty database make one organization.
  return withAdvisoryLock(deps.db, ADVISORY_LOCKS.firstStart, async () => {
    const admin = serverAdminScope();
    if (await hasAnyOrganization(deps, admin)) return null;
    const organization = await createOrganization(deps, admin, { name: 'My organization' });
    const { key } = await createApiKeyAsAdmin(deps, admin, { org_id: organization.id, name: 'First key' });
    return key;
  });
}
