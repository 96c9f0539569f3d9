import type { ListGroupsInput, UserPage, UserSummary } from '#shared/sessions';
import type { OrgScope } from '#server/auth/orgScope';
import { cursorAt, parseNextCursor } from '#server/db/cursor';
import { inPageOrder, readGroupPage } from '#server/db/groupWalk';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import { readsPayloads } from '#server/traces/groupSources';
import { readUserSummaries, readUserWindow } from './repository.ts';

/** One page of users, the latest seen first; the sums are of the time that was asked for. */
export async function listUsers(deps: Deps, scope: OrgScope, input: ListGroupsInput): Promise<UserPage> {
  const { cursor, limit, ...filters } = input;
  const page = {
    limit,
    position: parseNextCursor(cursor),
    isHeavy: readsPayloads(filters),
    now: () => performance.now(),
  };
  const found = await readGroupPage(page, (window) => readUserWindow(deps.reads.of(scope), scope, filters, window));
  const ids = found.groups.map(({ name }) => name);
  const summaries = ids.length === 0 ? [] : await readUserSummaries(deps.reads.of(scope), scope, ids, filters);
  return {
    users: inPageOrder(found, summaries, ({ user_id }) => user_id),
    next_cursor: found.next && cursorAt('next', found.next),
    searched_back_to: found.searchedBackTo,
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
