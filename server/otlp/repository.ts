/** All SQL of what waits for others, and of putting a trace in order. */
import type pg from 'pg';
import { z } from 'zod';
import { parseExactJson } from '#shared/exactJson';
import { ApiKeyId, Instant, type JsonObject, OrgId } from '#shared/primitives';
import type { AdminScope, OrgScope } from '#server/auth/orgScope';
import { BinaryRowEncoder, type EncodedRow } from '#server/db/binaryRowEncoder';
import { type Arriving, columnTypesOf } from '#server/db/entityColumns';
import { insertRows, type KnownRows } from '#server/db/insertRows';
import { ADVISORY_LOCKS, type Queryable, queryRows } from '#server/db/sql';
import { OtlpWaitingRow } from './entity.ts';

const WAITING_TYPES = columnTypesOf(OtlpWaitingRow, ['content_bytes']);
const SIZES = { content_bytes: { of: ['content'], overhead: 0 } } as const;
const waitingNames = Object.keys({ ...WAITING_TYPES, ...SIZES }).join(', ');

/** What waits, as it is sent to be stored. */
export type ArrivingWaiting = Arriving<OtlpWaitingRow, 'org_id' | 'content_bytes'>;
export const waitingRowType = new BinaryRowEncoder<ArrivingWaiting>('arriving_waiting', WAITING_TYPES, SIZES);

/** Answers the rows that were there already, and whether they say something else. */
export const INSERT_WAITING = {
  name: 'insert_waiting',
  type: waitingRowType,
  sql: `
  WITH arriving AS MATERIALIZED (
    ${waitingRowType.rowsSql} ORDER BY org_id, id
  ), stored AS (
    INSERT INTO otlp_waiting (${waitingNames}) SELECT ${waitingNames} FROM arriving
    ON CONFLICT (org_id, id) DO NOTHING
    RETURNING org_id, id
  )
  SELECT org_id || '/' || id AS key, kind = 'span' AND (
    SELECT kept.content::text <> arriving.content::text FROM otlp_waiting kept
    WHERE kept.org_id = arriving.org_id AND kept.id = arriving.id
  ) AS differs FROM arriving
  WHERE NOT EXISTS (SELECT FROM stored WHERE stored.org_id = arriving.org_id AND stored.id = arriving.id)`,
};

/** Writes a batch; returns the rows that were there already, by key. */
export function insertWaiting(pool: pg.Pool, rows: readonly EncodedRow[]): Promise<KnownRows> {
  return insertRows(pool, INSERT_WAITING, rows);
}

/** Rows of each table that are read of one trace: the latest. What a longer trace has before them is not looked at. */
const TRACE_ROWS = 10_000;

const KnownNode = z.object({
  /** Where it is stored; `event`: a log record that is not yet part of its call. */
  place: z.enum(['request', 'span', 'waiting', 'event']),
  /** Of the span; of an event that of its span. */
  id: z.string(),
  parent_id: z.string().nullable(),
  endpoint: z.string().nullable(),
  /** Of a request alone: its trace, which answer it has, when it began, and how long it took. */
  trace_id: z.string().nullable(),
  provider_request_id: z.string().nullable(),
  start_ms: z.number().nullable(),
  latency_ms: z.number().nullable(),
  /** Of a step alone. */
  kind: z.string().nullable(),
});
export type KnownNode = z.infer<typeof KnownNode>;

const ANSWER_COLUMNS =
  'trace_id, provider_request_id, (extract(epoch FROM started_at) * 1000)::double precision AS start_ms, latency_ms';

/**
 * What is known of the spans of traces, in any order. Indices `requests_by_trace`, `spans_by_trace` and
 * `otlp_waiting_by_trace`.
 */
export async function readKnownNodes(
  db: Queryable,
  scope: OrgScope,
  traceIds: readonly string[],
): Promise<KnownNode[]> {
  const nodes = await queryRows(
    db,
    KnownNode,
    `(SELECT 'request' AS place, id, parent_id, endpoint, ${ANSWER_COLUMNS}, NULL AS kind FROM requests
      WHERE org_id = $1 AND trace_id = ANY($2) LIMIT ${TRACE_ROWS})
     UNION ALL
     (SELECT 'span', id, parent_id, NULL, NULL, NULL, NULL, NULL, kind FROM spans WHERE org_id = $1 AND trace_id = ANY($2) LIMIT ${TRACE_ROWS})
     UNION ALL
     (SELECT CASE kind WHEN 'span' THEN 'waiting' ELSE 'event' END, span_id, parent_id, NULL, NULL, NULL, NULL, NULL, NULL
      FROM otlp_waiting
      WHERE org_id = $1 AND trace_id = ANY($2) AND NOT is_used LIMIT ${TRACE_ROWS})`,
    [scope.org_id, traceIds],
  );
  return nodes.length < TRACE_ROWS ? nodes : readLongTraces(db, scope, traceIds);
}

/** Rows of all traces of an export together, where they are long: each has its share. */
const LONG_TRACES_ROWS = 60_000;

/** The same where there is much: of each trace the latest. A look into three indices for each of them. */
function readLongTraces(db: Queryable, scope: OrgScope, traceIds: readonly string[]): Promise<KnownNode[]> {
  return queryRows(
    db,
    KnownNode,
    `SELECT node.* FROM unnest($2::text[]) AS asked (trace_id) CROSS JOIN LATERAL (
       (SELECT 'request' AS place, r.id, r.parent_id, r.endpoint, ${ANSWER_COLUMNS}, NULL AS kind FROM requests r
        WHERE r.org_id = $1 AND r.trace_id = asked.trace_id
        ORDER BY r.started_at DESC, r.id DESC LIMIT $3)
       UNION ALL
       (SELECT 'span', s.id, s.parent_id, NULL, NULL, NULL, NULL, NULL, s.kind FROM spans s
        WHERE s.org_id = $1 AND s.trace_id = asked.trace_id
        ORDER BY s.started_at DESC, s.id DESC LIMIT $3)
       UNION ALL
       (SELECT CASE w.kind WHEN 'span' THEN 'waiting' ELSE 'event' END, w.span_id, w.parent_id, NULL, NULL, NULL, NULL, NULL, NULL
        FROM otlp_waiting w WHERE w.org_id = $1 AND w.trace_id = asked.trace_id AND NOT w.is_used
        LIMIT $3)
     ) node`,
    [scope.org_id, traceIds, Math.min(TRACE_ROWS, Math.ceil(LONG_TRACES_ROWS / traceIds.length))],
  );
}

/** Ids of spans, by where they were stored. */
export type StoredIds = Readonly<Record<'request' | 'span' | 'waiting', readonly string[]>>;

/**
 * True where something is known of traces besides what was just stored of them. An export of traces of its own, which is the
 * usual one, is not read back. The same indices.
 */
export async function hasOtherNodes(
  db: Queryable,
  scope: OrgScope,
  traceIds: readonly string[],
  stored: StoredIds,
): Promise<boolean> {
  const [answer] = await queryRows(
    db,
    z.object({ has_others: z.boolean() }),
    `SELECT EXISTS (SELECT FROM requests WHERE org_id = $1 AND trace_id = ANY($2) AND id <> ALL($3::uuid[]))
       OR EXISTS (SELECT FROM spans WHERE org_id = $1 AND trace_id = ANY($2) AND id <> ALL($4::uuid[]))
       OR EXISTS (SELECT FROM otlp_waiting WHERE org_id = $1 AND trace_id = ANY($2) AND NOT is_used
                  AND (kind <> 'span' OR span_id <> ALL($5::uuid[]))) AS has_others`,
    [scope.org_id, traceIds, stored.request, stored.span, stored.waiting],
  );
  return answer?.has_others ?? true;
}

const LOCK = ADVISORY_LOCKS.traces;

/** Until the transaction ends nobody else puts traces of this organization in order. */
export async function lockTraces(tx: Queryable, scope: OrgScope): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(${LOCK}, hashtext($1))`, [scope.org_id]);
}

const WaitingContent = z.object({
  id: z.string(),
  span_id: z.string(),
  api_key_id: ApiKeyId.nullable(),
  created_at: Instant,
  is_used: z.boolean(),
  content: z.string(),
});
export type WaitingContent = Omit<z.infer<typeof WaitingContent>, 'content'> & { readonly content: JsonObject };

/** What waits of spans: themselves, or all log records of them. Index `otlp_waiting_by_trace`, since a span is of one trace. */
export async function readWaiting(
  db: Queryable,
  scope: OrgScope,
  kind: 'span' | 'event',
  { traceIds, spanIds }: { readonly traceIds: readonly string[]; readonly spanIds: readonly string[] },
): Promise<WaitingContent[]> {
  if (spanIds.length === 0) return [];
  const rows = await queryRows(
    db,
    WaitingContent,
    `SELECT id, span_id, api_key_id, created_at, is_used, content::text AS content FROM otlp_waiting
     WHERE org_id = $1 AND trace_id = ANY($2) AND kind = $3 AND span_id = ANY($4)`,
    [scope.org_id, traceIds, kind, spanIds],
  );
  return rows.map((row) => ({ ...row, content: parseExactJson(row.content) as JsonObject })); // As we stored it.
}

/** Log records that are part of their calls by now; they stay for those that come later. */
export async function markUsed(tx: Queryable, scope: OrgScope, ids: readonly string[]): Promise<void> {
  await tx.query('UPDATE otlp_waiting SET is_used = true WHERE org_id = $1 AND id = ANY($2)', [scope.org_id, ids]);
}

/** Primary key. */
export async function deleteWaiting(tx: Queryable, scope: OrgScope, ids: readonly string[]): Promise<void> {
  await tx.query('DELETE FROM otlp_waiting WHERE org_id = $1 AND id = ANY($2)', [scope.org_id, ids]);
}

const Held = z.object({ rows: z.int(), bytes: z.int() });
export type Held = z.infer<typeof Held>;

/** How much of an organization waits. Index `otlp_waiting_by_time`. */
export async function sumWaiting(db: Queryable, scope: OrgScope): Promise<Held> {
  const [held] = await queryRows(
    db,
    Held,
    `SELECT count(*) AS rows, coalesce(sum(content_bytes), 0)::bigint AS bytes FROM otlp_waiting WHERE org_id = $1`,
    [scope.org_id],
  );
  return held ?? { rows: 0, bytes: 0 };
}

const Arrived = Held.extend({ org_id: OrgId });
export type Arrived = z.infer<typeof Arrived>;

/**
 * The organizations of which something waits, each with how much of that came since a moment: as many steps in the index
 * `otlp_waiting_by_time` as there are organizations, and what came.
 */
export function sumArrived(db: Queryable, _admin: AdminScope, since: string): Promise<Arrived[]> {
  return queryRows(
    db,
    Arrived,
    `WITH RECURSIVE waiting (org_id) AS (
       (SELECT org_id FROM otlp_waiting ORDER BY org_id LIMIT 1)
       UNION ALL
       SELECT (SELECT next.org_id FROM otlp_waiting next WHERE next.org_id > waiting.org_id ORDER BY next.org_id LIMIT 1)
       FROM waiting WHERE waiting.org_id IS NOT NULL
     )
     SELECT waiting.org_id, came.rows, came.bytes FROM waiting CROSS JOIN LATERAL (
       SELECT count(*) AS rows, coalesce(sum(w.content_bytes), 0)::bigint AS bytes FROM otlp_waiting w
       WHERE w.org_id = waiting.org_id AND w.created_at >= $1
     ) came WHERE waiting.org_id IS NOT NULL`,
    [since],
  );
}

/** Rows of one statement that forgets. */
const FORGOTTEN_ROWS = 1_000;

/**
 * Forgets the oldest of what waits: what came before a moment, or, without one, the next rows. What was never used is
 * counted as dropped, in the hour in which it came and in the same statement. Index `otlp_waiting_by_time`.
 * @returns how many rows are gone, and their bytes.
 */
export async function forgetWaiting(db: Queryable, scope: OrgScope, before: string | null): Promise<Held> {
  const [row] = await queryRows(
    db,
    Held,
    `WITH oldest AS MATERIALIZED (
       SELECT org_id, id FROM otlp_waiting WHERE org_id = $1 AND ($2::timestamptz IS NULL OR created_at < $2::timestamptz)
       ORDER BY created_at LIMIT ${FORGOTTEN_ROWS} FOR UPDATE SKIP LOCKED
     ), gone AS (
       DELETE FROM otlp_waiting w USING oldest WHERE w.org_id = oldest.org_id AND w.id = oldest.id
       RETURNING w.org_id, w.kind, w.is_used, w.created_at, w.content_bytes
     ), counted AS (
       INSERT INTO data_health_hours AS kept (org_id, hour, source, reason, count)
       SELECT org_id, date_trunc('hour', created_at, 'UTC'), CASE kind WHEN 'span' THEN 'otlp_spans' ELSE 'otlp_logs' END,
         CASE WHEN $2::timestamptz IS NULL THEN 'dropped.too_much_waiting'
              WHEN kind = 'span' THEN 'dropped.no_ai_work' ELSE 'dropped.log_without_span' END, count(*)
       FROM gone WHERE NOT is_used GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
       ON CONFLICT (org_id, hour, source, reason) DO UPDATE SET count = kept.count + excluded.count
     ) SELECT count(*) AS rows, coalesce(sum(content_bytes), 0)::bigint AS bytes FROM gone`,
    [scope.org_id, before],
  );
  return row ?? { rows: 0, bytes: 0 };
}
