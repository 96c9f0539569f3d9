import type { RequestFilters } from '#shared/request';
import type { StatsTotals } from '#shared/stats';
import type { Organization } from '#shared/organization';
import type { OrgId } from '#shared/primitives';
import type { AdminScope, OrgScope } from '#server/auth/orgScope';
import type { Queryable } from '#server/db/sql';
import { listOrganizations } from '#server/organizations/service';
import type { Deps } from '#server/deps';
import { isUnfiltered } from '#server/requests/filters';
import { findAllHits } from '#server/search/service';
import { findRollupDifferences, type RollupDifference, sumDays, sumRequests } from './repository.ts';

/** Totals over the requests that match; without a filter they come from the rollups. */
export async function getTotals(deps: Deps, scope: OrgScope, filters: RequestFilters): Promise<StatsTotals> {
  return isUnfiltered(filters)
    ? sumDays(deps.reads.of(scope), scope)
    : sumRequests(deps.reads.of(scope), scope, await findAllHits(deps, scope, filters));
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
