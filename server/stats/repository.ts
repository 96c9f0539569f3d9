/** All SQL of totals and series. */
import { z } from 'zod';
import { StatsTotals } from '#shared/stats';
import type { OrgScope } from '#server/auth/orgScope';
import { Parameters, type Queryable, queryRows } from '#server/db/sql';
import { type FoundFilters, whereFilters } from '#server/requests/filters';
import { HISTOGRAM_DIFFERENCES, sumDifferencesSql } from './checkRollups.ts';

/** Totals of everything, from the sums by day: a few thousand rows however many requests there are. Primary key. */
export async function sumDays(db: Queryable, scope: OrgScope): Promise<StatsTotals> {
  const rows = await queryRows(
    db,
    StatsTotals,
    `SELECT coalesce(sum(requests), 0)::bigint AS requests,
       coalesce(sum(requests) FILTER (WHERE status = 'error'), 0)::bigint AS errors,
       coalesce(sum(input_tokens), 0)::bigint AS input_tokens,
       coalesce(sum(output_tokens), 0)::bigint AS output_tokens,
       coalesce(sum(input_tokens + output_tokens), 0)::bigint AS total_tokens,
       trim_scale(coalesce(sum(cost_usd), 0))::text AS cost_usd,
       coalesce(sum(unpriced_requests), 0)::bigint AS unpriced_requests,
       (sum(latency_us) / nullif(sum(latency_reported), 0) / 1000)::double precision AS avg_latency_ms
     FROM request_days WHERE org_id = $1`,
    [scope.org_id],
  );
  return firstRow(rows);
}

/** Totals of what a filter lets through, from the requests themselves. Index as the list's. */
export async function sumRequests(db: Queryable, scope: OrgScope, filters: FoundFilters): Promise<StatsTotals> {
  const parameters = new Parameters();
  const rows = await queryRows(
    db,
    StatsTotals,
    `SELECT count(*)::bigint AS requests,
       count(*) FILTER (WHERE r.status = 'error')::bigint AS errors,
       coalesce(sum(r.input_tokens), 0)::bigint AS input_tokens,
       coalesce(sum(r.output_tokens), 0)::bigint AS output_tokens,
       (coalesce(sum(r.input_tokens), 0) + coalesce(sum(r.output_tokens), 0))::bigint AS total_tokens,
       trim_scale(coalesce(sum(r.cost_usd), 0))::text AS cost_usd,
       count(*) FILTER (WHERE r.cost_usd IS NULL)::bigint AS unpriced_requests,
       (sum((r.latency_ms * 1000)::bigint) / nullif(count(r.latency_ms), 0) / 1000)::double precision AS avg_latency_ms
     FROM requests r WHERE ${whereFilters(parameters, scope, filters)}`,
    parameters.values,
  );
  return firstRow(rows);
}

/** Where a rollup says something else than the requests. */
export const RollupDifference = z.object({
  rollup: z.string(),
  starts_at: z.string(),
  key: z.string(),
  /** What the requests say, and what the rollup says; null where there is nothing. */
  counted: z.string().nullable(),
  kept: z.string().nullable(),
});
export type RollupDifference = z.infer<typeof RollupDifference>;

/** Works out all rollups of an organization again, and answers the first differences. Reads every request. */
export async function findRollupDifferences(db: Queryable, scope: OrgScope): Promise<RollupDifference[]> {
  const found: RollupDifference[] = [];
  // Each statement sees one moment, with the writes that were committed in it: rows and sums are written together.
  for (const sql of ROLLUP_DIFFERENCES) found.push(...(await queryRows(db, RollupDifference, sql, [scope.org_id])));
  return found;
}

const ROLLUP_DIFFERENCES = [
  sumDifferencesSql('request_hours', 'hour'),
  sumDifferencesSql('request_days', 'day'),
  HISTOGRAM_DIFFERENCES,
];

function firstRow(rows: StatsTotals[]): StatsTotals {
  const [row] = rows;
  if (!row) throw new Error('An aggregate without GROUP BY answers one row.');
  return row;
}
