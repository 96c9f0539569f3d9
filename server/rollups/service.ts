import type { Organization } from '#shared/organization';
import type { OrgId } from '#shared/primitives';
import type { AdminScope, OrgScope } from '#server/auth/orgScope';
import type { Queryable } from '#server/db/sql';
import type { Deps } from '#server/deps';
import { listOrganizations } from '#server/organizations/service';
import { findRollupDifferences, hasUnsummed, type RollupDifference } from './repository.ts';

/** Before rollups are read: until they count all that is stored by now. */
export async function requireCurrentRollups(
  { reads, rollups }: Pick<Deps, 'reads' | 'rollups'>,
  scope: OrgScope,
): Promise<void> {
  if (await hasUnsummed(reads.of(scope), scope)) await rollups.bringUpToDate(scope);
}

/** Where the rollups of each organization say something else than its requests do. Reads every request. */
export async function listRollupDifferences(
  db: Queryable,
  admin: AdminScope,
  scopeOf: (org_id: OrgId) => OrgScope,
): Promise<{ organization: Organization; differences: RollupDifference[] }[]> {
  const found: { organization: Organization; differences: RollupDifference[] }[] = [];
  for (const organization of await listOrganizations({ db }, admin)) {
    found.push({ organization, differences: await findRollupDifferences(db, scopeOf(organization.id)) });
  }
  return found;
}
