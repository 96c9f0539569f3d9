/** All SQL of requests. */
import type pg from 'pg';
import type { RequestFilters } from '#shared/request';
import { LoggedRequest, RequestSummary } from '#shared/request';
import type { RequestId } from '#shared/primitives';
import type { OrgScope } from '#server/auth/orgScope';
import { insertRows, type KnownRows } from '#server/db/insertRows';
import { type EncodedRow, RowType } from '#server/db/rowType';
import { differsSql, Parameters, type Position, type Queryable, queryRows } from '#server/db/sql';
import { GIVEN_TYPES, PAYLOAD_TYPES, REQUEST_TYPES, SUMMARY_COLUMNS } from './columns.ts';
import { whereFilters } from './filters.ts';

const PAYLOAD_NAMES = Object.keys(PAYLOAD_TYPES);
const PAYLOAD_COLUMNS = PAYLOAD_NAMES.map((name) => `p.${name}`).join(', ');
const FROM_BOTH = 'requests r JOIN request_payloads p ON p.org_id = r.org_id AND p.id = r.id';

const requestNames = Object.keys(REQUEST_TYPES).join(', ');
const payloadNames = PAYLOAD_NAMES.join(', ');

/** A request with its words, as it is sent to be stored. */
export const requestRowType = new RowType('arriving_request', { ...REQUEST_TYPES, ...PAYLOAD_TYPES });

const SUMMARY_DIFFERS = differsSql(GIVEN_TYPES, 'arriving', 'kept');
const PAYLOAD_DIFFERS = differsSql(PAYLOAD_TYPES, 'arriving', 'payload');
/**
 * True where an arriving request is not the one that is kept under its id. A start that the server worked out is as long
 * before the arrival as the call took; a cost out of the price list changes with the list.
 */
const IS_CONFLICT = `${SUMMARY_DIFFERS} OR ${PAYLOAD_DIFFERS}
  OR (arriving.started_at <> kept.started_at
    AND arriving.created_at - arriving.started_at <> kept.created_at - kept.started_at)
  OR ('provided' IN (arriving.cost_source, kept.cost_source)
    AND arriving.cost_usd IS DISTINCT FROM kept.cost_usd)`;

/**
 * Stores requests, their words and the hourly sums in one statement, which is one transaction and one fsync. The rows
 * come as one array (docs/decisions/003). Rows are stored in the order of their key, so that two writers lock in one
 * order. It answers the rows that were there already, and whether they say something else.
 */
const INSERT_REQUESTS = {
  name: 'insert_requests',
  type: requestRowType,
  sql: `
  WITH arriving AS MATERIALIZED (
    ${requestRowType.rowsSql} ORDER BY org_id, id
  ), stored AS (
    INSERT INTO requests (${requestNames}) SELECT ${requestNames} FROM arriving
    ON CONFLICT (org_id, id) DO NOTHING
    RETURNING org_id, id, started_at, provider, model, status, input_tokens, output_tokens, cost_usd, latency_ms
  ), payloads AS (
    INSERT INTO request_payloads (org_id, id, ${payloadNames})
    SELECT org_id, id, ${payloadNames} FROM arriving JOIN stored USING (org_id, id)
  ), hours AS (
    INSERT INTO request_hours AS hour (org_id, hour, provider, model, shard, requests, errors, input_tokens,
      output_tokens, cost_usd, unpriced_requests, latency_ms_sum, latency_ms_count)
    SELECT org_id, date_trunc('hour', started_at, 'UTC'), provider, model, $2, count(*),
      count(*) FILTER (WHERE status = 'error'), coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0),
      coalesce(sum(cost_usd), 0), count(*) FILTER (WHERE cost_usd IS NULL), coalesce(sum(latency_ms), 0), count(latency_ms)
    FROM stored GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (org_id, hour, provider, model, shard) DO UPDATE SET
      requests = hour.requests + excluded.requests,
      errors = hour.errors + excluded.errors,
      input_tokens = hour.input_tokens + excluded.input_tokens,
      output_tokens = hour.output_tokens + excluded.output_tokens,
      cost_usd = hour.cost_usd + excluded.cost_usd,
      unpriced_requests = hour.unpriced_requests + excluded.unpriced_requests,
      latency_ms_sum = hour.latency_ms_sum + excluded.latency_ms_sum,
      latency_ms_count = hour.latency_ms_count + excluded.latency_ms_count
  )
  SELECT org_id || '/' || id AS key, (
    SELECT ${IS_CONFLICT} FROM requests kept JOIN request_payloads payload USING (org_id, id)
    WHERE kept.org_id = arriving.org_id AND kept.id = arriving.id
  ) AS differs FROM arriving
  WHERE NOT EXISTS (SELECT FROM stored WHERE stored.org_id = arriving.org_id AND stored.id = arriving.id)`,
};

/**
 * Writes a batch on a connection of the write pool. Returns the rows that were there already, by key; the others are
 * new. `shard` keeps two writers off each other's hourly sums.
 */
export function insertRequests(pool: pg.Pool, rows: readonly EncodedRow[], shard: number): Promise<KnownRows> {
  return insertRows(pool, INSERT_REQUESTS, rows, shard);
}

/** One request with its words. Primary key. */
export async function findRequest(db: Queryable, scope: OrgScope, id: RequestId): Promise<LoggedRequest | null> {
  const rows = await queryRows(
    db,
    LoggedRequest,
    `SELECT r.org_id, ${SUMMARY_COLUMNS}, ${PAYLOAD_COLUMNS} FROM ${FROM_BOTH} WHERE r.org_id = $1 AND r.id = $2`,
    [scope.org_id, id],
  );
  return rows[0] ?? null;
}

/**
 * One page, newest first, without words. Walks `requests_by_time`, or the index of the filtered field. `position` is
 * the last row of the page before (or the first of the page after).
 */
export async function listRequestRows(
  db: Queryable,
  scope: OrgScope,
  filters: RequestFilters,
  page: { limit: number; offset?: number; position: Position | null },
): Promise<RequestSummary[]> {
  const parameters = new Parameters();
  const where = [whereFilters(parameters, scope, filters)];
  const isBackward = page.position?.direction === 'prev';
  if (page.position) {
    const { started_at, id } = page.position;
    const place = `(${parameters.bind(started_at)}::timestamptz, ${parameters.bind(id)}::uuid)`;
    where.push(`(r.started_at, r.id) ${isBackward ? '>' : '<'} ${place}`);
  }
  const order = isBackward ? 'ASC' : 'DESC';
  const rows = await queryRows(
    db,
    RequestSummary,
    `SELECT ${SUMMARY_COLUMNS} FROM requests r WHERE ${where.join(' AND ')}
     ORDER BY r.started_at ${order}, r.id ${order} LIMIT ${parameters.bind(page.limit)} OFFSET ${parameters.bind(page.offset ?? 0)}`,
    parameters.values,
  );
  return isBackward ? rows.reverse() : rows;
}

/** A page by offset with its words, as the REST list answers. Index as above; the payloads are joined after the cut. */
export function listLoggedRequests(
  db: Queryable,
  scope: OrgScope,
  filters: RequestFilters,
  page: { limit: number; offset: number; position: Position | null },
): Promise<LoggedRequest[]> {
  const parameters = new Parameters();
  const where = [whereFilters(parameters, scope, filters)];
  if (page.position) {
    const { started_at, id } = page.position;
    where.push(`(r.started_at, r.id) < (${parameters.bind(started_at)}::timestamptz, ${parameters.bind(id)}::uuid)`);
  }
  return queryRows(
    db,
    LoggedRequest,
    `SELECT r.org_id, ${SUMMARY_COLUMNS}, ${PAYLOAD_COLUMNS}
     FROM (SELECT * FROM requests r WHERE ${where.join(' AND ')}
           ORDER BY r.started_at DESC, r.id DESC
           LIMIT ${parameters.bind(page.limit)} OFFSET ${parameters.bind(page.offset)}) r
     JOIN request_payloads p ON p.org_id = r.org_id AND p.id = r.id
     ORDER BY r.started_at DESC, r.id DESC`,
    parameters.values,
  );
}
