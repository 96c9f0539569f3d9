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

/** How the time is told apart: whole days or hours, and where buckets begin that are neither. */
export interface Grain {
  readonly finest: 'day' | 'hour';
  readonly edges?: readonly number[];
}

/**
 * Rows `r` with a time `at`, the dimensions and the sums, of which a filter on dimensions is answered exactly: from whole
 * days and hours, and at the ends from the requests themselves.
 */
export function sumsSql(parameters: Parameters, scope: OrgScope, filter: StatsFilter, grain: Grain): string {
  const { days, hours, exceptHours, rest } = splitRange(filter, grain.finest, grain.edges);
  const org = parameters.bind(scope.org_id);
  const rollup = (table: string, time: string, ranges: readonly TimeRange[], except = '') =>
    ranges.map(
      (range) => `SELECT org_id, ${time} AS at, provider, model, nullif(prompt_slug, '') AS prompt_slug,
         nullif(environment, '') AS environment, status, ${NAMES.join(', ')}
       FROM ${table} WHERE org_id = ${org} AND ${whereIn(parameters, time, [range])}${except}`,
    );
  const parts = [
    ...rollup('request_days', 'day', days),
    ...rollup('request_hours', 'hour', hours, exceptSql(parameters, 'hour', exceptHours)),
  ];
  if (rest.length > 0) {
    parts.push(`SELECT inside.* FROM ${spansSql(parameters, rest)} CROSS JOIN LATERAL (
      SELECT org_id, span.since AS at, ${DIMENSIONS.join(', ')},
        ${Object.entries(MEASURES)
          .map(([name, sql]) => `${sql} AS ${name}`)
          .join(', ')}
      FROM requests WHERE org_id = ${org} AND started_at >= span.since AND started_at < span.until GROUP BY 1, 3, 4, 5, 6, 7) inside`);
  }
  // Without any range there is still a relation.
  if (parts.length === 0) parts.push(...rollup('request_days', 'day', [{ from: 0, to: 0 }]));
  return `(${parts.join(' UNION ALL ')}) r`;
}

function exceptSql(parameters: Parameters, column: string, hours: readonly number[]): string {
  return hours.length === 0 ? '' : ` AND ${column} <> ALL (${timesSql(parameters, hours)})`;
}

/** Times as an array. */
function timesSql(parameters: Parameters, times: readonly number[]): string {
  return `${parameters.bind(times.map((time) => new Date(time).toISOString()))}::timestamptz[]`;
}

function spansSql(parameters: Parameters, spans: readonly { from: number; to: number }[]): string {
  const since = timesSql(
    parameters,
    spans.map(({ from }) => from),
  );
  const until = timesSql(
    parameters,
    spans.map(({ to }) => to),
  );
  return `unnest(${since}, ${until}) AS span (since, until)`;
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
export function bucketsSql(parameters: Parameters, scope: OrgScope, filter: StatsFilter, grain: Grain): string {
  const { days, hours, exceptHours, rest } = splitRange(filter, grain.finest, grain.edges);
  const org = parameters.bind(scope.org_id);
  const kept = (name: 'day' | 'hour', ranges: readonly TimeRange[], except = '') =>
    ranges.map(
      (
        range,
      ) => `SELECT starts_at AS at, held.bucket, held.n FROM request_histograms, unnest(buckets, counts) AS held (bucket, n)
       WHERE org_id = ${org} AND grain = '${name}' AND ${whereIn(parameters, 'starts_at', [range])}${except}`,
    );
  const parts = [...kept('day', days), ...kept('hour', hours, exceptSql(parameters, 'starts_at', exceptHours))];
  if (rest.length > 0) {
    parts.push(`SELECT span.since, held.bucket, 1 FROM ${spansSql(parameters, rest)} JOIN requests
         ON org_id = ${org} AND started_at >= span.since AND started_at < span.until
       CROSS JOIN LATERAL (VALUES (${bucketSql('latency_ms')}, latency_ms),
         (${bucketSql('ttft_ms')} + ${TTFT_BUCKETS}::smallint, ttft_ms)) AS held (bucket, ms) WHERE held.ms IS NOT NULL`);
  }
  if (parts.length === 0) parts.push(...kept('day', [{ from: 0, to: 0 }]));
  return parts.join(' UNION ALL ');
}

/** The condition on requests `r` themselves. */
export function whereLatest(parameters: Parameters, scope: OrgScope, filter: StatsFilter): string {
  return `${whereAsked(parameters, scope, filter)} AND ${whereIn(parameters, 'r.started_at', [filter])}`;
}

/** Buckets of one width, or those that begin at these times, of which the last is the end. */
export type Bins = number | readonly number[];

/** The beginning of the bucket that a time is in. Of one width: whole days of UTC, and weeks from Monday. */
export function binSql(parameters: Parameters, column: string, bins: Bins): string {
  if (typeof bins === 'number') {
    return `date_bin(make_interval(secs => ${parameters.bind(bins / 1_000)}::float8), ${column}, '2001-01-01T00:00:00Z'::timestamptz)`;
  }
  const times = timesSql(parameters, bins);
  return `(${times})[width_bucket(${column}, ${times})]`;
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
