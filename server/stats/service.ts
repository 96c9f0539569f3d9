import { DAY_MS, HOUR_MS } from '#shared/durations';
import type { RequestFilters } from '#shared/request';
import {
  type Facet,
  type FacetField,
  type Facets,
  type FacetsInput,
  type GroupsInput,
  SERIES_LIMITS,
  type SeriesInput,
  type StatsGroups,
  type StatsSeries,
  type StatsTotals,
  type Strip,
} from '#shared/stats';
import type { OrgScope } from '#server/auth/orgScope';
import { AppError } from '#server/errors';
import { answerable, ask, type Asked, bounded, isFolded, rangeOf, type ReadDeps } from './asked.ts';
import { hasBuckets } from './bucketsSql.ts';
import {
  countDimensions,
  countLatestValues,
  type Percentiles,
  readBucketPercentiles,
  readGroupPercentiles,
  readPercentiles,
  readSeriesPercentiles,
  type SeriesRow,
  sumBuckets,
  sumGroups,
  sumLatest,
  sumLatestBuckets,
  sumLatestGroups,
  sumLatestSeries,
  sumRollups,
  sumSeries,
} from './repository.ts';
import { dimensionOf, userOf, withoutField } from './statsFilter.ts';
import { chooseBuckets } from './stripBuckets.ts';
import { usualInterval, zonedBuckets } from './zonedBuckets.ts';
import { COUNTED_ROWS } from './window.ts';

/** The longest that Postgres works on one statement of these. */
const TOTALS_MS = 5_000;
const BESIDE_MS = 3_000;
/** Up to here a strip of many requests shows hours. */
const HOURLY_MS = 10 * DAY_MS;

const NO_PERCENTILES: Percentiles = {
  p50_latency_ms: null,
  p95_latency_ms: null,
  p99_latency_ms: null,
  p50_ttft_ms: null,
  p95_ttft_ms: null,
  p50_tokens_per_second: null,
};

/**
 * Totals over the requests that match: exact where the rollups know what the filter asks, and where it matches few.
 * Else of the latest that match, and they say so. Percentiles are exact of few requests, of all of a time from buckets,
 * else of the latest.
 */
export async function getTotals(deps: ReadDeps, scope: OrgScope, filters: RequestFilters): Promise<StatsTotals> {
  const asked = await ask(deps, scope, filters, TOTALS_MS);
  const { source, filter } = asked;
  if (source === null) {
    const { counted_back_to, ...latest } = await readLatest(asked);
    const totals = { ...latest, counted_back_to, percentiles_back_to: counted_back_to, percentiles_within: 0 };
    return { ...totals, total_tokens: totals.input_tokens + totals.output_tokens };
  }
  // Beside each other: an organization may hold more than one connection.
  const [sums, bucketed, beside] = await Promise.all([
    sumRollups(asked.db, scope, filter, source),
    hasBuckets(source) ? readPercentiles(asked.db, scope, filter, source) : null,
    hasBuckets(source) ? null : readLatest(asked),
  ]);
  const totals = { ...sums, total_tokens: sums.input_tokens + sums.output_tokens, counted_back_to: null };
  if (sums.requests === 0) return { ...totals, ...NO_PERCENTILES, percentiles_back_to: null, percentiles_within: 0 };
  if (bucketed && sums.requests > COUNTED_ROWS)
    return { ...totals, ...bucketed, percentiles_back_to: null, percentiles_within: 0.02 };
  const latest = beside ?? (await readLatest(asked));
  return {
    ...totals,
    ...onlyPercentiles(latest),
    percentiles_back_to: latest.requests === sums.requests ? null : latest.counted_back_to,
    percentiles_within: 0,
  };
}

/** The latest requests that match, within the budget of what may be looked at. */
async function readLatest(asked: Asked): ReturnType<typeof sumLatest> {
  const { filter, since } = await bounded(asked);
  const latest = await sumLatest(asked.db, asked.scope, filter);
  return { ...latest, counted_back_to: latest.counted_back_to ?? since };
}

function onlyPercentiles(row: Percentiles): Percentiles {
  const { p50_latency_ms, p95_latency_ms, p99_latency_ms, p50_ttft_ms, p95_ttft_ms, p50_tokens_per_second } = row;
  return { p50_latency_ms, p95_latency_ms, p99_latency_ms, p50_ttft_ms, p95_ttft_ms, p50_tokens_per_second };
}

/** What the requests that match add up to by the values of a field, the largest first. */
export async function listGroups(deps: ReadDeps, scope: OrgScope, input: GroupsInput): Promise<StatsGroups> {
  const { filters, by, sort, limit } = input;
  const asked = await answerable(await ask(deps, scope, filters, TOTALS_MS), by);
  const { db, filter, source } = asked;
  if (source === null) {
    const { rows, counted_back_to } = await readLatestGroups(asked, { by, sort, limit });
    return { ...toGroupList(rows), by, is_folded: false, counted_back_to, percentiles_back_to: counted_back_to };
  }
  const rows = await sumGroups(db, scope, filter, { source, by, sort, limit });
  const chosen = rows.filter(({ is_other }) => !is_other).map(({ value }) => value);
  const isMany = countOf(rows) > COUNTED_ROWS;
  const [latest, bucketed, is_folded] = await Promise.all([
    rows.length === 0 || (isMany && hasBuckets(source)) ? null : readLatestGroups(asked, { by, sort, limit, chosen }),
    isMany && hasBuckets(source) ? readGroupPercentiles(db, scope, filter, { source, by, chosen }) : [],
    isFolded(asked, by),
  ]);
  const byKey = new Map([...(latest?.rows ?? []), ...bucketed].map((row) => [keyOfGroup(row), row]));
  const isWhole = latest === null || countOf(latest.rows) === countOf(rows);
  return {
    ...toGroupList(
      rows.map((row) => {
        const found = byKey.get(keyOfGroup(row));
        return { ...row, p50_latency_ms: found?.p50_latency_ms ?? null, p95_latency_ms: found?.p95_latency_ms ?? null };
      }),
    ),
    by,
    is_folded,
    counted_back_to: null,
    percentiles_back_to: isWhole ? null : latest.counted_back_to,
  };
}

/** The latest requests that match, within the budget of what may be looked at, told apart. */
async function readLatestGroups(
  asked: Asked,
  options: Parameters<typeof sumLatestGroups>[3],
): ReturnType<typeof sumLatestGroups> {
  const { filter, since } = await bounded(asked);
  const latest = await sumLatestGroups(asked.db, asked.scope, filter, options);
  return { ...latest, counted_back_to: latest.counted_back_to ?? since };
}

const keyOfGroup = (row: { value: string | null; is_other: boolean }) => JSON.stringify([row.value, row.is_other]);
const countOf = (rows: readonly { requests: number }[]) => rows.reduce((sum, { requests }) => sum + requests, 0);

function toGroupList(rows: readonly (StatsGroups['groups'][number] & { values: number })[]) {
  return {
    values: Math.max(0, ...rows.map(({ values }) => values)),
    groups: rows.map(({ values: _values, ...group }) => group),
  };
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
    const isKnown = asked.source !== null && asked.source !== 'users';
    const dimension = isKnown ? dimensionOf(field) : undefined;
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
  // Users are kept by day alone.
  const source = asked.source === 'users' ? null : asked.source;
  const [sums, whole] = await Promise.all([
    source === null ? null : sumRollups(asked.db, scope, asked.filter, source),
    rangeOf(asked, deps.clock()),
  ]);
  const range = sums?.requests === 0 ? null : whole;
  if (range === null) return { ...NO_STRIP };
  // For many days the sums by day are read, which are a twentieth of those by hour.
  const narrowest = range.to - range.from > HOURLY_MS ? DAY_MS : HOUR_MS;
  const isExactFromRows = sums === null || sums.requests <= COUNTED_ROWS;
  const { bucketMs, from, to } = chooseBuckets(range, isExactFromRows ? 0 : narrowest);
  const place = { from: new Date(from).toISOString(), to: new Date(to).toISOString(), bucket_ms: bucketMs };
  const { filter, since } = await bounded(asked);
  if (source === null || sums === null) {
    const latest = await sumLatestBuckets(asked.db, scope, filter, { bucketMs });
    const backTo = latest.counted_back_to ?? since;
    return { ...place, buckets: latest.buckets, counted_back_to: backTo, percentiles_back_to: backTo };
  }
  const needsRows = isExactFromRows || !hasBuckets(source);
  const rows = needsRows ? await sumLatestBuckets(asked.db, scope, filter, { bucketMs }) : null;
  const rowsBackTo = rows ? (rows.counted_back_to ?? since) : null;
  if (rows?.buckets.reduce((sum, { requests }) => sum + requests, 0) === sums.requests)
    return { ...place, buckets: rows.buckets, counted_back_to: null, percentiles_back_to: null };
  // Narrower than an hour the rollups cannot tell: then the hours are wider.
  const wide = bucketMs >= narrowest ? { bucketMs, from, to } : chooseBuckets(range, narrowest);
  const options = {
    source,
    bucketMs: wide.bucketMs,
    finest: wide.bucketMs % DAY_MS === 0 ? ('day' as const) : ('hour' as const),
  };
  const buckets = await sumBuckets(asked.db, scope, asked.filter, options);
  const durations =
    rows === null && hasBuckets(source)
      ? await readBucketPercentiles(asked.db, scope, asked.filter, { ...options, source })
      : (rows !== null && bucketMs === wide.bucketMs ? rows : await sumLatestBuckets(asked.db, scope, filter, options))
          .buckets;
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
  { filters, interval: asked_interval, group: asked_group, time_zone, percentiles }: SeriesInput,
): Promise<StatsSeries> {
  const group = asked_group ?? null;
  const asked = await answerable(await ask(deps, scope, filters, TOTALS_MS), group);
  const range = await rangeOf(asked, deps.clock());
  const interval = asked_interval ?? (range ? usualInterval(range) : 'day');
  const edges = range === null ? [] : zonedBuckets(range, interval, time_zone);
  if (edges === null) {
    throw new AppError(
      'invalid_value',
      `A series holds at most ${SERIES_LIMITS.buckets} buckets: ask for longer ones, or a shorter time.`,
      { param: 'interval' },
    );
  }
  const place = { interval, time_zone, starts: edges.map((edge) => new Date(edge).toISOString()) };
  const nothing = { ...place, groups: [], is_folded: false, counted_back_to: null, percentiles_back_to: null };
  if (edges.length === 0) return nothing;
  // Users are kept by UTC day alone; and all of them, day by day, take longer than the latest requests do.
  const isByDay = edges.every((edge) => edge % DAY_MS === 0);
  const knowsUser = asked.source !== 'users' || (isByDay && userOf(asked.filter) !== null);
  const source = knowsUser ? asked.source : null;
  const hasPercentiles = percentiles && hasBuckets(source);
  const readBuckets = async (chosen: SeriesRow[] | null) =>
    hasPercentiles
      ? readSeriesPercentiles(asked.db, scope, asked.filter, {
          source,
          edges,
          group: group === null || chosen === null ? null : { by: group, chosen: valuesOfRows(chosen) },
        })
      : [];
  // Without groups the latest requests are read beside the sums; with groups the sums say first which groups there are.
  const [sums, ofAll, is_folded] = await Promise.all([
    source === null ? null : sumSeries(asked.db, scope, asked.filter, { edges, group, source }),
    group === null ? readBuckets(null) : null,
    source === null || group === null ? false : isFolded(asked, group),
  ]);
  if (sums?.length === 0) return nothing;
  if (sums !== null && !percentiles) return { ...nothing, groups: toGroups(sums), is_folded };
  const keyOf = (row: { at: string; value: string | null; is_other: boolean }) =>
    JSON.stringify([row.at, row.value, row.is_other]);
  if (sums !== null && hasPercentiles && countOf(sums) > COUNTED_ROWS) {
    const byKey = new Map((ofAll ?? (await readBuckets(sums))).map((row) => [keyOf(row), onlyPercentiles(row)]));
    return { ...nothing, groups: toGroups(sums.map((row) => ({ ...row, ...byKey.get(keyOf(row)) }))), is_folded };
  }
  const { filter, since } = await bounded(asked);
  // The groups are those of the sums: among the latest requests other values may be the most frequent.
  const chosen = sums === null || group === null ? undefined : valuesOfRows(sums);
  const latest = await sumLatestSeries(asked.db, scope, filter, { edges, group, chosen });
  const backTo = latest.counted_back_to ?? since;
  if (sums === null)
    return {
      ...nothing,
      groups: toGroups(percentiles ? latest.rows : latest.rows.map((row) => ({ ...row, ...NO_PERCENTILES }))),
      counted_back_to: backTo,
      percentiles_back_to: backTo,
    };
  const byKey = new Map(latest.rows.map((row) => [keyOf(row), onlyPercentiles(row)]));
  const rows = sums.map((row) => ({ ...row, ...byKey.get(keyOf(row)) }));
  return { ...nothing, groups: toGroups(rows), is_folded, percentiles_back_to: backTo };
}

const valuesOfRows = (rows: readonly SeriesRow[]) => [
  ...new Set(rows.filter(({ is_other }) => !is_other).map(({ value }) => value)),
];

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
