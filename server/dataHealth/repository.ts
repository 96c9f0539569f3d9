/** All SQL of data health. */
import { z } from 'zod';
import { Instant } from '#shared/primitives';
import type { AdminScope, OrgScope } from '#server/auth/orgScope';
import { type Queryable, queryRows } from '#server/db/sql';

/** So much came in, in the hour that begins at `hour`. */
export interface CountedHour {
  readonly org_id: string;
  readonly hour: string;
  readonly source: string;
  readonly reason: string;
  readonly count: number;
}

/** Adds counts of any organizations; those of one that is gone are left out. Sorted, so that two servers lock in one order. */
export async function addHealthCounts(
  db: Queryable,
  _admin: AdminScope,
  counts: readonly CountedHour[],
): Promise<void> {
  await db.query(
    `INSERT INTO data_health_hours AS kept (org_id, hour, source, reason, count)
     SELECT added.org_id, added.hour, added.source, added.reason, sum(added.count)
     FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::bigint[])
       AS added (org_id, hour, source, reason, count)
     JOIN organizations o ON o.id = added.org_id
     GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
     ON CONFLICT (org_id, hour, source, reason) DO UPDATE SET count = kept.count + excluded.count`,
    [
      counts.map(({ org_id }) => org_id),
      counts.map(({ hour }) => hour),
      counts.map(({ source }) => source),
      counts.map(({ reason }) => reason),
      counts.map(({ count }) => count),
    ],
  );
}

/** Rows of one statement that forgets. */
const FORGOTTEN_ROWS = 10_000;

/** Forgets the hours before one, part by part: a statement that takes long would hold up those who add. */
export async function forgetHealthCounts(db: Queryable, _admin: AdminScope, before: string): Promise<void> {
  for (let gone = FORGOTTEN_ROWS; gone === FORGOTTEN_ROWS;) {
    const [row] = await queryRows(
      db,
      z.object({ rows: z.int() }),
      `WITH gone AS (
         DELETE FROM data_health_hours WHERE ctid = ANY(ARRAY(
           SELECT ctid FROM data_health_hours WHERE hour < $1 LIMIT ${FORGOTTEN_ROWS})) RETURNING 1
       ) SELECT count(*) AS rows FROM gone`,
      [before],
    );
    gone = row?.rows ?? 0;
  }
}

const HealthRow = z.object({ hour: Instant, source: z.string(), reason: z.string(), count: z.int() });
export type HealthRow = z.infer<typeof HealthRow>;

/** What was counted from an hour on. Primary key. */
export function listHealthCounts(db: Queryable, scope: OrgScope, from: string): Promise<HealthRow[]> {
  return queryRows(
    db,
    HealthRow,
    'SELECT hour, source, reason, count FROM data_health_hours WHERE org_id = $1 AND hour >= $2 ORDER BY hour',
    [scope.org_id, from],
  );
}

const RequestHour = z.object({ hour: Instant, requests: z.int(), without_usage: z.int(), without_price: z.int() });
export type RequestHour = z.infer<typeof RequestHour>;

/** Model calls by the hour in which they began, from the rollup. Primary key. */
export function listRequestHours(
  db: Queryable,
  scope: OrgScope,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<RequestHour[]> {
  return queryRows(
    db,
    RequestHour,
    `SELECT hour, sum(requests)::bigint AS requests,
       sum(requests - least(input_reported, output_reported))::bigint AS without_usage,
       sum(unpriced_requests)::bigint AS without_price
     FROM request_hours WHERE org_id = $1 AND hour >= $2 AND hour <= $3 GROUP BY hour HAVING sum(requests) > 0 ORDER BY hour`,
    [scope.org_id, from, to],
  );
}

const Waiting = z.object({ spans: z.int(), log_records: z.int() });

/** What waits for other spans now. Primary key. */
export async function countWaiting(db: Queryable, scope: OrgScope): Promise<z.infer<typeof Waiting>> {
  const [row] = await queryRows(
    db,
    Waiting,
    `SELECT count(*) FILTER (WHERE kind = 'span') AS spans, count(*) FILTER (WHERE kind = 'event') AS log_records
     FROM otlp_waiting WHERE org_id = $1 AND NOT is_used`,
    [scope.org_id],
  );
  return row ?? { spans: 0, log_records: 0 };
}
