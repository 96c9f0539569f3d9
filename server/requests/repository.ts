/** All SQL of requests. */
import type pg from 'pg';
import { z } from 'zod';
import type { RequestFilters } from '#shared/request';
import { LoggedRequest, RequestSummary } from '#shared/request';
import type { RequestId } from '#shared/primitives';
import type { OrgScope } from '#server/auth/orgScope';
import { insertRows } from '#server/db/insertRows';
import { type EncodedRow, RowType } from '#server/db/rowType';
import { Parameters, type Position, type Queryable, queryRows } from '#server/db/sql';
import { ROLLED_UP_COLUMNS, rollUpHours } from '#server/stats/rollUpHours';
import { PAYLOAD_TYPES, REQUEST_TYPES, SUMMARY_COLUMNS } from './columns.ts';
import { whereFilters } from './filters.ts';

const PAYLOAD_NAMES = Object.keys(PAYLOAD_TYPES);
const PAYLOAD_COLUMNS = PAYLOAD_NAMES.map((name) => `p.${name}`).join(', ');
const FROM_BOTH = 'requests r JOIN request_payloads p ON p.org_id = r.org_id AND p.id = r.id';

/** Of the deleted row, where another table is joined to it. */
const DELETED_COLUMNS = ROLLED_UP_COLUMNS.replaceAll(/\w+/g, 'requests.$&');

const requestNames = Object.keys(REQUEST_TYPES).join(', ');
const payloadNames = PAYLOAD_NAMES.join(', ');

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
    INSERT INTO requests (${requestNames}) SELECT ${requestNames} FROM arriving
    ON CONFLICT (org_id, id) DO NOTHING
    RETURNING ${ROLLED_UP_COLUMNS}
  ), payloads AS (
    INSERT INTO request_payloads (org_id, id, ${payloadNames})
    SELECT org_id, id, ${payloadNames} FROM arriving JOIN stored USING (org_id, id)
  ), hours AS ( ${rollUpHours({ from: 'stored', shard: '$2', change: 'add' })}
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

/** How many requests match that were stored before a moment. Index as the list's. */
export async function countRequests(
  db: Queryable,
  scope: OrgScope,
  filters: RequestFilters,
  before: string,
): Promise<number> {
  const parameters = new Parameters();
  const where = [whereFilters(parameters, scope, filters), `r.created_at < ${parameters.bind(before)}::timestamptz`];
  const [row] = await queryRows(
    db,
    z.object({ count: z.number() }),
    `SELECT count(*) AS count FROM requests r WHERE ${where.join(' AND ')}`,
    parameters.values,
  );
  return row?.count ?? 0;
}

export interface DeletionBatch {
  /** Only what was stored before this moment. */
  readonly before: string;
  /** The last row of the batch before: what was deleted is not walked over again. */
  readonly after: { readonly started_at: string; readonly id: string } | null;
  readonly limit: number;
}

/** Deletes a batch, oldest first, with the payloads, and takes it off the hourly sums. Index as the list's. */
export async function deleteRequestRows(
  db: Queryable,
  scope: OrgScope,
  filters: RequestFilters,
  { before, after, limit }: DeletionBatch,
): Promise<{ deleted: number; after: DeletionBatch['after'] }> {
  const parameters = new Parameters();
  const where = [whereFilters(parameters, scope, filters), `r.created_at < ${parameters.bind(before)}::timestamptz`];
  if (after) {
    const place = `(${parameters.bind(after.started_at)}::timestamptz, ${parameters.bind(after.id)}::uuid)`;
    where.push(`(r.started_at, r.id) > ${place}`);
  }
  const [row] = await queryRows(
    db,
    z.object({ deleted: z.number(), started_at: z.string().nullable(), id: z.string().nullable() }),
    `WITH matching AS MATERIALIZED (
       SELECT r.org_id, r.id, r.started_at FROM requests r WHERE ${where.join(' AND ')}
       ORDER BY r.started_at, r.id LIMIT ${parameters.bind(limit)}
     ), gone AS (
       DELETE FROM requests USING matching
       WHERE requests.org_id = matching.org_id AND requests.id = matching.id
       RETURNING ${DELETED_COLUMNS}
     ), hours AS (${rollUpHours({ from: 'gone', shard: '0', change: 'subtract' })})
     SELECT (SELECT count(*) FROM gone) AS deleted, last.started_at, last.id
     FROM (SELECT 1) one LEFT JOIN (SELECT started_at, id FROM matching ORDER BY started_at DESC, id DESC LIMIT 1) last ON true`,
    parameters.values,
  );
  const last = row?.started_at && row.id ? { started_at: row.started_at, id: row.id } : after;
  return { deleted: row?.deleted ?? 0, after: last };
}

/** Deletes one request with its payload. @returns how many: 1, or 0 where this organization has no such request. */
export async function deleteRequestRow(db: Queryable, scope: OrgScope, id: RequestId): Promise<number> {
  const [row] = await queryRows(
    db,
    z.object({ deleted: z.number() }),
    `WITH gone AS (
       DELETE FROM requests WHERE org_id = $1 AND id = $2 RETURNING ${DELETED_COLUMNS}
     ), hours AS (${rollUpHours({ from: 'gone', shard: '0', change: 'subtract' })})
     SELECT count(*) AS deleted FROM gone`,
    [scope.org_id, id],
  );
  return row?.deleted ?? 0;
}
