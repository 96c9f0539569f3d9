/** All SQL of totals, facets and series. */
import { z } from 'zod';
import { HOUR_MS } from '#shared/durations';
import {
  Facet,
  type FacetField,
  type GroupField,
  SeriesPoint,
  StatsGroup,
  StatsSums,
  StatsTotals,
  StripBucket,
} from '#shared/stats';
import type { OrgScope } from '#server/auth/orgScope';
import { Parameters, type Queryable, queryRows } from '#server/db/sql';
import { dimensionFacetsSql, facetSql, fieldSql } from './facetSql.ts';
import { type BucketSource, bucketsSql } from './bucketsSql.ts';
import { type GroupsAsked, groupsSql, latestGroupsSql, rankingOf, userGroupsSql } from './groupsSql.ts';
import { groupedHistogramsSql, histogramsSql, latestSeriesSql, sumSeriesSql } from './seriesSql.ts';
import { Histogram, percentilesBy } from '#server/rollups/histogram';
import { type Dimension, DIMENSIONS } from '#server/rollups/rollUp';
import { askedKeys, type RollupKey, type StatsFilter } from './statsFilter.ts';
import {
  binSql,
  type Grain,
  hasOtherSql,
  type Source,
  sourceOfKeys,
  sumsSql,
  whereAsked,
  whereLatest,
} from './sumsSql.ts';
import { latestStripSql, latestTotalsSql, MORE_SUMS, SUMS } from './totalsSql.ts';
import { COUNTED_ROWS, type CountedPeriod } from './window.ts';

/** Where more match than are counted: the time of the last that is. */
const BackTo = z.object({ counted_back_to: z.string().nullable() });

/** Sums of a filter on the keys of a rollup alone, from it: exact. Primary keys. */
export async function sumRollups(
  db: Queryable,
  scope: OrgScope,
  filter: StatsFilter,
  source: Source,
): Promise<StatsSums> {
  const parameters = new Parameters();
  const sums = sumsSql(parameters, scope, filter, { source, finest: 'day' });
  const where = whereAsked(parameters, scope, filter);
  const rows = await queryRows(
    db,
    StatsSums,
    `SELECT ${SUMS}, ${MORE_SUMS} FROM ${sums} WHERE ${where}`,
    parameters.values,
  );
  return firstRow(rows);
}

/** Whether a day of the filter counts values together that it tells apart. */
export async function hasOther(
  db: Queryable,
  scope: OrgScope,
  filter: StatsFilter,
  asked: ReadonlySet<RollupKey>,
): Promise<boolean> {
  const parameters = new Parameters();
  const value = hasOtherSql(parameters, scope, filter, asked);
  const rows = await queryRows(db, z.object({ is_so: z.boolean() }), `SELECT ${value} AS is_so`, parameters.values);
  return firstRow(rows).is_so;
}

const Percentiles = StatsTotals.pick({
  p50_latency_ms: true,
  p95_latency_ms: true,
  p99_latency_ms: true,
  p50_ttft_ms: true,
  p95_ttft_ms: true,
  p50_tokens_per_second: true,
});
export type Percentiles = z.infer<typeof Percentiles>;

const HistogramRow = z.object({ buckets: z.string(), counts: z.string(), sign: z.number() });
const PlacedHistogram = HistogramRow.extend({ at: z.string() });

/** Sums and percentiles of the latest requests that match, and back to when where there are more. Index as the list's. */
export async function sumLatest(
  db: Queryable,
  scope: OrgScope,
  filter: StatsFilter,
): Promise<StatsSums & Percentiles & { counted_back_to: string | null }> {
  const parameters = new Parameters();
  const where = whereLatest(parameters, scope, filter);
  const rows = await queryRows(
    db,
    z.object({ ...StatsSums.shape, ...Percentiles.shape, ...BackTo.shape }),
    latestTotalsSql({ where, rows: COUNTED_ROWS }),
    parameters.values,
  );
  return firstRow(rows);
}

/** Percentiles of all requests of a filter on one dimension, or on none, within 2 %; null of none. Primary key. */
export async function readPercentiles(
  db: Queryable,
  scope: OrgScope,
  filter: StatsFilter,
  source: BucketSource,
): Promise<Percentiles | null> {
  const parameters = new Parameters();
  const found = bucketsSql(parameters, scope, filter, { source, finest: 'day' });
  const where = whereAsked(parameters, scope, filter);
  const rows = await queryRows(db, HistogramRow, histogramsSql({ found, where }), parameters.values);
  const histogram = new Histogram();
  for (const row of rows) histogram.add(row);
  return histogram.percentiles();
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
  const source = sourceOfKeys(askedKeys(filter) ?? new Set()) ?? 'dimensions';
  const sums = sumsSql(parameters, scope, filter, { source, finest });
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
  readonly source: Source;
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
  { source, bucketMs, finest }: StripOptions,
): Promise<StripSums[]> {
  const parameters = new Parameters();
  const value = binSql(parameters, 'r.at', bucketMs);
  const sums = sumsSql(parameters, scope, filter, { source, finest });
  const where = whereAsked(parameters, scope, filter);
  return queryRows(
    db,
    StripSums,
    `SELECT ${value} AS at, ${SUMS} FROM ${sums} WHERE ${where} GROUP BY 1 HAVING sum(r.requests) > 0 ORDER BY 1`,
    parameters.values,
  );
}

export type StripDurations = Pick<StripBucket, 'at' | 'p50_latency_ms' | 'p95_latency_ms'>;

/** The same in buckets of time. Primary key. */
export async function readBucketPercentiles(
  db: Queryable,
  scope: OrgScope,
  filter: StatsFilter,
  { source, bucketMs, finest }: StripOptions & { readonly source: BucketSource },
): Promise<StripDurations[]> {
  const parameters = new Parameters();
  const place = binSql(parameters, 'r.at', bucketMs);
  const found = bucketsSql(parameters, scope, filter, { source, finest });
  const where = whereAsked(parameters, scope, filter);
  const sql = histogramsSql({ found, where }, { at: place });
  return percentilesBy(await queryRows(db, PlacedHistogram, sql, parameters.values));
}

/** Sums and percentiles of the latest requests that match, in buckets of time. Index as the list's. */
export async function sumLatestBuckets(
  db: Queryable,
  scope: OrgScope,
  filter: StatsFilter,
  { bucketMs }: Pick<StripOptions, 'bucketMs'>,
): Promise<{ buckets: StripBucket[]; counted_back_to: string | null }> {
  const parameters = new Parameters();
  const place = binSql(parameters, 'r.started_at', bucketMs);
  const where = whereLatest(parameters, scope, filter);
  const rows = await queryRows(
    db,
    StripBucket.extend(BackTo.shape),
    latestStripSql({ place, where, rows: COUNTED_ROWS }),
    parameters.values,
  );
  return { buckets: rows.map((row) => StripBucket.parse(row)), counted_back_to: rows[0]?.counted_back_to ?? null };
}

/** Values that are shown of a facet. */
const MOST_VALUES = 20;

const DimensionFacet = Facet.omit({ counted_back_to: true, field: true }).extend({ dimension: z.enum(DIMENSIONS) });

/** The values of dimensions under a filter on dimensions, from one reading of the rollups. Primary keys. */
export function countDimensions(
  db: Queryable,
  scope: OrgScope,
  filter: StatsFilter,
  dimensions: readonly Dimension[],
): Promise<z.infer<typeof DimensionFacet>[]> {
  const parameters = new Parameters();
  const sums = sumsSql(parameters, scope, filter, { source: 'dimensions', finest: 'day' });
  const where = whereAsked(parameters, scope, filter);
  const asked = DIMENSIONS.filter((name) => dimensions.includes(name));
  return queryRows(
    db,
    DimensionFacet,
    dimensionFacetsSql({ sums, where, dimensions: asked, most: MOST_VALUES }),
    parameters.values,
  );
}

/** Values of fields in the latest requests that match. Index as the list's. */
export async function countLatestValues(
  db: Queryable,
  scope: OrgScope,
  filter: StatsFilter,
  fields: readonly FacetField[],
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
  readonly group: GroupField | null;
}

const SeriesRow = SeriesPoint.extend({ value: z.string().nullable(), is_other: z.boolean() });
export type SeriesRow = z.infer<typeof SeriesRow>;

/** Buckets of a day or more are made of days, whatever the time at which they begin. */
const finestOf = (edges: readonly number[]) =>
  edges.every((edge, index) => index === 0 || edge - (edges[index - 1] ?? 0) > HOUR_MS) ? 'day' : 'hour';

/** Sums of a filter on the keys of a rollup, in buckets of time and told apart by one of them. Primary keys. */
export function sumSeries(
  db: Queryable,
  scope: OrgScope,
  filter: StatsFilter,
  { edges, group, source }: SeriesOptions & { source: Source },
): Promise<SeriesRow[]> {
  const parameters = new Parameters();
  const place = binSql(parameters, 'r.at', edges);
  const sums = sumsSql(parameters, scope, filter, { source, finest: finestOf(edges), edges });
  const where = whereAsked(parameters, scope, filter);
  const value = group === null ? 'NULL::text' : fieldSql(parameters, group);
  return queryRows(db, SeriesRow, sumSeriesSql({ place, value, sums, where }), parameters.values);
}

/** The same of the latest requests that match, with percentiles; of `chosen` values where they are given. Index as the list's. */
export async function sumLatestSeries(
  db: Queryable,
  scope: OrgScope,
  filter: StatsFilter,
  { edges, group, chosen }: SeriesOptions & { chosen?: readonly (string | null)[] | undefined },
): Promise<{ rows: SeriesRow[]; counted_back_to: string | null }> {
  const parameters = new Parameters();
  const place = binSql(parameters, 'r.started_at', edges);
  const where = whereLatest(parameters, scope, filter);
  const value = group === null ? 'NULL::text' : fieldSql(parameters, group);
  const found = await queryRows(
    db,
    SeriesRow.extend(BackTo.shape),
    latestSeriesSql(parameters, { place, value, chosen, where, rows: COUNTED_ROWS }),
    parameters.values,
  );
  return { rows: found.map((row) => SeriesRow.parse(row)), counted_back_to: found[0]?.counted_back_to ?? null };
}

/** Values that were told apart, by whose histograms percentiles are asked for. */
interface ChosenGroups {
  readonly by: GroupField;
  readonly chosen: readonly (string | null)[];
}

const GroupHistogram = HistogramRow.extend({ value: z.string().nullable(), is_other: z.boolean() });
type OfGroup = Pick<z.infer<typeof GroupHistogram>, 'value' | 'is_other'>;
const PlacedGroupHistogram = GroupHistogram.extend({ at: z.string() });

/** Buckets of time whose histograms are read at a time: of a zone that is not UTC a day has some of its hours besides. */
const PLACES_AT_ONCE = 100;

/** The same in buckets of time that begin at these, told apart by the values of a dimension where there is a group. Primary key. */
export async function readSeriesPercentiles(
  db: Queryable,
  scope: OrgScope,
  filter: StatsFilter,
  { source, edges, group }: { source: BucketSource; edges: readonly number[]; group: ChosenGroups | null },
): Promise<(Percentiles & OfGroup & { at: string })[]> {
  const finest = finestOf(edges);
  const read = async (asked: StatsFilter, starts: readonly number[]) => {
    const parameters = new Parameters();
    const place = binSql(parameters, 'r.at', starts);
    const found = bucketsSql(parameters, scope, asked, { source, finest, edges: starts });
    const where = whereAsked(parameters, scope, asked);
    if (group === null) {
      const sql = histogramsSql({ found, where }, { at: place });
      const rows = await queryRows(db, PlacedHistogram, sql, parameters.values);
      return percentilesBy(rows).map((row) => ({ ...row, value: null, is_other: false }));
    }
    const value = fieldSql(parameters, group.by);
    const sql = groupedHistogramsSql(parameters, { place, value, found, where, chosen: group.chosen });
    return percentilesBy(await queryRows(db, PlacedGroupHistogram, sql, parameters.values));
  };
  const found: Awaited<ReturnType<typeof read>> = [];
  for (let first = 0; first < edges.length - 1; first += PLACES_AT_ONCE) {
    const starts = edges.slice(first, first + PLACES_AT_ONCE + 1);
    found.push(...(await read(within(filter, starts), starts)));
  }
  return found;
}

/** The filter, of these buckets alone. */
function within(filter: StatsFilter, starts: readonly number[]): StatsFilter {
  const [first = -Infinity, last = Infinity] = [starts[0], starts.at(-1)];
  return { ...filter, from: Math.max(filter.from ?? -Infinity, first), to: Math.min(filter.to ?? Infinity, last) };
}

/** The same of each group, whatever its time. Primary key. */
export async function readGroupPercentiles(
  db: Queryable,
  scope: OrgScope,
  filter: StatsFilter,
  { source, by, chosen }: ChosenGroups & { source: BucketSource },
): Promise<(Percentiles & OfGroup)[]> {
  const parameters = new Parameters();
  const found = bucketsSql(parameters, scope, filter, { source, finest: 'day' });
  const where = whereAsked(parameters, scope, filter);
  const value = fieldSql(parameters, by);
  const sql = groupedHistogramsSql(parameters, { place: null, value, found, where, chosen });
  return percentilesBy(await queryRows(db, GroupHistogram, sql, parameters.values));
}

const GroupRow = StatsGroup.extend({ values: z.number() });
export type GroupRow = z.infer<typeof GroupRow>;

/** Sums of a filter on the keys of a rollup by the values of one of them, the largest first. Primary keys. */
export function sumGroups(
  db: Queryable,
  scope: OrgScope,
  filter: StatsFilter,
  { source, by, ...asked }: GroupsAsked & { source: Source; by: GroupField },
): Promise<GroupRow[]> {
  const parameters = new Parameters();
  const from = (grain: Partial<Grain>) => sumsSql(parameters, scope, filter, { source, finest: 'day', ...grain });
  const where = whereAsked(parameters, scope, filter);
  const summed = { ...asked, where, value: fieldSql(parameters, by) };
  if (source !== 'users')
    return queryRows(db, GroupRow, groupsSql(parameters, { ...summed, sums: from({}) }), parameters.values);
  // What asks for no user is the sum of all.
  const whole = from(askedKeys(filter)?.size === 0 ? { source: 'all' } : {});
  const sums = from({ only: rankingOf(asked.sort) });
  const sql = userGroupsSql(parameters, { ...summed, sums, ofTold: from({ ofUsers: 'told' }), whole });
  return queryRows(db, GroupRow, sql, parameters.values);
}

/** The same of the latest requests that match, with percentiles; of `chosen` values where they are given. Index as the list's. */
export async function sumLatestGroups(
  db: Queryable,
  scope: OrgScope,
  filter: StatsFilter,
  { by, ...asked }: GroupsAsked & { by: GroupField; chosen?: readonly (string | null)[] },
): Promise<{ rows: GroupRow[]; counted_back_to: string | null }> {
  const parameters = new Parameters();
  const where = whereLatest(parameters, scope, filter);
  const value = fieldSql(parameters, by);
  const sql = latestGroupsSql(parameters, { ...asked, where, value, rows: COUNTED_ROWS });
  const found = await queryRows(db, GroupRow.extend(BackTo.shape), sql, parameters.values);
  return { rows: found.map((row) => GroupRow.parse(row)), counted_back_to: found[0]?.counted_back_to ?? null };
}

function firstRow<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (!row) throw new Error('An aggregate without GROUP BY answers one row.');
  return row;
}
