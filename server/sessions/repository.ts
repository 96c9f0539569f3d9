/** All SQL of sessions: the requests that name the same one. */
import { z } from 'zod';
import { LIMITS } from '#shared/primitives';
import type { RequestFilters } from '#shared/request';
import { SessionSummary } from '#shared/sessions';
import type { OrgScope } from '#server/auth/orgScope';
import type { Place, Position } from '#server/db/cursor';
import {
  GROUP_SUMS,
  type GroupRows,
  type GroupWindow,
  GroupWindowRow,
  groupWindowSql,
  rowsOfGroupSql,
  toWindow,
} from '#server/db/groupWalk';
import type { RowKey } from '#server/db/pages';
import { Parameters, type Queryable, queryRows } from '#server/db/sql';
import { SUMMED_ROWS, walkRequestGroups } from '#server/traces/groupSources';

/** The sessions whose latest request that matches is among the next `rows` requests. Index `requests_by_time`, or that of a filter. */
export async function readSessionWindow(
  db: Queryable,
  scope: OrgScope,
  filters: RequestFilters,
  window: { position: Place | null; rows: number },
): Promise<GroupWindow> {
  const parameters = new Parameters();
  const sql = groupWindowSql(parameters, walkRequestGroups(parameters, scope, 'session_id', filters), window);
  return toWindow(await queryRows(db, GroupWindowRow, sql, parameters.values), window.rows);
}

const OF_SESSION = {
  table: 'requests',
  group: 'session_id',
  org_id: '$1',
  name: 'asked.session_id',
} as const satisfies Partial<GroupRows>;
const LATEST = rowsOfGroupSql({ ...OF_SESSION, limit: SUMMED_ROWS + 1, order: 'DESC' }, 'r.*');
const FIRST = rowsOfGroupSql({ ...OF_SESSION, limit: 1 }, 'r.started_at, r.input_preview');

const SUMMARIES = `SELECT asked.session_id, sums.*, opening.started_at AS first_at, opening.input_preview
  FROM unnest($2::text[]) AS asked (session_id)
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS requests,
      count(*) FILTER (WHERE status = 'error')::int AS errors,
      ${GROUP_SUMS},
      count(*) FILTER (WHERE cost_usd IS NULL)::int AS unpriced_requests,
      max(started_at) AS last_at,
      count(*) > ${SUMMED_ROWS} AS is_partial,
      (array_agg(user_id ORDER BY started_at DESC, id DESC) FILTER (WHERE user_id IS NOT NULL))[1] AS user_id,
      (array_agg(environment ORDER BY started_at DESC, id DESC) FILTER (WHERE environment IS NOT NULL))[1] AS environment,
      (array_agg(DISTINCT model))[1:5] AS models,
      (array_agg(output_preview ORDER BY started_at DESC, id DESC) FILTER (WHERE output_preview IS NOT NULL))[1]
        AS output_preview
    FROM ${LATEST} latest
  ) sums CROSS JOIN LATERAL ${FIRST} opening`;

/** Sums of sessions by id, in any order. Index `requests_by_session`. */
export function readSessionSummaries(
  db: Queryable,
  scope: OrgScope,
  ids: readonly string[],
): Promise<SessionSummary[]> {
  return queryRows(db, SessionSummary, SUMMARIES, [scope.org_id, ids]);
}

const RequestKey = z.object({ id: z.string(), started_at: z.string(), bytes: z.int() });
/** A row that was not measured counts as a whole page. */
const PAGE_BYTES = LIMITS.pageBytes;

/** The keys of a page of a session's requests in the order they began, with the bytes of their rows. Index `requests_by_session`. */
export function listSessionKeys(
  db: Queryable,
  scope: OrgScope,
  session_id: string,
  page: { limit: number; position: Position | null },
): Promise<RowKey[]> {
  return queryRows(
    db,
    RequestKey,
    `SELECT r.id, r.started_at, coalesce(r.summary_bytes + r.payload_bytes, ${PAGE_BYTES}) AS bytes FROM requests r
     WHERE r.org_id = $1 AND r.session_id = $2 AND (r.started_at, r.id) > ($3::timestamptz, $4::uuid)
     ORDER BY r.session_id, r.started_at, r.id LIMIT $5`,
    [
      scope.org_id,
      session_id,
      page.position?.started_at ?? '-infinity',
      page.position?.id ?? '00000000-0000-0000-0000-000000000000',
      page.limit,
    ],
  );
}
