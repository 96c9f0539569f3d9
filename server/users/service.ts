import type { ListGroupsInput, UserPage, UserSummary } from '#shared/sessions';
import type { OrgScope } from '#server/auth/orgScope';
import { listGroups } from '#server/db/groupPage';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
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

/**
 * One user.
 * @throws {AppError} `not_found` when no request of this organization names that user.
 */
export async function getUser(deps: Deps, scope: OrgScope, user_id: string): Promise<UserSummary> {
  const [user] = await readUserSummaries(deps.reads.of(scope), scope, [user_id], {});
  if (!user) throw new AppError('not_found', 'There is no user with this id in this organization.');
  return user;
}
