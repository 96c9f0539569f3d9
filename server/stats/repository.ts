/** All SQL of totals and series. */
import type { RequestFilters } from '#shared/request';
import { StatsTotals } from '#shared/stats';
import type { OrgScope } from '#server/auth/orgScope';
import { Parameters, type Queryable, queryRows } from '#server/db/sql';
import { whereFilters } from '#server/requests/filters';

/** Totals of everything, from the hourly sums: a few thousand rows however many requests there are. Primary key. */
export async function sumHours(db: Queryable, scope: OrgScope): Promise<StatsTotals> {
  const rows = await queryRows(
    db,
    StatsTotals,
    `SELECT coalesce(sum(requests), 0)::bigint AS requests,
       coalesce(sum(errors), 0)::bigint AS errors,
       coalesce(sum(input_tokens), 0)::bigint AS input_tokens,
       coalesce(sum(output_tokens), 0)::bigint AS output_tokens,
       coalesce(sum(input_tokens + output_tokens), 0)::bigint AS total_tokens,
       trim_scale(coalesce(sum(cost_usd), 0))::text AS cost_usd,
       coalesce(sum(unpriced_requests), 0)::bigint AS unpriced_requests,
       sum(latency_ms_sum) / nullif(sum(latency_ms_count), 0)::double precision AS avg_latency_ms
     FROM request_hours WHERE org_id = $1`,
    [scope.org_id],
  );
  return firstRow(rows);
}

/** Totals of what a filter lets through, from the requests themselves. Index as the list's. */
export async function sumRequests(db: Queryable, scope: OrgScope, filters: RequestFilters): Promise<StatsTotals> {
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
       avg(r.latency_ms) AS avg_latency_ms
     FROM requests r WHERE ${whereFilters(parameters, scope, filters)}`,
    parameters.values,
  );
  return firstRow(rows);
}

function firstRow(rows: StatsTotals[]): StatsTotals {
  const [row] = rows;
  if (!row) throw new Error('An aggregate without GROUP BY answers one row.');
  return row;
}
