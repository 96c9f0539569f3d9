import type { LargestUsers, LargestUsersInput, ListGroupsInput, UserPage, UserSummary } from '#shared/sessions';
import type { StatsGroup } from '#shared/stats';
import type { OrgScope } from '#server/auth/orgScope';
import { listGroups } from '#server/db/groupPage';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import { listGroups as listLargestGroups } from '#server/stats/service';
import { readsPayloads } from '#server/traces/groupSources';
import { mayMatch } from '#server/walk/walk';
import { readUserSummaries, readUserWindow } from './repository.ts';

/** One page of users, the latest seen first; the sums are of the time that was asked for. */
export async function listUsers(deps: Deps, scope: OrgScope, input: ListGroupsInput): Promise<UserPage> {
  const { cursor, limit, ...filters } = input;
  const db = deps.reads.of(scope);
  const { groups, ...page } = await listGroups<UserSummary>(
    { cursor, limit },
    {
      isHeavy: readsPayloads(filters),
      mayMatch: () => mayMatch(db, scope, filters),
      readWindow: (window) => readUserWindow(db, scope, filters, window),
      readSummaries: (ids) => readUserSummaries(db, scope, ids, filters),
      nameOf: ({ user_id }) => user_id,
    },
  );
  return { users: groups, ...page };
}

/** The users whose requests that match add up to most. */
export async function listLargestUsers(
  deps: Deps,
  scope: OrgScope,
  { filters, sort, limit }: LargestUsersInput,
): Promise<LargestUsers> {
  // Requests that name no user may be the largest group of all.
  const { groups, values, is_folded, counted_back_to } = await listLargestGroups(deps, scope, {
    filters,
    by: 'user',
    sort,
    limit: limit + 1,
  });
  const sums = groups
    .flatMap((group) => (group.value === null ? [] : [{ ...group, user_id: group.value }]))
    .slice(0, limit);
  const ids = sums.map(({ user_id }) => user_id);
  const summaries = await readUserSummaries(deps.reads.of(scope), scope, ids, filters);
  const byId = new Map(summaries.map((summary) => [summary.user_id, summary]));
  const isPartial = is_folded || counted_back_to !== null;
  const users = sums.flatMap((group) => {
    const summary = byId.get(group.user_id);
    // Deleted between the two readings.
    return summary === undefined ? [] : [withSums(summary, group, isPartial)];
  });
  return { users, count: values, counted_back_to };
}

/** What a user is known for, with the sums of the requests that match in place of those of the latest. */
function withSums(summary: UserSummary, group: StatsGroup, is_partial: boolean): UserSummary {
  const { requests, errors, unpriced_requests, unmeasured_requests, cost_usd } = group;
  const isMeasured = unmeasured_requests < requests;
  return {
    ...summary,
    requests,
    errors,
    input_tokens: isMeasured ? group.input_tokens : null,
    output_tokens: isMeasured ? group.output_tokens : null,
    cost_usd: unpriced_requests === requests ? null : cost_usd,
    unpriced_requests,
    is_partial,
  };
}

/**
 * One user.
 * @throws {AppError} `not_found` when no request of this organization names that user.
 */
export async function getUser(deps: Deps, scope: OrgScope, user_id: string): Promise<UserSummary> {
  const [user] = await readUserSummaries(deps.reads.of(scope), scope, [user_id], {});
  if (!user) throw new AppError('not_found', 'There is no user with this id in this organization.');
  return user;
}
