import type { Organization } from '#shared/organization';
import type { OrgId } from '#shared/primitives';
import { asksForWords } from '#shared/query/words';
import type { RequestFilters } from '#shared/request';
import {
  type Facet,
  type FacetField,
  type Facets,
  type FacetsInput,
  SERIES_LIMITS,
  type SeriesInput,
  type StatsSeries,
  type StatsTotals,
  type Strip,
} from '#shared/stats';
import type { AdminScope, OrgScope } from '#server/auth/orgScope';
import { Parameters, type Queryable } from '#server/db/sql';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import { listOrganizations } from '#server/organizations/service';
import { whereFilters } from '#server/requests/filters';
import { findHits } from '#server/search/service';
import {
  countDimensions,
  countLatestValues,
  countPeriods,
  findRollupDifferences,
  hasOther,
  type Percentiles,
  readBucketPercentiles,
  readPercentiles,
  readSeriesPercentiles,
  type RollupDifference,
  type SeriesRow,
  sumBuckets,
  sumLatest,
  sumLatestBuckets,
  sumLatestSeries,
  sumRollups,
  sumSeries,
  type Sums,
} from './repository.ts';
import { DIMENSION_OF, dimensionsOf, parseStatsFilter, type StatsFilter, withoutField } from './statsFilter.ts';
import { chooseBuckets, type StripRange } from './stripBuckets.ts';
import { DAY_MS, HOUR_MS } from './timeRange.ts';
import { usualInterval, zonedBuckets } from './zonedBuckets.ts';
import { budgetOf, COUNTED_ROWS, findSpent, indexedPart } from './window.ts';

/** The longest that Postgres works on one statement of these. */
const TOTALS_MS = 5_000;
const BESIDE_MS = 3_000;
/** Up to here a strip of many requests shows hours. */
const HOURLY_MS = 10 * DAY_MS;

type ReadDeps = Pick<Deps, 'reads' | 'clock' | 'config'>;

/** A filter, the connection that answers it, and whether the rollups do. */
interface Asked {
  readonly db: Queryable;
  readonly scope: OrgScope;
  readonly filter: StatsFilter;
  readonly isRollup: boolean;
}

const NO_PERCENTILES: Percentiles = {
  p50_latency_ms: null,
  p95_latency_ms: null,
  p99_latency_ms: null,
  p50_ttft_ms: null,
  p95_ttft_ms: null,
};

/**
 * Totals over the requests that match: exact where the rollups know what the filter asks, and where it matches few.
 * Else of the latest that match, and they say so.
 */
export async function getTotals(deps: ReadDeps, scope: OrgScope, filters: RequestFilters): Promise<StatsTotals> {
  const asked = await ask(deps, scope, filters, TOTALS_MS);
  if (!asked.isRollup) {
    const { counted_back_to, ...latest } = await readLatest(asked);
    const totals = { ...latest, counted_back_to, percentiles_back_to: counted_back_to, percentiles_within: 0 };
    return { ...totals, total_tokens: totals.input_tokens + totals.output_tokens };
  }
  const sums = await sumRollups(asked.db, scope, asked.filter);
  const percentiles = await percentilesOf(asked, sums);
  return { ...sums, total_tokens: sums.input_tokens + sums.output_tokens, counted_back_to: null, ...percentiles };
}

async function ask(deps: ReadDeps, scope: OrgScope, filters: RequestFilters, statementMs: number): Promise<Asked> {
  whereFilters(new Parameters(), scope, filters); // What contradicts itself is refused, as by the list.
  const db = deps.reads.of(scope, { statementMs });
  const filter = parseStatsFilter(filters, deps.clock());
  return answerable({ db, scope, filter: await withHits(deps, scope, filter) });
}

/** Where words are asked for and all requests that hold them were found: these in place of the words. */
export async function withHits(deps: ReadDeps, scope: OrgScope, filter: StatsFilter): Promise<StatsFilter> {
  const words = filter.terms.filter(asksForWords);
  if (words.length === 0) return filter;
  const toTime = (ms: number | null) => (ms === null ? undefined : new Date(ms).toISOString());
  const hits = await findHits(deps, scope, { terms: words, from: toTime(filter.from), to: toTime(filter.to) });
  if (typeof hits === 'string') return filter;
  return {
    ...filter,
    plain: { ...filter.plain, ids: hits },
    terms: filter.terms.filter((term) => !asksForWords(term)),
  };
}

/** Whether the rollups know what the filter asks: dimensions alone, none of which was counted together with others. */
async function answerable({ db, scope, filter }: Omit<Asked, 'isRollup'>): Promise<Asked> {
  const dimensions = dimensionsOf(filter);
  const isRollup = dimensions !== null && (dimensions.size === 0 || !(await hasOther(db, scope, filter, dimensions)));
  return { db, scope, filter, isRollup };
}

/** Exact of few requests; of all of an organization from the buckets; else of the latest. */
async function percentilesOf(
  { db, scope, filter, isRollup }: Asked,
  { requests }: Sums,
): Promise<Percentiles & Pick<StatsTotals, 'percentiles_back_to' | 'percentiles_within'>> {
  if (requests === 0) return { ...NO_PERCENTILES, percentiles_back_to: null, percentiles_within: 0 };
  if (requests > COUNTED_ROWS && dimensionsOf(filter)?.size === 0) {
    const percentiles = await readPercentiles(db, scope, filter);
    return { ...percentiles, percentiles_back_to: null, percentiles_within: 0.02 };
  }
  const latest = await readLatest({ db, scope, filter, isRollup });
  const { p50_latency_ms, p95_latency_ms, p99_latency_ms, p50_ttft_ms, p95_ttft_ms, counted_back_to } = latest;
  return {
    p50_latency_ms,
    p95_latency_ms,
    p99_latency_ms,
    p50_ttft_ms,
    p95_ttft_ms,
    percentiles_back_to: latest.requests === requests ? null : counted_back_to,
    percentiles_within: 0,
  };
}

/** The latest requests that match, within the budget of what may be looked at. */
async function readLatest(asked: Asked): ReturnType<typeof sumLatest> {
  const { filter, since } = await bounded(asked);
  const latest = await sumLatest(asked.db, asked.scope, filter);
  return { ...latest, counted_back_to: latest.counted_back_to ?? since };
}

/** The filter from where the budget lets it begin. `since` says so; null where nothing is left out. */
async function bounded({ db, scope, filter }: Asked): Promise<{ filter: StatsFilter; since: string | null }> {
  const budget = budgetOf(filter);
  if (budget === null) return { filter, since: null };
  const { from, to } = filter;
  const part = indexedPart(filter);
  const wholeDays = {
    ...part,
    from: from === null ? null : Math.floor(from / DAY_MS) * DAY_MS,
    to: to === null ? null : Math.ceil(to / DAY_MS) * DAY_MS,
  };
  const day = findSpent(await countPeriods(db, scope, wholeDays, 'day'), budget);
  if (day === null) return { filter, since: null };
  const hours = {
    ...part,
    from: day.at,
    to: Math.min(day.at + DAY_MS, to === null ? Infinity : Math.ceil(to / HOUR_MS) * HOUR_MS),
  };
  const hour = findSpent(await countPeriods(db, scope, hours, 'hour'), day.left);
  const since = Math.max(hour?.at ?? day.at, from ?? -Infinity);
  if (since === from) return { filter, since: null };
  return { filter: { ...filter, from: since }, since: new Date(since).toISOString() };
}

/** How often each value of a field occurs under the filter, without what the filter asks of that field itself. */
export async function listFacets(deps: ReadDeps, scope: OrgScope, input: FacetsInput): Promise<Facets> {
  const asked = await ask(deps, scope, input.filters, BESIDE_MS);
  // Those that leave out nothing of their own are counted in one reading.
  const groups = new Map<string, { asked: Asked; fields: FacetField[] }>();
  for (const field of input.fields) {
    const filter = withoutField(asked.filter, field);
    const key = JSON.stringify([filter.plain, filter.terms]);
    const group = groups.get(key) ?? { asked: await answerable({ ...asked, filter }), fields: [] };
    group.fields.push(field);
    groups.set(key, group);
  }
  const found = await Promise.all([...groups.values()].map((group) => countFacets(group)));
  return { facets: found.flat() };
}

/** Facets under one filter: from the rollups where they know the field, else among the latest requests. */
async function countFacets({ asked, fields }: { asked: Asked; fields: readonly FacetField[] }): Promise<Facet[]> {
  const summed = fields.flatMap((field) => {
    const dimension = asked.isRollup ? DIMENSION_OF.get(field) : undefined;
    return dimension ? [{ field, dimension }] : [];
  });
  const counted = fields.filter((field) => !summed.some((each) => each.field === field));
  const facets: Facet[] = [];
  if (summed.length > 0) {
    const dimensions = summed.map(({ dimension }) => dimension);
    for (const { dimension, ...facet } of await countDimensions(asked.db, asked.scope, asked.filter, dimensions)) {
      const field = summed.find((each) => each.dimension === dimension)?.field ?? dimension;
      facets.push({ field, ...facet, counted_back_to: null });
    }
  }
  if (counted.length > 0) {
    const { filter, since } = await bounded(asked);
    const latest = await countLatestValues(asked.db, asked.scope, filter, counted);
    facets.push(...latest.map((facet) => ({ ...facet, counted_back_to: facet.counted_back_to ?? since })));
  }
  return facets;
}

/** What happened when, in at most STRIP_BUCKETS buckets. */
export async function getStrip(deps: ReadDeps, scope: OrgScope, filters: RequestFilters): Promise<Strip> {
  const asked = await ask(deps, scope, filters, BESIDE_MS);
  const sums = asked.isRollup ? await sumRollups(asked.db, scope, asked.filter) : null;
  const range = sums?.requests === 0 ? null : await stripRange(asked, deps.clock());
  if (range === null) return { ...NO_STRIP };
  // Of many days the sums by day are read, which are a twentieth of those by hour.
  const narrowest = range.to - range.from > HOURLY_MS ? DAY_MS : HOUR_MS;
  const isExactFromRows = sums === null || sums.requests <= COUNTED_ROWS;
  const { bucketMs, from, to } = chooseBuckets(range, isExactFromRows ? 0 : narrowest);
  const place = { from: new Date(from).toISOString(), to: new Date(to).toISOString(), bucket_ms: bucketMs };
  const { filter, since } = await bounded(asked);
  const needsRows = !asked.isRollup || isExactFromRows || dimensionsOf(asked.filter)?.size !== 0;
  const rows = needsRows ? await sumLatestBuckets(asked.db, scope, filter, { bucketMs }) : null;
  const rowsBackTo = rows ? (rows.counted_back_to ?? since) : null;
  if (rows && (sums === null || rows.buckets.reduce((sum, { requests }) => sum + requests, 0) === sums.requests)) {
    const counted_back_to = sums === null ? rowsBackTo : null;
    return { ...place, buckets: rows.buckets, counted_back_to, percentiles_back_to: counted_back_to };
  }
  // Narrower than an hour the rollups cannot tell: then the hours are wider.
  const wide = bucketMs >= narrowest ? { bucketMs, from, to } : chooseBuckets(range, narrowest);
  const options = {
    bucketMs: wide.bucketMs,
    finest: wide.bucketMs % DAY_MS === 0 ? ('day' as const) : ('hour' as const),
  };
  const buckets = await sumBuckets(asked.db, scope, asked.filter, options);
  const durations = rows
    ? (bucketMs === wide.bucketMs ? rows : await sumLatestBuckets(asked.db, scope, filter, options)).buckets
    : await readBucketPercentiles(asked.db, scope, asked.filter, options);
  const byTime = new Map(durations.map((bucket) => [bucket.at, bucket]));
  return {
    from: new Date(wide.from).toISOString(),
    to: new Date(wide.to).toISOString(),
    bucket_ms: wide.bucketMs,
    buckets: buckets.map((bucket) => ({
      ...bucket,
      p50_latency_ms: byTime.get(bucket.at)?.p50_latency_ms ?? null,
      p95_latency_ms: byTime.get(bucket.at)?.p95_latency_ms ?? null,
    })),
    counted_back_to: null,
    percentiles_back_to: rowsBackTo,
  };
}

/**
 * Sums and percentiles in the hours, days, weeks or months of a time zone, told apart by the values of a field.
 * @throws {AppError} `invalid_value` for more buckets than a series holds.
 */
export async function getSeries(
  deps: ReadDeps,
  scope: OrgScope,
  { filters, interval: asked_interval, group: asked_group, time_zone }: SeriesInput,
): Promise<StatsSeries> {
  const asked = await ask(deps, scope, filters, TOTALS_MS);
  const range = await stripRange(asked, deps.clock());
  const interval = asked_interval ?? (range ? usualInterval(range) : 'day');
  const edges = range === null ? [] : zonedBuckets(range, interval, time_zone);
  if (edges === null) {
    throw new AppError(
      'invalid_value',
      `A series holds at most ${SERIES_LIMITS.buckets} buckets: ask for longer ones, or a shorter time.`,
      { param: 'interval' },
    );
  }
  const starts = edges.map((edge) => new Date(edge).toISOString());
  if (edges.length === 0)
    return { interval, time_zone, starts, groups: [], counted_back_to: null, percentiles_back_to: null };
  const group = asked_group ?? null;
  const isRollup = asked.isRollup && (group === null || DIMENSION_OF.has(group));
  const sums = isRollup ? await sumSeries(asked.db, scope, asked.filter, { edges, group }) : null;
  if (sums?.length === 0)
    return { interval, time_zone, starts, groups: [], counted_back_to: null, percentiles_back_to: null };
  const isOfAll = isRollup && group === null && dimensionsOf(asked.filter)?.size === 0;
  const many = sums !== null && sums.reduce((sum, { requests }) => sum + requests, 0) > COUNTED_ROWS;
  if (sums !== null && isOfAll && many) {
    const percentiles = await readSeriesPercentiles(asked.db, scope, asked.filter, edges);
    const byTime = new Map(percentiles.map((row) => [row.at, row]));
    const rows = sums.map((row) => ({ ...row, ...byTime.get(row.at) }));
    return { interval, time_zone, starts, groups: toGroups(rows), counted_back_to: null, percentiles_back_to: null };
  }
  const { filter, since } = await bounded(asked);
  const latest = await sumLatestSeries(asked.db, scope, filter, { edges, group });
  const backTo = latest.counted_back_to ?? since;
  if (sums === null) {
    return {
      interval,
      time_zone,
      starts,
      groups: toGroups(latest.rows),
      counted_back_to: backTo,
      percentiles_back_to: backTo,
    };
  }
  const keyOf = (row: SeriesRow) => JSON.stringify([row.at, row.value, row.is_other]);
  const byKey = new Map(latest.rows.map((row) => [keyOf(row), row]));
  const rows = sums.map((row) => {
    const found = byKey.get(keyOf(row));
    return found ? { ...found, ...onlySums(row) } : row;
  });
  return { interval, time_zone, starts, groups: toGroups(rows), counted_back_to: null, percentiles_back_to: backTo };
}

/** A row of sums, without the percentiles that it does not know. */
function onlySums({
  p50_latency_ms: _a,
  p95_latency_ms: _b,
  p99_latency_ms: _c,
  p50_ttft_ms: _d,
  p95_ttft_ms: _e,
  ...sums
}: SeriesRow) {
  return sums;
}

function toGroups(rows: readonly SeriesRow[]): StatsSeries['groups'] {
  const groups = new Map<string, StatsSeries['groups'][number] & { requests: number }>();
  for (const { value, is_other, ...point } of rows) {
    const key = JSON.stringify([value, is_other]);
    const group = groups.get(key) ?? { value, is_other, points: [], requests: 0 };
    group.points.push(point);
    group.requests += point.requests;
    groups.set(key, group);
  }
  return [...groups.values()]
    .toSorted((a, b) => Number(a.is_other) - Number(b.is_other) || b.requests - a.requests)
    .map(({ value, is_other, points }) => ({ value, is_other, points }));
}

const NO_STRIP: Strip = {
  from: null,
  to: null,
  bucket_ms: HOUR_MS,
  buckets: [],
  counted_back_to: null,
  percentiles_back_to: null,
};

/** From the beginning of the filter, or the first day that has requests, to its end or now; null where there are none. */
async function stripRange({ db, scope, filter }: Asked, now: Date): Promise<StripRange | null> {
  const to = filter.to ?? now.getTime() + 1;
  if (filter.from !== null) return filter.from < to ? { from: filter.from, to } : null;
  const days = await countPeriods(db, scope, { plain: {}, terms: [], from: null, to: filter.to }, 'day');
  const first = days.at(-1);
  return first && Date.parse(first.at) < to ? { from: Date.parse(first.at), to } : null;
}

/** Where the rollups of each organization say something else than its requests do. Reads every request. */
export async function listRollupDifferences(
  db: Queryable,
  admin: AdminScope,
  scopeOf: (org_id: OrgId) => OrgScope,
): Promise<{ organization: Organization; differences: RollupDifference[] }[]> {
  const found: { organization: Organization; differences: RollupDifference[] }[] = [];
  for (const organization of await listOrganizations({ db }, admin)) {
    found.push({ organization, differences: await findRollupDifferences(db, scopeOf(organization.id)) });
  }
  return found;
}
