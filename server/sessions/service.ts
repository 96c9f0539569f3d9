import type { GetSessionInput, ListGroupsInput, SessionDetail, SessionPage, SessionSummary } from '#shared/sessions';
import type { OrgScope } from '#server/auth/orgScope';
import { cursorAt, parseNextCursor } from '#server/db/cursor';
import { listGroups } from '#server/db/groupPage';
import { cutPage } from '#server/db/pages';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import { type JsonStream, toJsonStream } from '#server/jsonStream';
import { requestsOf } from '#server/requests/service';
import { readsPayloads } from '#server/traces/groupSources';
import { mayMatch } from '#server/walk/walk';
import { listSessionKeys, readSessionSummaries, readSessionWindow } from './repository.ts';

/** One page of sessions, the latest used first. */
export async function listSessions(deps: Deps, scope: OrgScope, input: ListGroupsInput): Promise<SessionPage> {
  const { cursor, limit, ...filters } = input;
  const db = deps.reads.of(scope);
  const { groups, ...page } = await listGroups<SessionSummary>(
    { cursor, limit },
    {
      isHeavy: readsPayloads(filters),
      mayMatch: () => mayMatch(db, scope, filters),
      readWindow: (window) => readSessionWindow(db, scope, filters, window),
      readSummaries: (ids) => readSessionSummaries(db, scope, ids),
      nameOf: ({ session_id }) => session_id,
    },
  );
  return { sessions: groups, ...page };
}

/**
 * One session and a page of its requests with their words, in the order they began: a SessionDetail.
 * @throws {AppError} `not_found` when no request of this organization names that session.
 */
export async function getSessionDetail(
  deps: Deps,
  scope: OrgScope,
  { session_id, cursor, limit }: GetSessionInput,
): Promise<JsonStream> {
  const position = parseNextCursor(cursor);
  const [[session], found] = await Promise.all([
    readSessionSummaries(deps.reads.of(scope), scope, [session_id]),
    listSessionKeys(deps.reads.of(scope), scope, session_id, { limit: limit + 1, position }),
  ]);
  if (!session) throw new AppError('not_found', 'There is no session with this id in this organization.');
  const { keys, hasMore } = cutPage(found, limit);
  const facts = { session, next_cursor: hasMore ? cursorAt('next', keys.at(-1)) : null } satisfies Omit<
    SessionDetail,
    'requests'
  >;
  return toJsonStream({ tenant: scope.org_id, gate: deps.largeReads }, [
    `${JSON.stringify(facts).slice(0, -1)},"requests":[`,
    { rows: requestsOf(deps, scope, keys) },
    ']}',
  ]);
}
