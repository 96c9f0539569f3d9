/** All SQL of totals, facets and series. */
import { z } from 'zod';
import { Facet, SeriesPoint, StatsTotals, StripBucket } from '#shared/stats';
import type { OrgScope } from '#server/auth/orgScope';
import { Parameters, type Queryable, queryRows } from '#server/db/sql';
import { HISTOGRAM_DIFFERENCES, sumDifferencesSql } from './checkRollups.ts';
import { FACET_COLUMNS, facetSql, type SummedFacet } from './facetSql.ts';
import { histogramSeriesSql, latestSeriesSql, sumSeriesSql } from './seriesSql.ts';
import { DAY_MS } from './timeRange.ts';
import { type Dimension, DIMENSIONS, OTHER, TTFT_BUCKETS } from './rollUp.ts';
import type { StatsFilter } from './statsFilter.ts';
import {
  binSql,
  bucketsSql,
  hasOtherSql,
  PERCENTILES,
  PERCENTILES_OF_BUCKETS,
  sumsSql,
  whereAsked,
  whereLatest,
} from './sumsSql.ts';
import { COUNTED_ROWS, type CountedPeriod } from './window.ts';

/** Of rows of sums `r`. */
const SUMS = `coalesce(sum(r.requests), 0)::bigint AS requests,
  coalesce(sum(r.requests) FILTER (WHERE r.status = 'error'), 0)::bigint AS errors,
  coalesce(sum(r.input_tokens), 0)::bigint AS input_tokens,
  coalesce(sum(r.output_tokens), 0)::bigint AS output_tokens,
  trim_scale(coalesce(sum(r.cost_usd), 0))::text AS cost_usd,
  coalesce(sum(r.unpriced_requests), 0)::bigint AS unpriced_requests`;

/** The same of requests `r` themselves. */
const SUMS_OF_ROWS = `count(*)::bigint AS requests,
  count(*) FILTER (WHERE r.status = 'error')::bigint AS errors,
  coalesce(sum(r.input_tokens), 0)::bigint AS input_tokens,
  coalesce(sum(r.output_tokens), 0)::bigint AS output_tokens,
  trim_scale(coalesce(sum(r.cost_usd), 0))::text AS cost_usd,
  count(*) FILTER (WHERE r.cost_usd IS NULL)::bigint AS unpriced_requests`;

const SUMMED_COLUMNS = `r.started_at, r.status, r.input_tokens, r.output_tokens, r.cost_usd, r.latency_ms, r.ttft_ms`;

const Sums = StatsTotals.pick({
  requests: true,
  errors: true,
  input_tokens: true,
  output_tokens: true,
  cost_usd: true,
  unpriced_requests: true,
  unmeasured_requests: true,
  avg_latency_ms: true,
});
export type Sums = z.infer<typeof Sums>;

/** Sums of a filter on dimensions alone, from the rollups: exact. Primary keys. */
export async function sumRollups(db: Queryable, scope: OrgScope, filter: StatsFilter): Promise<Sums> {
  const parameters = new Parameters();
  const sums = sumsSql(parameters, scope, filter, { finest: 'day' });
  const where = whereAsked(parameters, scope, filter);
  const rows = await queryRows(
    db,
    Sums,
    `SELECT ${SUMS},
       coalesce(sum(r.requests - least(r.input_reported, r.output_reported)), 0)::bigint AS unmeasured_requests,
       (sum(r.latency_us) / nullif(sum(r.latency_reported), 0) / 1000)::double precision AS avg_latency_ms
     FROM ${sums} WHERE ${where}`,
    parameters.values,
  );
  return firstRow(rows);
}

/** Whether a day of the filter counts values together that it tells apart. */
export async function hasOther(
  db: Queryable,
  scope: OrgScope,
  filter: StatsFilter,
  dimensions: ReadonlySet<Dimension>,
): Promise<boolean> {
  const parameters = new Parameters();
  const value = hasOtherSql(parameters, scope, filter, dimensions);
  const rows = await queryRows(db, z.object({ is_so: z.boolean() }), `SELECT ${value} AS is_so`, parameters.values);
  return firstRow(rows).is_so;
}

const Percentiles = StatsTotals.pick({
  p50_latency_ms: true,
  p95_latency_ms: true,
  p99_latency_ms: true,
  p50_ttft_ms: true,
  p95_ttft_ms: true,
});
export type Percentiles = z.infer<typeof Percentiles>;

/** Sums and percentiles of the latest requests that match, and back to when where there are more. Index as the list's. */
export async function sumLatest(
  db: Queryable,
  scope: OrgScope,
  filter: StatsFilter,
): Promise<Sums & Percentiles & { counted_back_to: string | null }> {
  const parameters = new Parameters();
  const where = whereLatest(parameters, scope, filter);
  const rows = await queryRows(
    db,
    z.object({ ...Sums.shape, ...Percentiles.shape, counted_back_to: z.string().nullable() }),
    `WITH latest AS MATERIALIZED (
       SELECT ${SUMMED_COLUMNS}, row_number() OVER (ORDER BY r.started_at DESC, r.id DESC) AS place
       FROM requests r WHERE ${where} ORDER BY r.started_at DESC, r.id DESC LIMIT ${parameters.bind(COUNTED_ROWS + 1)}
     )
     SELECT ${SUMS_OF_ROWS},
       count(*) FILTER (WHERE r.input_tokens IS NULL OR r.output_tokens IS NULL)::bigint AS unmeasured_requests,
       (sum((r.latency_ms * 1000)::bigint) / nullif(count(r.latency_ms), 0) / 1000)::double precision AS avg_latency_ms,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY r.latency_ms) AS p50_latency_ms,
       percentile_disc(0.95) WITHIN GROUP (ORDER BY r.latency_ms) AS p95_latency_ms,
       percentile_disc(0.99) WITHIN GROUP (ORDER BY r.latency_ms) AS p99_latency_ms,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY r.ttft_ms) AS p50_ttft_ms,
       percentile_disc(0.95) WITHIN GROUP (ORDER BY r.ttft_ms) AS p95_ttft_ms,
       ${BACK_TO}
     FROM latest r WHERE r.place <= ${COUNTED_ROWS}`,
    parameters.values,
  );
  return firstRow(rows);
}

/** Where more match than are counted: the time of the last that is. */
const BACK_TO = `(SELECT started_at FROM latest WHERE place = ${COUNTED_ROWS}
  AND EXISTS (SELECT FROM latest WHERE place > ${COUNTED_ROWS})) AS counted_back_to`;

/** Percentiles of all requests of a range, within 2 %. Primary key. */
export async function readPercentiles(db: Queryable, scope: OrgScope, filter: StatsFilter): Promise<Percentiles> {
  const parameters = new Parameters();
  const value = bucketsSql(parameters, scope, filter, { finest: 'day' });
  const rows = await queryRows(
    db,
    Percentiles,
    `WITH held AS (SELECT bucket, sum(n) AS n FROM (${value}) found GROUP BY 1 HAVING sum(n) > 0), running AS (
       SELECT bucket % ${TTFT_BUCKETS} AS bucket, bucket < ${TTFT_BUCKETS} AS is_latency,
         sum(n) OVER (PARTITION BY bucket < ${TTFT_BUCKETS} ORDER BY bucket) / sum(n) OVER (PARTITION BY bucket < ${TTFT_BUCKETS}) AS part
       FROM held
     )
     SELECT ${PERCENTILES} FROM running`,
    parameters.values,
  );
  return firstRow(rows);
}

const Period = z.object({ at: z.string(), requests: z.number() });

/** Requests of a filter on dimensions by day, or by hour of one day, newest first. Primary keys. */
export function countPeriods(
  db: Queryable,
  scope: OrgScope,
  filter: StatsFilter,
  finest: 'day' | 'hour',
): Promise<CountedPeriod[]> {
  const parameters = new Parameters();
  const sums = sumsSql(parameters, scope, filter, { finest });
  const where = whereAsked(parameters, scope, filter);
  return queryRows(
    db,
    Period,
    `SELECT r.at, sum(r.requests)::bigint AS requests FROM ${sums} WHERE ${where}
     GROUP BY 1 HAVING sum(r.requests) > 0 ORDER BY 1 DESC`,
    parameters.values,
  );
}

export interface StripOptions {
  readonly bucketMs: number;
  readonly finest: 'day' | 'hour';
}

const StripSums = StripBucket.omit({ p50_latency_ms: true, p95_latency_ms: true });
export type StripSums = z.infer<typeof StripSums>;

/** Buckets of time of a filter on dimensions alone, from the rollups. Primary keys. */
export function sumBuckets(
  db: Queryable,
  scope: OrgScope,
  filter: StatsFilter,
  { bucketMs, finest }: StripOptions,
): Promise<StripSums[]> {
  const parameters = new Parameters();
  const value = binSql(parameters, 'r.at', bucketMs);
  const sums = sumsSql(parameters, scope, filter, { finest });
  const where = whereAsked(parameters, scope, filter);
  return queryRows(
    db,
    StripSums,
    `SELECT ${value} AS at, ${SUMS} FROM ${sums} WHERE ${where} GROUP BY 1 HAVING sum(r.requests) > 0 ORDER BY 1`,
    parameters.values,
  );
}

const Durations = StripBucket.pick({ at: true, p50_latency_ms: true, p95_latency_ms: true });
export type StripDurations = z.infer<typeof Durations>;

/** Percentiles of all requests in buckets of time, within 2 %. Primary key. */
export function readBucketPercentiles(
  db: Queryable,
  scope: OrgScope,
  filter: StatsFilter,
  { bucketMs, finest }: StripOptions,
): Promise<StripDurations[]> {
  const parameters = new Parameters();
  const place = binSql(parameters, 'found.at', bucketMs);
  const value = bucketsSql(parameters, scope, filter, { finest });
  return queryRows(
    db,
    Durations,
    `WITH held AS (
       SELECT ${place} AS at, bucket, sum(n) AS n FROM (${value}) found WHERE bucket < ${TTFT_BUCKETS}
       GROUP BY 1, 2 HAVING sum(n) > 0
     ), running AS (
       SELECT at, bucket, sum(n) OVER (PARTITION BY at ORDER BY bucket) / sum(n) OVER (PARTITION BY at) AS part FROM held
     )
     SELECT at, ${PERCENTILES_OF_BUCKETS} FROM running GROUP BY 1`,
    parameters.values,
  );
}

/** Sums and percentiles of the latest requests that match, in buckets of time. Index as the list's. */
export async function sumLatestBuckets(
  db: Queryable,
  scope: OrgScope,
  filter: StatsFilter,
  { bucketMs }: Pick<StripOptions, 'bucketMs'>,
): Promise<{ buckets: StripBucket[]; counted_back_to: string | null }> {
  const parameters = new Parameters();
  const value = binSql(parameters, 'r.started_at', bucketMs);
  const where = whereLatest(parameters, scope, filter);
  const rows = await queryRows(
    db,
    StripBucket.extend({ counted_back_to: z.string().nullable() }),
    `WITH latest AS MATERIALIZED (
       SELECT ${SUMMED_COLUMNS}, row_number() OVER (ORDER BY r.started_at DESC, r.id DESC) AS place
       FROM requests r WHERE ${where} ORDER BY r.started_at DESC, r.id DESC LIMIT ${parameters.bind(COUNTED_ROWS + 1)}
     )
     SELECT ${value} AS at, ${SUMS_OF_ROWS},
       percentile_disc(0.5) WITHIN GROUP (ORDER BY r.latency_ms) AS p50_latency_ms,
       percentile_disc(0.95) WITHIN GROUP (ORDER BY r.latency_ms) AS p95_latency_ms, ${BACK_TO}
     FROM latest r WHERE r.place <= ${COUNTED_ROWS} GROUP BY 1 ORDER BY 1`,
    parameters.values,
  );
  return { buckets: rows.map((row) => StripBucket.parse(row)), counted_back_to: rows[0]?.counted_back_to ?? null };
}

/** Values that are shown of a facet. */
const MOST_VALUES = 20;

const ALL_DIMENSIONS = DIMENSIONS.map((name) => `r.${name}`).join(', ');

const DimensionFacet = Facet.omit({ counted_back_to: true, field: true }).extend({ dimension: z.enum(DIMENSIONS) });

/** The values of dimensions under a filter on dimensions, from one reading of the rollups. Primary keys. */
export function countDimensions(
  db: Queryable,
  scope: OrgScope,
  filter: StatsFilter,
  dimensions: readonly Dimension[],
): Promise<z.infer<typeof DimensionFacet>[]> {
  const parameters = new Parameters();
  const sums = sumsSql(parameters, scope, filter, { finest: 'day' });
  const where = whereAsked(parameters, scope, filter);
  const names = DIMENSIONS.filter((name) => dimensions.includes(name)).map((name) => `('${name}', ${name})`);
  return queryRows(
    db,
    DimensionFacet,
    `WITH kept AS MATERIALIZED (
       SELECT ${ALL_DIMENSIONS}, sum(r.requests) AS requests FROM ${sums} WHERE ${where} GROUP BY ${ALL_DIMENSIONS}
     ), counted AS (
       SELECT held.dimension, held.value, sum(requests)::bigint AS requests
       FROM kept CROSS JOIN LATERAL (VALUES ${names.join(', ')}) AS held (dimension, value)
       WHERE held.value IS NOT NULL GROUP BY 1, 2 HAVING sum(requests) > 0
     ), ranked AS (
       SELECT *, sum(requests) OVER (PARTITION BY dimension) AS all_requests, value <> '${OTHER}' AND
         row_number() OVER (PARTITION BY dimension ORDER BY value = '${OTHER}', requests DESC, value) <= ${MOST_VALUES} AS is_shown
       FROM counted
     )
     SELECT dimension, coalesce(json_agg(json_build_object('value', value, 'requests', requests)
         ORDER BY requests DESC, value) FILTER (WHERE is_shown), '[]') AS values,
       (max(all_requests) - coalesce(sum(requests) FILTER (WHERE is_shown), 0))::bigint AS others
     FROM ranked GROUP BY dimension`,
    parameters.values,
  );
}

/** Values of fields in the latest requests that match. Index as the list's. */
export async function countLatestValues(
  db: Queryable,
  scope: OrgScope,
  filter: StatsFilter,
  fields: readonly SummedFacet[],
): Promise<Facet[]> {
  const parameters = new Parameters();
  const where = whereLatest(parameters, scope, filter);
  const rows = await queryRows(
    db,
    Facet,
    facetSql(parameters, scope, { where, fields, most: MOST_VALUES, rows: COUNTED_ROWS }),
    parameters.values,
  );
  return rows;
}

export interface SeriesOptions {
  /** When the buckets begin, and the end of the last. */
  readonly edges: readonly number[];
  readonly group: SeriesGroup | null;
}
export type SeriesGroup = keyof typeof FACET_COLUMNS;

const SeriesRow = SeriesPoint.extend({ value: z.string().nullable(), is_other: z.boolean() });
export type SeriesRow = z.infer<typeof SeriesRow>;

/** Sums of a filter on dimensions, in buckets of time and told apart by a dimension. Primary keys. */
export function sumSeries(
  db: Queryable,
  scope: OrgScope,
  filter: StatsFilter,
  { edges, group }: SeriesOptions,
): Promise<SeriesRow[]> {
  const parameters = new Parameters();
  const place = binSql(parameters, 'r.at', edges);
  const finest = edges.every((edge) => edge % DAY_MS === 0) ? 'day' : 'hour';
  const sums = sumsSql(parameters, scope, filter, { finest, edges });
  const where = whereAsked(parameters, scope, filter);
  const value = group === null ? 'NULL::text' : FACET_COLUMNS[group];
  return queryRows(db, SeriesRow, sumSeriesSql({ place, value, sums, where }), parameters.values);
}

/** The same of the latest requests that match, with percentiles. Index as the list's. */
export async function sumLatestSeries(
  db: Queryable,
  scope: OrgScope,
  filter: StatsFilter,
  { edges, group }: SeriesOptions,
): Promise<{ rows: SeriesRow[]; counted_back_to: string | null }> {
  const parameters = new Parameters();
  const place = binSql(parameters, 'r.started_at', edges);
  const where = whereLatest(parameters, scope, filter);
  const value = group === null ? 'NULL::text' : FACET_COLUMNS[group];
  const found = await queryRows(
    db,
    SeriesRow.extend({ counted_back_to: z.string().nullable() }),
    latestSeriesSql({ place, value, where, rows: COUNTED_ROWS }),
    parameters.values,
  );
  return { rows: found.map((row) => SeriesRow.parse(row)), counted_back_to: found[0]?.counted_back_to ?? null };
}

/** Percentiles of all requests in buckets of time, within 2 %. Primary key. */
export function readSeriesPercentiles(
  db: Queryable,
  scope: OrgScope,
  filter: StatsFilter,
  edges: readonly number[],
): Promise<(Percentiles & { at: string })[]> {
  const parameters = new Parameters();
  const place = binSql(parameters, 'found.at', edges);
  const finest = edges.every((edge) => edge % DAY_MS === 0) ? 'day' : 'hour';
  const value = bucketsSql(parameters, scope, filter, { finest, edges });
  return queryRows(db, Percentiles.extend({ at: z.string() }), histogramSeriesSql(place, value), parameters.values);
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

function firstRow<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (!row) throw new Error('An aggregate without GROUP BY answers one row.');
  return row;
}
