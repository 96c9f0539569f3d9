/** All SQL of users: the requests that name the same one. */
import type { RequestFilters } from '#shared/request';
import { UserSummary } from '#shared/sessions';
import type { OrgScope } from '#server/auth/orgScope';
import type { Place } from '#server/db/cursor';
import {
  GROUP_SUMS,
  type GroupRows,
  type GroupWindow,
  GroupWindowRow,
  groupWindowSql,
  rowsOfGroupSql,
  toWindow,
} from '#server/db/groupWalk';
import { Parameters, type Queryable, queryRows } from '#server/db/sql';
import { SUMMED_ROWS, walkRequestGroups } from '#server/traces/groupSources';

/** The users whose latest request that matches is among the next `rows` requests. Index `requests_by_time`, or that of a filter. */
export async function readUserWindow(
  db: Queryable,
  scope: OrgScope,
  filters: RequestFilters,
  window: { position: Place | null; rows: number },
): Promise<GroupWindow> {
  const parameters = new Parameters();
  const sql = groupWindowSql(parameters, walkRequestGroups(parameters, scope, 'user_id', filters), window);
  return toWindow(await queryRows(db, GroupWindowRow, sql, parameters.values), window.rows);
}

const OF_USER = {
  table: 'requests',
  group: 'user_id',
  org_id: '$1',
  name: 'asked.user_id',
  between: { from: '$3::timestamptz', to: '$4::timestamptz' },
} as const satisfies Partial<GroupRows>;
const LATEST = rowsOfGroupSql({ ...OF_USER, limit: SUMMED_ROWS + 1, order: 'DESC' }, 'r.*');
const FIRST = rowsOfGroupSql({ ...OF_USER, limit: 1 }, 'r.started_at');

const SUMMARIES = `SELECT asked.user_id, sums.*, opening.started_at AS first_at
  FROM unnest($2::text[]) AS asked (user_id)
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS requests,
      count(*) FILTER (WHERE status = 'error')::int AS errors,
      ${GROUP_SUMS},
      count(*) FILTER (WHERE cost_usd IS NULL)::int AS unpriced_requests,
      max(started_at) AS last_at,
      count(DISTINCT session_id)::int AS sessions,
      count(*) > ${SUMMED_ROWS} AS is_partial
    FROM ${LATEST} latest
  ) sums CROSS JOIN LATERAL ${FIRST} opening`;

/** Sums of users by id, of the time of a list, in any order. Index `requests_by_user`. */
export function readUserSummaries(
  db: Queryable,
  scope: OrgScope,
  ids: readonly string[],
  { from, to }: Pick<RequestFilters, 'from' | 'to'>,
): Promise<UserSummary[]> {
  return queryRows(db, UserSummary, SUMMARIES, [scope.org_id, ids, from ?? null, to ?? null]);
}
