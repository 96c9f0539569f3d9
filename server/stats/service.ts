import type { RequestFilters } from '#shared/request';
import type { StatsTotals } from '#shared/stats';
import type { OrgScope } from '#server/auth/orgScope';
import type { Deps } from '#server/deps';
import { isUnfiltered } from '#server/requests/filters';
import { sumHours, sumRequests } from './repository.ts';

/** Totals over the requests that match; without a filter they come from the hourly sums. */
export function getTotals(deps: Deps, scope: OrgScope, filters: RequestFilters): Promise<StatsTotals> {
  return isUnfiltered(filters)
    ? sumHours(deps.reads.of(scope), scope)
    : sumRequests(deps.reads.of(scope), scope, filters);
}
