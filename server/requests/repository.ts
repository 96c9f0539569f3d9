/** All SQL of requests. */
import type pg from 'pg';
import { z } from 'zod';
import { LIMITS, type RequestId } from '#shared/primitives';
import { type RequestFilters, RequestSummary } from '#shared/request';
import type { OrgScope } from '#server/auth/orgScope';
import { insertRows } from '#server/db/insertRows';
import type { RowKey } from '#server/db/pages';
import { type EncodedRow, RowType } from '#server/db/rowType';
import { Parameters, type Position, type Queryable, queryRows } from '#server/db/sql';
import type { JsonRow } from '#server/jsonStream';
import { PAYLOAD_JSON, PAYLOAD_SIZE, PAYLOAD_TYPES, REQUEST_TYPES, SUMMARY_COLUMNS, SUMMARY_SIZE } from './columns.ts';
import { whereFilters } from './filters.ts';

/** Of a piece of a payload. */
const PIECE_BYTES = 256 * 1024;
/** Bytes of a row in an answer. One that was not measured counts as a whole page. */
const PAGE_BYTES = LIMITS.pageBytes;
const SUMMARY_BYTES = `coalesce(r.summary_bytes, ${PAGE_BYTES})`;
const BOTH_BYTES = `coalesce(r.summary_bytes + r.payload_bytes, ${PAGE_BYTES})`;

const requestNames = Object.keys(REQUEST_TYPES).join(', ');
const payloadNames = Object.keys(PAYLOAD_TYPES).join(', ');

/** A request with its words, as it is sent to be stored. */
export const requestRowType = new RowType('arriving_request', { ...REQUEST_TYPES, ...PAYLOAD_TYPES });

/**
 * Stores requests, their words and the hourly sums in one statement, which is one transaction and one fsync. The rows
 * come as one array (docs/decisions/003). Rows are stored in the order of their key, so that two writers lock in one
 * order. It answers the rows that were there already.
 */
const INSERT_REQUESTS = {
  name: 'insert_requests',
  type: requestRowType,
  sql: `
  WITH arriving AS MATERIALIZED (
    ${requestRowType.rowsSql} ORDER BY org_id, id
  ), stored AS (
    INSERT INTO requests (${requestNames}, summary_bytes, payload_bytes)
    SELECT ${requestNames}, ${SUMMARY_SIZE}, ${PAYLOAD_SIZE} FROM arriving
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
  SELECT org_id || '/' || id AS key FROM arriving
  WHERE NOT EXISTS (SELECT FROM stored WHERE stored.org_id = arriving.org_id AND stored.id = arriving.id)`,
};

/**
 * Writes a batch on a connection of the write pool. Returns the keys of the rows that were there already; the others are
 * new. `shard` keeps two writers off each other's hourly sums.
 */
export function insertRequests(
  pool: pg.Pool,
  rows: readonly EncodedRow[],
  shard: number,
): Promise<ReadonlySet<string>> {
  return insertRows(pool, INSERT_REQUESTS, rows, shard);
}

/** The keys of a page, and what their rows take in an answer. */
const RequestKey = z.object({ id: z.string(), started_at: z.string(), bytes: z.int() });

/**
 * The keys of one page, newest first, with the bytes of its rows. Walks `requests_by_time`, or the index of the filtered
 * field; what `offset` skips is read from the index alone. `position` is the last row of the page before (or the first
 * of the page after, from which a page backwards is answered oldest first).
 */
export function listRequestKeys(
  db: Queryable,
  scope: OrgScope,
  filters: RequestFilters,
  page: { limit: number; offset: number; position: Position | null; withPayload: boolean },
): Promise<RowKey[]> {
  const parameters = new Parameters();
  const where = [whereFilters(parameters, scope, filters)];
  const isBackward = page.position?.direction === 'prev';
  if (page.position) {
    const { started_at, id } = page.position;
    const place = `(${parameters.bind(started_at)}::timestamptz, ${parameters.bind(id)}::uuid)`;
    where.push(`(r.started_at, r.id) ${isBackward ? '>' : '<'} ${place}`);
  }
  const order = isBackward ? 'ASC' : 'DESC';
  return queryRows(
    db,
    RequestKey,
    `SELECT r.id, r.started_at, ${page.withPayload ? BOTH_BYTES : SUMMARY_BYTES} AS bytes
     FROM (SELECT r.org_id, r.id FROM requests r WHERE ${where.join(' AND ')}
           ORDER BY r.started_at ${order}, r.id ${order}
           LIMIT ${parameters.bind(page.limit)} OFFSET ${parameters.bind(page.offset)}) k
     JOIN requests r ON r.org_id = k.org_id AND r.id = k.id
     ORDER BY r.started_at ${order}, r.id ${order}`,
    parameters.values,
  );
}

/** The key of one request. Primary key. */
export async function findRequestKey(db: Queryable, scope: OrgScope, id: RequestId): Promise<RowKey | null> {
  const rows = await queryRows(
    db,
    RequestKey,
    `SELECT r.id, r.started_at, ${BOTH_BYTES} AS bytes FROM requests r WHERE r.org_id = $1 AND r.id = $2`,
    [scope.org_id, id],
  );
  return rows[0] ?? null;
}

/** Requests by id, without payloads, in any order. Primary key. */
export async function readSummaries(db: Queryable, scope: OrgScope, ids: readonly string[]): Promise<RequestSummary[]> {
  return queryRows(
    db,
    RequestSummary,
    `SELECT ${SUMMARY_COLUMNS} FROM requests r WHERE r.org_id = $1 AND r.id = ANY($2)`,
    [scope.org_id, ids],
  );
}

/** A summary with a part of the JSON of its payload, in UTF-8; the first part is at place 0. */
const RequestPiece = z.object({ ...RequestSummary.shape, place: z.int(), bytes: z.instanceof(Uint8Array) });

/**
 * Requests by id with their payloads, whose JSON is left as it was stored. It comes as bytes, in pieces: of a long text
 * node-postgres would hold several copies at once, and read it in one turn of the event loop. Any order. Primary keys,
 * row by row: the payloads of a join would be kept until it ends.
 */
export async function readLoggedRequests(db: Queryable, scope: OrgScope, ids: readonly string[]): Promise<JsonRow[]> {
  const found = await queryRows(
    db,
    RequestPiece,
    `SELECT ${SUMMARY_COLUMNS}, place, substr(payload.json, place * ${PIECE_BYTES} + 1, ${PIECE_BYTES}) AS bytes
     FROM requests r
     CROSS JOIN LATERAL (SELECT convert_to(${PAYLOAD_JSON}, 'UTF8') AS json FROM request_payloads p
                         WHERE p.org_id = r.org_id AND p.id = r.id OFFSET 0) payload
     CROSS JOIN LATERAL generate_series(0, (octet_length(payload.json) - 1) / ${PIECE_BYTES}) AS place
     WHERE r.org_id = $1 AND r.id = ANY($2)`,
    [scope.org_id, ids],
  );
  const rows = new Map<string, { id: string; fields: object; more: Uint8Array[] }>();
  for (const { place, bytes, ...summary } of found) {
    const row = rows.get(summary.id) ?? { id: summary.id, fields: { ...summary, org_id: scope.org_id }, more: [] };
    row.more[place] = bytes;
    rows.set(summary.id, row);
  }
  return [...rows.values()];
}
