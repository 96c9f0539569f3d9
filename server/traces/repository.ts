/** All SQL of traces: the table of spans, and the requests that share a trace id. */
import type pg from 'pg';
import { RequestSummary } from '#shared/request';
import { Span, SpanInput } from '#shared/trace';
import type { OrgScope } from '#server/auth/orgScope';
import { insertRows, type KnownRows } from '#server/db/insertRows';
import { type ColumnTypes, type EncodedRow, RowType } from '#server/db/rowType';
import { differsSql, type Queryable, queryRows } from '#server/db/sql';
import { SUMMARY_COLUMNS } from '#server/requests/columns';

const SPAN_TYPES: ColumnTypes = {
  org_id: 'uuid',
  id: 'uuid',
  trace_id: 'text',
  parent_id: 'text',
  name: 'text',
  started_at: 'timestamptz',
  created_at: 'timestamptz',
  latency_ms: 'double precision',
  status: 'text',
  error: 'json',
  user_id: 'text',
  session_id: 'text',
  environment: 'text',
  release: 'text',
  tags: 'jsonb',
  metadata: 'json',
};
const spanNames = Object.keys(SPAN_TYPES).join(', ');

/** What the caller says of a span. */
const GIVEN_TYPES: ColumnTypes = Object.fromEntries(
  Object.entries(SPAN_TYPES).filter(([name]) => Object.hasOwn(SpanInput.shape, name)),
);

/** True where an arriving span is not the one that is kept under its id. */
const IS_CONFLICT = differsSql(GIVEN_TYPES, 'arriving', 'kept');

/** A span, as it is sent to be stored. */
export const spanRowType = new RowType('arriving_span', SPAN_TYPES);

/** Answers the rows that were there already, and whether they say something else. */
const INSERT_SPANS = {
  name: 'insert_spans',
  type: spanRowType,
  sql: `
  WITH arriving AS MATERIALIZED (
    ${spanRowType.rowsSql} ORDER BY org_id, id
  ), stored AS (
    INSERT INTO spans (${spanNames}) SELECT ${spanNames} FROM arriving
    ON CONFLICT (org_id, id) DO NOTHING
    RETURNING org_id, id
  )
  SELECT org_id || '/' || id AS key, (
    SELECT ${IS_CONFLICT} FROM spans kept
    WHERE kept.org_id = arriving.org_id AND kept.id = arriving.id
  ) AS differs FROM arriving
  WHERE NOT EXISTS (SELECT FROM stored WHERE stored.org_id = arriving.org_id AND stored.id = arriving.id)`,
};

/** Writes a batch; returns the rows that were there already, by key. */
export function insertSpans(pool: pg.Pool, rows: readonly EncodedRow[]): Promise<KnownRows> {
  return insertRows(pool, INSERT_SPANS, rows, 0);
}

/** The steps of a trace in the order they began. Index `spans_by_trace`. */
export function listSpans(db: Queryable, scope: OrgScope, trace_id: string, limit: number): Promise<Span[]> {
  return queryRows(
    db,
    Span,
    `SELECT ${Object.keys(Span.shape).join(', ')} FROM spans
     WHERE org_id = $1 AND trace_id = $2 ORDER BY started_at, id LIMIT $3`,
    [scope.org_id, trace_id, limit],
  );
}

/** The requests of a trace in the order they began. Index `requests_by_trace`. */
export function listTraceRequests(
  db: Queryable,
  scope: OrgScope,
  trace_id: string,
  limit: number,
): Promise<RequestSummary[]> {
  return queryRows(
    db,
    RequestSummary,
    `SELECT ${SUMMARY_COLUMNS} FROM requests r
     WHERE r.org_id = $1 AND r.trace_id = $2 ORDER BY r.started_at, r.id LIMIT $3`,
    [scope.org_id, trace_id, limit],
  );
}
