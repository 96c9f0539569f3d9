/** Percentiles out of histograms, beside those of the requests themselves: any filter on one dimension, by its values, in any zone. */
import { aLogInput } from '#tests/support/factories';
import { bringRollupsUpToDate } from '#tests/support/rollups';
import { known, percentile } from '#tests/support/summedRows';
import { startTestApp, type TestApp } from '#tests/support/testApp';
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import type { OrgScope } from '#server/auth/orgScope';
import { readBucketPercentiles, readGroupPercentiles, readPercentiles, readSeriesPercentiles } from './repository.ts';
import { parseStatsFilter } from './statsFilter.ts';
import { DAY_MS, HOUR_MS } from '#shared/durations';
import { zonedBuckets } from './zonedBuckets.ts';

const now = Date.parse('2026-11-20T14:23:45.678Z');
const ROWS = Array.from({ length: 600 }, (_, n) => ({
  model: `m${n % 4}`,
  provider: n % 3 ? 'openai' : 'azure',
  prompt_slug: n % 4 ? `p${n % 3}` : null,
  environment: n % 2 ? (n % 6 ? 'production' : 'staging') : null,
  status: n % 5 ? ('success' as const) : ('error' as const),
  started_at: new Date(now - ((n * 7_919) % 300) * HOUR_MS - n * 1_234).toISOString(),
  latency_ms: n % 4 ? 2 + n * 13.37 : null,
  ttft_ms: n % 4 ? 1 + n * 1.234 : null,
}));
type Row = (typeof ROWS)[number];

let app: TestApp;
let scope: OrgScope;
beforeAll(async () => {
  app = await startTestApp({ clock: () => new Date(now) });
  scope = scopeForAdmin(serverAdminScope(), app.orgA.id);
  const logs = ROWS.map((row) => aLogInput(row));
  const { status, text } = await app.call('POST', '/api/v1/logs', { body: { logs } });
  if (status !== 201) throw new Error(`The logs were not stored: ${text}`);
  await bringRollupsUpToDate(app);
});
afterAll(() => app.stop());

const percentileOf = (rows: readonly Row[], name: 'latency_ms' | 'ttft_ms', part: number) =>
  percentile(known(rows.map((row) => row[name])), part);

/** 0 where both are unknown; Infinity where one of them is. */
function distance(found: number | null | undefined, exact: number | null): number {
  if (exact === null) return (found ?? null) === null ? 0 : Infinity;
  return Math.abs((found ?? Infinity) / exact - 1);
}

function expectWithin(found: number | null | undefined, exact: number | null): void {
  expect(distance(found, exact)).toBeLessThanOrEqual(0.02);
}

const inRange = (rows: readonly Row[], from: number, to: number) =>
  rows.filter(({ started_at }) => Date.parse(started_at) >= from && Date.parse(started_at) < to);
const RANGE = { from: now - 10 * DAY_MS - 17 * 60_000, to: now - 3 * 60_000 };
const range = { from: new Date(RANGE.from).toISOString(), to: new Date(RANGE.to).toISOString() };
const BY = [
  ['model', 'model', 'm1'],
  ['provider', 'provider', 'azure'],
  ['prompt_slug', 'prompt', 'p1'],
  ['environment', 'env', 'production'],
  ['status', 'status', 'error'],
] as const;

test.each(BY)('of a filter on a %s, as a whole and by days and hours', async (column, _, value) => {
  const filter = parseStatsFilter({ [column]: value, ...range }, new Date(now));
  const rows = inRange(ROWS, RANGE.from, RANGE.to).filter((row) => row[column] === value);
  expect(rows.length).toBeGreaterThan(50);
  const found = await readPercentiles(app.deps.db, scope, filter, column);
  expectWithin(found?.p50_latency_ms, percentileOf(rows, 'latency_ms', 0.5));
  expectWithin(found?.p99_latency_ms, percentileOf(rows, 'latency_ms', 0.99));
  expectWithin(found?.p95_ttft_ms, percentileOf(rows, 'ttft_ms', 0.95));
  for (const [bucketMs, finest] of [
    [DAY_MS, 'day'],
    [HOUR_MS, 'hour'],
  ] as const) {
    const buckets = await readBucketPercentiles(app.deps.db, scope, filter, { source: column, bucketMs, finest });
    const times = new Set(
      rows
        .filter((row) => row.latency_ms !== null)
        .map((row) => Math.floor(Date.parse(row.started_at) / bucketMs) * bucketMs),
    );
    expect(new Set(buckets.map(({ at }) => Date.parse(at)))).toEqual(times);
    for (const { at, p95_latency_ms } of buckets)
      expectWithin(
        p95_latency_ms,
        percentileOf(inRange(rows, Date.parse(at), Date.parse(at) + bucketMs), 'latency_ms', 0.95),
      );
  }
});

test.each(BY)('by the values of a %s, as a whole and in the days of zones', async (column, by, value) => {
  const filter = parseStatsFilter(range, new Date(now));
  const rows = inRange(ROWS, RANGE.from, RANGE.to);
  // One that is told apart, and the others together; where there is none it is a value too.
  const choices: readonly (string | null)[][] = [[value], [value, null]];
  for (const chosen of choices) {
    const groupOf = (row: Row) => JSON.stringify(chosen.includes(row[column]) ? [row[column], false] : [null, true]);
    const groups = await readGroupPercentiles(app.deps.db, scope, filter, { source: column, by, chosen });
    expect(groups.length).toBeGreaterThan(1);
    for (const { value: name, is_other, p50_latency_ms } of groups) {
      const own = rows.filter((row) => groupOf(row) === JSON.stringify([name, is_other]));
      expectWithin(p50_latency_ms, percentileOf(own, 'latency_ms', 0.5));
    }
    for (const zone of ['UTC', 'Europe/Oslo', 'America/New_York', 'Asia/Kolkata']) {
      const edges = zonedBuckets(RANGE, 'day', zone) ?? [];
      expect(edges.length).toBeGreaterThan(9);
      const series = await readSeriesPercentiles(app.deps.db, scope, filter, {
        source: column,
        edges,
        group: { by, chosen },
      });
      expect(series.length).toBeGreaterThan(10);
      for (const { at, value: name, is_other, p95_latency_ms } of series) {
        const place = edges.indexOf(Date.parse(at));
        const own = inRange(rows, edges[place] ?? 0, edges[place + 1] ?? 0).filter(
          (row) => groupOf(row) === JSON.stringify([name, is_other]),
        );
        expectWithin(p95_latency_ms, percentileOf(own, 'latency_ms', 0.95));
      }
    }
  }
});
