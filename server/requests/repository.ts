/** All SQL of requests. */
import type pg from 'pg';
import { z } from 'zod';
import { parseExactJson, stringifyExactJson } from '#shared/exactJson';
import type { RequestId } from '#shared/primitives';
import { type LoggedRequest, type RequestFilters, RequestSummary } from '#shared/request';
import type { OrgScope } from '#server/auth/orgScope';
import { insertRows, type KnownRows } from '#server/db/insertRows';
import type { RowKey } from '#server/db/pages';
import { type EncodedRow, BinaryRowEncoder } from '#server/db/binaryRowEncoder';
import { atOrBeyondSql, beyondSql, type Place } from '#server/db/cursor';
import { differsSql, Parameters, type Queryable, queryRows } from '#server/db/sql';
import type { JsonRow } from '#server/jsonStream';
import { holdRollups } from '#server/db/advisoryLock';
import { forgetUnsummed, ROLLED_UP_COLUMNS, rollUp, summedOf } from '#server/rollups/rollUp';
import {
  type ArrivingRequest,
  BOTH_BYTES,
  GIVEN_TYPES,
  PAYLOAD_JSON,
  PAYLOAD_TYPES,
  REQUEST_TYPES,
  SIZES,
  SUMMARY_BYTES,
  SUMMARY_COLUMNS,
} from './columns.ts';
import { type FoundFilters, whereFilters } from './filters.ts';
import { beyondValueSql, type ListPosition, SORTED_ROWS, type SortValue } from './sorting.ts';

/** The size of the pieces that a payload is read in. */
const PIECE_BYTES = 256 * 1024;
/** ROLLED_UP_COLUMNS with the name of their table, for a deletion that joins another table. */
const DELETED_COLUMNS = ROLLED_UP_COLUMNS.replaceAll(/\w+/g, 'requests.$&');

const requestNames = Object.keys({ ...REQUEST_TYPES, ...SIZES }).join(', ');
const payloadNames = Object.keys(PAYLOAD_TYPES).join(', ');

/** A request with its payload, as it is sent to be stored. */
export const requestRowType = new BinaryRowEncoder<ArrivingRequest>(
  'arriving_request',
  { ...REQUEST_TYPES, ...PAYLOAD_TYPES },
  SIZES,
);

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
 * Stores requests, their payloads, and that the rollups (`unsummed_requests`) and the search index (`search_tails`) have yet
 * to take them, in one statement, which is one transaction and one fsync. The rows come as one array (docs/decisions/003). Rows are stored in the order of
 * their key, so that two writers lock in one order. It answers the rows that were there already, and whether they say
 * something else.
 */
export const INSERT_REQUESTS = {
  name: 'insert_requests',
  type: requestRowType,
  sql: `
  WITH arriving AS MATERIALIZED (
    ${requestRowType.rowsSql} ORDER BY org_id, id
  ), stored AS (
    INSERT INTO requests (${requestNames}) SELECT ${requestNames} FROM arriving
    ON CONFLICT (org_id, id) DO NOTHING
    RETURNING org_id, id, started_at
  ), payloads AS (
    INSERT INTO request_payloads (org_id, id, ${payloadNames})
    SELECT org_id, id, ${payloadNames} FROM arriving JOIN stored USING (org_id, id)
  ), batches AS MATERIALIZED (
    SELECT org_id, gen_random_uuid() AS id, array_agg(id) AS ids, count(*) AS rows, min(started_at) AS from_at,
      max(started_at) AS to_at
    FROM stored GROUP BY org_id
  ), tails AS (
    INSERT INTO search_tails (org_id, id, ids, rows, from_at, to_at)
    SELECT org_id, id, ids, rows, from_at, to_at FROM batches
  ), unsummed AS (
    INSERT INTO unsummed_requests (org_id, id, ids, rows) SELECT org_id, id, ids, rows FROM batches
  )
  SELECT org_id || '/' || id AS key, (
    SELECT ${IS_CONFLICT} FROM requests kept JOIN request_payloads payload USING (org_id, id)
    WHERE kept.org_id = arriving.org_id AND kept.id = arriving.id
  ) AS differs FROM arriving
  WHERE NOT EXISTS (SELECT FROM stored WHERE stored.org_id = arriving.org_id AND stored.id = arriving.id)`,
};

/** Writes a batch on a connection of the write pool. Returns the rows that were there already, by key; the others are new. */
export function insertRequests(pool: pg.Pool, rows: readonly EncodedRow[]): Promise<KnownRows> {
  return insertRows(pool, INSERT_REQUESTS, rows);
}

/** The keys of a page, and what their rows take in an answer. */
const RequestKey = z.object({ id: z.string(), started_at: z.string(), bytes: z.int() });

/** Which rows of a list are wanted. */
export interface KeyPage {
  readonly limit: number;
  readonly offset: number;
  readonly position: ListPosition | null;
  readonly withPayload: boolean;
}

/**
 * The keys of one page by time, with the bytes of its rows. Walks `requests_by_time`, or the index of the filtered field;
 * what `offset` skips is read from the index alone. `position` is the last row of the page before (or the first of the
 * page after, from which a page backwards is answered in the other order).
 */
export function listRequestKeys(
  db: Queryable,
  scope: OrgScope,
  filters: RequestFilters,
  page: KeyPage & { readonly isOldestFirst?: boolean },
): Promise<RowKey[]> {
  const parameters = new Parameters();
  const where = [whereFilters(parameters, scope, filters)];
  const isAscending = (page.position?.direction === 'prev') !== (page.isOldestFirst ?? false);
  const { position } = page;
  if (position && position.value !== null) {
    const place = { started_at: position.value, id: position.id };
    where.push(beyondSql(parameters, isAscending ? '>' : '<', place));
  }
  const order = isAscending ? 'ASC' : 'DESC';
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

/**
 * What a list is sorted by, in SQL, and the type that the value in a cursor is cast to. Tokens are input and output together,
 * where both were reported.
 */
const SORT_SQL: Readonly<Record<SortValue, { readonly VALUE: string; readonly TYPE: string }>> = {
  latency: { VALUE: 'r.latency_ms', TYPE: 'double precision' },
  cost: { VALUE: 'r.cost_usd', TYPE: 'numeric' },
  tokens: { VALUE: '(r.input_tokens + r.output_tokens)', TYPE: 'bigint' },
};

/** A row of a sorted list; the window of rows that were sorted where there are more, which is the same for all. */
const SortedKey = RequestKey.extend({
  value: z.string().nullable(),
  latest_at: z.string().nullable(),
  latest_id: z.string().nullable(),
  oldest_at: z.string().nullable(),
  oldest_id: z.string().nullable(),
});
export type SortedKey = z.infer<typeof SortedKey>;

/**
 * The keys of one page by a value, ties by id, rows without one last. Of all that match the latest SORTED_ROWS are sorted:
 * they are walked by the index of a list by time, so that the cost does not grow with what there is. A position pins them.
 */
export function listSortedKeys(
  db: Queryable,
  scope: OrgScope,
  filters: FoundFilters,
  page: KeyPage & { readonly by: SortValue; readonly isDescending: boolean },
): Promise<SortedKey[]> {
  const parameters = new Parameters();
  const { VALUE, TYPE } = SORT_SQL[page.by];
  const { position } = page;
  const where = [whereFilters(parameters, scope, filters)];
  if (position?.window) {
    where.push(atOrBeyondSql(parameters, '<=', position.window.latest));
    where.push(atOrBeyondSql(parameters, '>=', position.window.oldest));
  }
  const isBackward = position?.direction === 'prev';
  const isDescending = page.isDescending !== isBackward;
  const beyond = [`s.place <= ${SORTED_ROWS}`];
  if (position) beyond.push(beyondValueSql(parameters, { position, isDescending, isBackward, TYPE }));
  const ORDER = isDescending ? 'DESC' : 'ASC';
  const NULLS = isBackward ? 'FIRST' : 'LAST';
  return queryRows(
    db,
    SortedKey,
    `WITH sorted AS MATERIALIZED (
       SELECT r.id, r.started_at, ${VALUE} AS value, ${page.withPayload ? BOTH_BYTES : SUMMARY_BYTES} AS bytes,
         row_number() OVER (ORDER BY r.started_at DESC, r.id DESC) AS place
       FROM requests r WHERE ${where.join(' AND ')}
       ORDER BY r.started_at DESC, r.id DESC LIMIT ${parameters.bind(SORTED_ROWS + 1)}
     ), edges AS MATERIALIZED (
       SELECT latest.started_at AS latest_at, latest.id AS latest_id, oldest.started_at AS oldest_at, oldest.id AS oldest_id
       FROM sorted latest JOIN sorted oldest ON latest.place = 1 AND oldest.place = ${SORTED_ROWS}
       WHERE EXISTS (SELECT FROM sorted more WHERE more.place > ${SORTED_ROWS})
     )
     SELECT s.id, s.started_at, s.bytes, s.value::text AS value, edges.*
     FROM sorted s LEFT JOIN edges ON true WHERE ${beyond.join(' AND ')}
     ORDER BY s.value ${ORDER} NULLS ${NULLS}, s.id ${ORDER}
     LIMIT ${parameters.bind(page.limit)} OFFSET ${parameters.bind(page.offset)}`,
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

/** Requests by id with their payloads, whole and in memory, numbers with their digits. Any order. Primary keys. */
export async function readWholeRequests(
  db: Queryable,
  scope: OrgScope,
  ids: readonly string[],
): Promise<LoggedRequest[]> {
  const rows = await readLoggedRequests(db, scope, ids);
  return rows.map(({ fields, more = [] }) => {
    const pieces = [stringifyExactJson(fields).slice(0, -1), ...more, '}'].map((piece) => Buffer.from(piece));
    return parseExactJson(Buffer.concat(pieces).toString()) as LoggedRequest; // Its columns are those of the contract.
  });
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

/** Parts of a WITH: deleted rows `gone` of the organization `$1` are not counted any more. */
const TAKE_OFF_GONE = [
  summedOf('gone', '$1'),
  forgetUnsummed('gone', '$1'),
  rollUp({ from: 'summed', change: 'subtract' }),
].join(', ');

export interface DeletionBatch {
  /** Only what was stored before this moment. */
  readonly before: string;
  /** The last row of the batch before: what was deleted is not walked over again. */
  readonly after: Place | null;
  readonly limit: number;
}

/**
 * Deletes a batch, oldest first, with the payloads, and takes it off the rollups. Within a transaction. Of those that are `found` fewer are
 * `deleted` where another call deletes one at the same time. Index as the list's.
 */
export async function deleteRequestRows(
  tx: Queryable,
  scope: OrgScope,
  filters: RequestFilters,
  { before, after, limit }: DeletionBatch,
): Promise<{ found: number; deleted: number; after: DeletionBatch['after'] }> {
  await holdRollups(tx, scope);
  const parameters = new Parameters();
  parameters.bind(scope.org_id); // The first value, which TAKE_OFF_GONE asks for.
  const where = [whereFilters(parameters, scope, filters), `r.created_at < ${parameters.bind(before)}::timestamptz`];
  if (after) where.push(beyondSql(parameters, '>', after));
  const [row] = await queryRows(
    tx,
    z.object({ found: z.number(), deleted: z.number(), started_at: z.string().nullable(), id: z.string().nullable() }),
    `WITH matching AS MATERIALIZED (
       SELECT r.org_id, r.id, r.started_at FROM requests r WHERE ${where.join(' AND ')}
       ORDER BY r.started_at, r.id LIMIT ${parameters.bind(limit)}
     ), gone AS (
       DELETE FROM requests USING matching
       WHERE requests.org_id = matching.org_id AND requests.id = matching.id
       RETURNING ${DELETED_COLUMNS}
     ), ${TAKE_OFF_GONE}
     SELECT (SELECT count(*) FROM matching) AS found, (SELECT count(*) FROM gone) AS deleted, last.started_at, last.id
     FROM (SELECT 1) one LEFT JOIN (SELECT started_at, id FROM matching ORDER BY started_at DESC, id DESC LIMIT 1) last ON true`,
    parameters.values,
  );
  const last = row?.started_at && row.id ? { started_at: row.started_at, id: row.id } : after;
  return { found: row?.found ?? 0, deleted: row?.deleted ?? 0, after: last };
}

/**
 * Deletes requests by id with their payloads, and takes them off the sums. Within a transaction. Locked in the order of
 * their ids, so that two calls do not wait for each other.
 * @returns how many: an id that this organization does not have is none.
 */
export async function deleteRequestRowsById(
  tx: Queryable,
  scope: OrgScope,
  ids: readonly RequestId[],
): Promise<number> {
  await holdRollups(tx, scope);
  const [row] = await queryRows(
    tx,
    z.object({ deleted: z.number() }),
    `WITH chosen AS MATERIALIZED (
       SELECT org_id, id FROM requests WHERE org_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR UPDATE
     ), gone AS (
       DELETE FROM requests USING chosen WHERE requests.org_id = chosen.org_id AND requests.id = chosen.id
       RETURNING ${DELETED_COLUMNS}
     ), ${TAKE_OFF_GONE}
     SELECT count(*) AS deleted FROM gone`,
    [scope.org_id, ids],
  );
  return row?.deleted ?? 0;
}
