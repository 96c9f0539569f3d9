/** All SQL of traces: the table of spans, and the requests that share a trace id. */
import type pg from 'pg';
import { z } from 'zod';
import { parseExactJson } from '#shared/exactJson';
import { type JsonObject, type JsonValue, LIMITS } from '#shared/primitives';
import type { RequestFilters } from '#shared/request';
import { type ParsedSpan, Span, type SpanDetail, SpanInput, TraceSummary } from '#shared/trace';
import type { OrgScope } from '#server/auth/orgScope';
import { type Arriving, type ColumnTypesOf, columnTypesOf, textColumnsOf } from '#server/db/entityColumns';
import { insertRows, type KnownRows } from '#server/db/insertRows';
import { type ColumnTypes, type EncodedRow, BinaryRowEncoder } from '#server/db/binaryRowEncoder';
import type { Place, Position } from '#server/db/cursor';
import type { RowKey } from '#server/db/pages';
import { type GroupWindow, GroupWindowRow, groupWindowSql, toWindow } from '#server/db/groupWalk';
import { differsSql, Parameters, type Queryable, queryRows } from '#server/db/sql';
import type { JsonRow } from '#server/jsonStream';
import { whereSpanFilters } from '#server/requests/filters';
import { SpanPayloadRow, SpanRow } from './entity.ts';
import { walkTraces } from './groupSources.ts';
import { TRACE_SUMMARIES } from './traceSums.ts';

/** As the entity says; a field of the contract without a column does not compile. The sizes are worked out while a row is encoded. */
const SPAN_TYPES: ColumnTypesOf<keyof Span | 'org_id'> = columnTypesOf(SpanRow, ['size_bytes', 'payload_bytes']);
const SPAN_PAYLOAD_TYPES: ColumnTypesOf<Exclude<keyof SpanDetail, keyof Span>> = columnTypesOf(SpanPayloadRow, [
  'org_id',
  'id',
]);
const spanNames = Object.keys(SPAN_TYPES).join(', ');

/** Bytes of a span as JSON besides its texts: the names of its fields, numbers and times. */
const SPAN_OVERHEAD = 600;
const SIZES = {
  size_bytes: { of: textColumnsOf(SPAN_TYPES), overhead: SPAN_OVERHEAD },
  payload_bytes: { of: textColumnsOf(SPAN_PAYLOAD_TYPES), overhead: 0 },
} as const;

/** A row that was not measured counts as a whole page. */
const PAGE_BYTES = LIMITS.pageBytes;
const BEFORE_ALL = { started_at: '-infinity', id: '00000000-0000-0000-0000-000000000000' };
const UUID_PATTERN = "'^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'";

const SpanWithText = Span.extend({ metadata: z.string().nullable() });
const SpanWithPayload = SpanWithText.extend({
  bytes: z.int(),
  input: z.string().nullable(),
  output: z.string().nullable(),
});
const SPAN_COLUMNS = Object.keys(Span.shape)
  .map((name) => (name === 'metadata' ? 'metadata::text AS metadata' : name))
  .join(', ');

/** Each field that a caller gives has a column of its name. */
const GIVEN_FIELDS: ColumnTypesOf<keyof ParsedSpan> = { ...SPAN_TYPES, ...SPAN_PAYLOAD_TYPES };

/** What the caller says of a span, in its row. */
const GIVEN_TYPES: ColumnTypes = Object.fromEntries(
  Object.entries(GIVEN_FIELDS).filter(
    ([name]) => Object.hasOwn(SpanInput.shape, name) && !Object.hasOwn(SPAN_PAYLOAD_TYPES, name),
  ),
);

const SPAN_DIFFERS = differsSql(GIVEN_TYPES, 'arriving', 'kept');
const PAYLOAD_DIFFERS = differsSql(SPAN_PAYLOAD_TYPES, 'arriving', 'payload');
/** True where an arriving span is not the one that is kept under its id. */
const IS_CONFLICT = `${SPAN_DIFFERS} OR ${PAYLOAD_DIFFERS}`;

/** A span, as it is sent to be stored. */
export const spanRowType = new BinaryRowEncoder<
  Arriving<SpanRow, 'org_id' | 'size_bytes' | 'payload_bytes'> & Arriving<SpanPayloadRow, 'org_id'>
>('arriving_span', { ...SPAN_TYPES, ...SPAN_PAYLOAD_TYPES }, SIZES);

/** Answers the rows that were there already, and whether they say something else. */
export const INSERT_SPANS = {
  name: 'insert_spans',
  type: spanRowType,
  sql: `
  WITH arriving AS MATERIALIZED (
    ${spanRowType.rowsSql} ORDER BY org_id, id
  ), stored AS (
    INSERT INTO spans (${spanNames}, size_bytes, payload_bytes)
    -- Null where nothing is stored apart.
    SELECT ${spanNames}, size_bytes, nullif(payload_bytes, 0) FROM arriving
    ON CONFLICT (org_id, id) DO NOTHING
    RETURNING org_id, id
  ), payloads AS (
    INSERT INTO span_payloads (org_id, id, input, output)
    SELECT org_id, id, input, output FROM arriving JOIN stored USING (org_id, id)
    WHERE input IS NOT NULL OR output IS NOT NULL
  )
  SELECT org_id || '/' || id AS key, (
    SELECT ${IS_CONFLICT} FROM spans kept LEFT JOIN span_payloads payload USING (org_id, id)
    WHERE kept.org_id = arriving.org_id AND kept.id = arriving.id
  ) AS differs FROM arriving
  WHERE NOT EXISTS (SELECT FROM stored WHERE stored.org_id = arriving.org_id AND stored.id = arriving.id)`,
};

/** Writes a batch; returns the rows that were there already, by key. */
export function insertSpans(pool: pg.Pool, rows: readonly EncodedRow[]): Promise<KnownRows> {
  return insertRows(pool, INSERT_SPANS, rows);
}

/** A step of a trace before it is read: which table it is in, and its place in the order of steps. */
const StepKey = z.object({
  kind: z.enum(['span', 'request']),
  id: z.string(),
  started_at: z.string(),
  bytes: z.int(),
});
export type StepKey = z.infer<typeof StepKey>;

/**
 * The keys of a page of steps in the order they began, with the bytes of their rows. Indices `spans_by_trace` and
 * `requests_by_trace`.
 */
export function listStepKeys(
  db: Queryable,
  scope: OrgScope,
  trace_id: string,
  page: { limit: number; position: Position | null },
): Promise<StepKey[]> {
  const { started_at, id } = page.position ?? BEFORE_ALL;
  return queryRows(
    db,
    StepKey,
    `SELECT * FROM (
       (SELECT 'span' AS kind, s.id, s.started_at, coalesce(s.size_bytes, ${PAGE_BYTES}) AS bytes FROM spans s
        WHERE s.org_id = $1 AND s.trace_id = $2 AND (s.started_at, s.id) > ($3::timestamptz, $4::uuid)
        ORDER BY s.started_at, s.id LIMIT $5)
       UNION ALL
       (SELECT 'request', r.id, r.started_at, coalesce(r.summary_bytes, ${PAGE_BYTES}) FROM requests r
        WHERE r.org_id = $1 AND r.trace_id = $2 AND (r.started_at, r.id) > ($3::timestamptz, $4::uuid)
        ORDER BY r.started_at, r.id LIMIT $5)
     ) step ORDER BY started_at, id, kind LIMIT $5`,
    [scope.org_id, trace_id, started_at, id, page.limit],
  );
}

/** Spans by id in any order; their metadata is left as the text that was stored. Primary key. */
export async function readSpans(db: Queryable, scope: OrgScope, ids: readonly string[]): Promise<JsonRow[]> {
  const rows = await queryRows(
    db,
    SpanWithText,
    `SELECT ${SPAN_COLUMNS} FROM spans WHERE org_id = $1 AND id = ANY($2)`,
    [scope.org_id, ids],
  );
  return rows.map(({ metadata, ...fields }) => ({
    id: fields.id,
    fields,
    more: [',"metadata":', metadata ?? 'null'],
  }));
}

/** Spans by id with their input and output, whole and in memory, numbers with their digits. Any order. Primary keys. */
export async function readWholeSpans(db: Queryable, scope: OrgScope, ids: readonly string[]): Promise<SpanDetail[]> {
  const rows = await queryRows(
    db,
    SpanWithPayload,
    `SELECT ${SPAN_COLUMNS}, 0 AS bytes, p.input::text AS input, p.output::text AS output
     FROM spans s LEFT JOIN span_payloads p USING (org_id, id) WHERE org_id = $1 AND id = ANY($2)`,
    [scope.org_id, ids],
  );
  const parse = (json: string | null) => (json === null ? null : (parseExactJson(json) as JsonValue)); // Stored by us.
  return rows.map(({ bytes: _bytes, ...row }) => ({
    ...row,
    metadata: parse(row.metadata) as JsonObject | null, // As it was stored.
    input: parse(row.input),
    output: parse(row.output),
  }));
}

/** Deletes spans by id with their input and output. Primary key. @returns how many. */
export async function deleteSpanRowsById(db: Queryable, scope: OrgScope, ids: readonly string[]): Promise<number> {
  const [row] = await queryRows(
    db,
    z.object({ deleted: z.number() }),
    `WITH gone AS (DELETE FROM spans WHERE org_id = $1 AND id = ANY($2) RETURNING id)
     SELECT count(*) AS deleted FROM gone`,
    [scope.org_id, ids],
  );
  return row?.deleted ?? 0;
}

/** A span with its input and output, which are left as the text that was stored. Null where there is none. Primary keys. */
export async function findSpan(
  db: Queryable,
  scope: OrgScope,
  id: string,
): Promise<{ key: RowKey; row: JsonRow } | null> {
  const [found] = await queryRows(
    db,
    SpanWithPayload,
    `SELECT ${SPAN_COLUMNS}, coalesce(s.size_bytes, ${PAGE_BYTES}) + coalesce(s.payload_bytes, 0) AS bytes,
       p.input::text AS input, p.output::text AS output
     FROM spans s LEFT JOIN span_payloads p USING (org_id, id) WHERE org_id = $1 AND id = $2`,
    [scope.org_id, id],
  );
  if (!found) return null;
  const { metadata, input, output, bytes, ...fields } = found;
  const more = Object.entries({ metadata, input, output }).flatMap(([name, json]) => [`,"${name}":`, json ?? 'null']);
  return { key: { id, started_at: fields.started_at, bytes }, row: { id, fields, more } };
}

/** What is true of all steps of a trace, beyond the totals of its requests. */
const TraceSpan = z.object({
  name: z.string().nullable(),
  started_at: z.string().nullable(),
  latency_ms: z.number().nullable(),
  span_count: z.int(),
  span_errors: z.int(),
});
export type TraceSpan = z.infer<typeof TraceSpan>;

/**
 * The beginning, the end and the spans of a trace; `started_at` is null where it has no step. Its name is that of the
 * first span without a parent in the trace. Indices as above, and the primary key for the parents.
 */
export async function measureTrace(db: Queryable, scope: OrgScope, trace_id: string): Promise<TraceSpan> {
  const [row] = await queryRows(
    db,
    TraceSpan,
    `SELECT min(started_at) AS started_at,
       (extract(epoch FROM max(started_at + latency_ms * interval '1 millisecond') - min(started_at)) * 1000)
         ::double precision AS latency_ms,
       count(*) FILTER (WHERE is_span)::int AS span_count,
       count(*) FILTER (WHERE is_span AND status = 'error')::int AS span_errors,
       (SELECT s.name FROM spans s WHERE s.org_id = $1 AND s.trace_id = $2 AND NOT EXISTS (
          SELECT FROM spans parent WHERE parent.org_id = $1 AND parent.trace_id = $2
            AND parent.id = CASE WHEN s.parent_id ~* ${UUID_PATTERN} THEN s.parent_id::uuid END)
        ORDER BY s.started_at, s.id LIMIT 1) AS name
     FROM (
       SELECT true AS is_span, started_at, latency_ms, status FROM spans WHERE org_id = $1 AND trace_id = $2
       UNION ALL
       SELECT false, started_at, latency_ms, status FROM requests WHERE org_id = $1 AND trace_id = $2
     ) step`,
    [scope.org_id, trace_id],
  );
  if (!row) throw new Error('An aggregate without GROUP BY answers one row.');
  return row;
}

/** The traces whose deciding step is among the next `rows` steps. Indices as `walkTraces` says. */
export async function readTraceWindow(
  db: Queryable,
  scope: OrgScope,
  filters: RequestFilters,
  window: { position: Place | null; rows: number },
): Promise<GroupWindow> {
  const parameters = new Parameters();
  const sql = groupWindowSql(parameters, walkTraces(parameters, scope, filters), window);
  return toWindow(await queryRows(db, GroupWindowRow, sql, parameters.values), window.rows);
}

/** Sums of traces by id, in any order. Indices `spans_by_trace` and `requests_by_trace`. */
export function readTraceSummaries(db: Queryable, scope: OrgScope, ids: readonly string[]): Promise<TraceSummary[]> {
  return queryRows(db, TraceSummary, TRACE_SUMMARIES, [scope.org_id, ids]);
}

export interface SpanBatch {
  /** Only what was stored before this moment. */
  readonly before: string;
  /** The last id of the batch before. */
  readonly after: string | null;
  readonly limit: number;
}

/**
 * Deletes a batch of the spans that a filter matches. A filter by something that spans do not have, such as a model,
 * matches none of them. Primary key, walked once over all batches.
 */
export async function deleteSpanRows(
  db: Queryable,
  scope: OrgScope,
  filters: RequestFilters,
  { before, after, limit }: SpanBatch,
): Promise<{ found: number; after: string | null }> {
  const parameters = new Parameters();
  const where = whereSpanFilters(parameters, scope, filters);
  if (where === null) return { found: 0, after };
  const [row] = await queryRows(
    db,
    z.object({ found: z.number(), last: z.string().nullable() }),
    `WITH matching AS MATERIALIZED (
       SELECT r.org_id, r.id FROM spans r
       WHERE ${where} AND r.created_at < ${parameters.bind(before)}::timestamptz
         AND r.id > ${parameters.bind(after ?? BEFORE_ALL.id)}::uuid
       ORDER BY r.id LIMIT ${parameters.bind(limit)}
     ), gone AS (
       DELETE FROM spans USING matching WHERE spans.org_id = matching.org_id AND spans.id = matching.id RETURNING 1
     ) SELECT (SELECT count(*) FROM matching) AS found, (SELECT id FROM matching ORDER BY id DESC LIMIT 1) AS last`,
    parameters.values,
  );
  return { found: row?.found ?? 0, after: row?.last ?? after };
}
