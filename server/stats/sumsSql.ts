/** SQL that reads the rollups: relations `r` of sums, with the names that requests have, so that one filter serves both. */
import type { OrgScope } from '#server/auth/orgScope';
import type { Parameters } from '#server/db/sql';
import { whereFilters } from '#server/requests/filters';
import { querySql } from '#server/requests/querySql';
import { BUCKET_GROWTH, bucketSql, DIMENSIONS, MEASURES, OTHER, TTFT_BUCKETS } from './rollUp.ts';
import type { StatsFilter } from './statsFilter.ts';
import { splitRange, type TimeRange } from './timeRange.ts';

const NAMES = Object.keys(MEASURES);

/** The condition on `r`, without time. */
export function whereAsked(parameters: Parameters, scope: OrgScope, { plain, terms }: StatsFilter): string {
  return [whereFilters(parameters, scope, plain), ...terms.map((term) => querySql(parameters, scope, term))].join(
    ' AND ',
  );
}

/** The condition that a time lies in one of the ranges. */
export function whereIn(parameters: Parameters, column: string, ranges: readonly TimeRange[]): string {
  const bind = (time: number) => `${parameters.bind(new Date(time).toISOString())}::timestamptz`;
  const conditions = ranges.map(({ from, to }) =>
    [
      'true',
      ...(from === null ? [] : [`${column} >= ${bind(from)}`]),
      ...(to === null ? [] : [`${column} < ${bind(to)}`]),
    ].join(' AND '),
  );
  return conditions.length === 0 ? 'false' : `(${conditions.join(' OR ')})`;
}

/**
 * Rows `r` with a time `at`, the dimensions and the sums, of which a filter on dimensions is answered exactly: from whole
 * days and hours, and at the ends from the requests themselves.
 */
export function sumsSql(parameters: Parameters, scope: OrgScope, filter: StatsFilter, finest: 'day' | 'hour'): string {
  const { days, hours, rest } = splitRange(filter, finest);
  const org = parameters.bind(scope.org_id);
  const rollup = (table: string, time: string, ranges: readonly TimeRange[]) =>
    ranges.map(
      (range) => `SELECT org_id, ${time} AS at, provider, model, nullif(prompt_slug, '') AS prompt_slug,
         nullif(environment, '') AS environment, status, ${NAMES.join(', ')}
       FROM ${table} WHERE org_id = ${org} AND ${whereIn(parameters, time, [range])}`,
    );
  const parts = [
    ...rollup('request_days', 'day', days),
    ...rollup('request_hours', 'hour', hours),
    ...rest.map(
      (range) => `SELECT org_id, date_trunc('hour', started_at, 'UTC') AS at, ${DIMENSIONS.join(', ')},
         ${NAMES.map((name) => `${MEASURES[name]} AS ${name}`).join(', ')}
       FROM requests WHERE org_id = ${org} AND ${whereIn(parameters, 'started_at', [range])} GROUP BY 1, 2, 3, 4, 5, 6, 7`,
    ),
  ];
  // Without any range there is still a relation.
  if (parts.length === 0) parts.push(...rollup('request_days', 'day', [{ from: 0, to: 0 }]));
  return `(${parts.join(' UNION ALL ')}) r`;
}

/** True where a day of the range counts some of these dimensions together, so that a single value cannot be told. */
export function hasOtherSql(
  parameters: Parameters,
  scope: OrgScope,
  filter: StatsFilter,
  dimensions: ReadonlySet<string>,
): string {
  const names = DIMENSIONS.filter((name) => dimensions.has(name) && name !== 'status');
  const DAY_MS = 86_400_000;
  const range = { from: filter.from === null ? null : filter.from - DAY_MS, to: filter.to };
  return `EXISTS (SELECT FROM request_days WHERE org_id = ${parameters.bind(scope.org_id)}
    AND ${whereIn(parameters, 'day', [range])} AND (${names.map((name) => `${name} = '${OTHER}'`).join(' OR ') || 'false'}))`;
}

/** Rows of a time `at`, a `bucket` and how many requests fell into it; those of first tokens lie above the others. */
export function bucketsSql(
  parameters: Parameters,
  scope: OrgScope,
  filter: StatsFilter,
  finest: 'day' | 'hour',
): string {
  const { days, hours, rest } = splitRange(filter, finest);
  const org = parameters.bind(scope.org_id);
  const kept = (grain: 'day' | 'hour', ranges: readonly TimeRange[]) =>
    ranges.map(
      (
        range,
      ) => `SELECT starts_at AS at, held.bucket, held.n FROM request_histograms, unnest(buckets, counts) AS held (bucket, n)
       WHERE org_id = ${org} AND grain = '${grain}' AND ${whereIn(parameters, 'starts_at', [range])}`,
    );
  const ofRows = rest.map(
    (range) => `SELECT started_at AS at, held.bucket, 1 FROM requests CROSS JOIN LATERAL (
         VALUES (${bucketSql('latency_ms')}), (${bucketSql('ttft_ms')} + ${TTFT_BUCKETS}::smallint)) AS held (bucket)
       WHERE org_id = ${org} AND ${whereIn(parameters, 'started_at', [range])} AND held.bucket IS NOT NULL
         AND (held.bucket >= ${TTFT_BUCKETS} AND ttft_ms IS NOT NULL OR held.bucket < ${TTFT_BUCKETS} AND latency_ms IS NOT NULL)`,
  );
  const parts = [...kept('day', days), ...kept('hour', hours), ...ofRows];
  return parts.join(' UNION ALL ') || 'SELECT now() AS at, 0::smallint AS bucket, 0 AS n WHERE false';
}

/** The condition on requests `r` themselves. */
export function whereLatest(parameters: Parameters, scope: OrgScope, filter: StatsFilter): string {
  return `${whereAsked(parameters, scope, filter)} AND ${whereIn(parameters, 'r.started_at', [filter])}`;
}

/** The beginning of the bucket that a time is in: whole days of UTC, and weeks from Monday. */
export function binSql(parameters: Parameters, column: string, bucketMs: number): string {
  return `date_bin(make_interval(secs => ${parameters.bind(bucketMs / 1_000)}::float8), ${column}, '2001-01-01T00:00:00Z'::timestamptz)`;
}

/** The middle of the first bucket at which a `part` of all has come together, in milliseconds. */
const middleSql = (condition: string) =>
  `power(${BUCKET_GROWTH}::float8, min(bucket) FILTER (WHERE ${condition}) + 0.5)`;

/** Over rows of a `bucket`, the `part` up to it, and whether it `is_latency`. */
export const PERCENTILES = `
  ${middleSql('is_latency AND part >= 0.5')} AS p50_latency_ms,
  ${middleSql('is_latency AND part >= 0.95')} AS p95_latency_ms,
  ${middleSql('is_latency AND part >= 0.99')} AS p99_latency_ms,
  ${middleSql('NOT is_latency AND part >= 0.5')} AS p50_ttft_ms,
  ${middleSql('NOT is_latency AND part >= 0.95')} AS p95_ttft_ms`;

/** Over rows of a `bucket` and the `part` up to it. */
export const PERCENTILES_OF_BUCKETS = `
  ${middleSql('part >= 0.5')} AS p50_latency_ms, ${middleSql('part >= 0.95')} AS p95_latency_ms`;
