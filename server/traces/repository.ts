/** All SQL of traces: the table of spans, and the requests that share a trace id. */
import type pg from 'pg';
import { RequestSummary } from '#shared/request';
import { Span } from '#shared/trace';
import type { OrgScope } from '#server/auth/orgScope';
import { type Queryable, queryRows, toJsonArray } from '#server/db/sql';
import { SUMMARY_COLUMNS } from '#server/requests/columns';

const SPAN_TYPES: Readonly<Record<string, string>> = {
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
const recordType = Object.entries(SPAN_TYPES)
  .map(([name, type]) => `${name} ${type}`)
  .join(', ');

const INSERT_BATCH = `
  INSERT INTO spans (${spanNames})
  SELECT ${spanNames} FROM json_to_recordset($1::json) AS row (${recordType}) ORDER BY org_id, id
  ON CONFLICT (org_id, id) DO NOTHING
  RETURNING org_id || '/' || id AS key`;

/** A span on its way into the table, as RequestRecord is for a request. */
export interface SpanRecord {
  readonly tenant: string;
  /** `org_id/id`. */
  readonly key: string;
  readonly bytes: number;
  readonly json: Buffer;
}

/** The only way to make a record: it binds the span to the scope it arrived under. */
export function toSpanRecord(scope: OrgScope, span: Span): SpanRecord {
  const json = Buffer.from(JSON.stringify({ ...span, org_id: scope.org_id }));
  return { tenant: scope.org_id, key: `${scope.org_id}/${span.id}`, bytes: json.length, json };
}

/** Writes a batch; returns the keys of the rows that are new. */
export async function insertSpans(pool: pg.Pool, records: readonly SpanRecord[]): Promise<ReadonlySet<string>> {
  const { rows } = await pool.query<{ key: string }>({
    name: 'insert-spans',
    text: INSERT_BATCH,
    values: [toJsonArray(records.map((record) => record.json))],
  });
  return new Set(rows.map((row) => row.key));
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
