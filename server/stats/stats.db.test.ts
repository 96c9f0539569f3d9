/** Totals, facets and strips say what the list says, for any filter. */
import fc from 'fast-check';
import { STRIP_BUCKETS } from '#shared/stats';
import type { OrgScope } from '#server/auth/orgScope';
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { aLogInput } from '#tests/support/factories';
import {
  filtersUntil,
  type GroupName,
  groupRows,
  GROUPS,
  known,
  percentile,
  type Row,
  rowsOf,
  speedOf,
  sum,
  sumsOf,
  units,
} from '#tests/support/summedRows';
import { startTestApp, type TestApp } from '#tests/support/testApp';
import { getSeries, getStrip, getTotals, listFacets, listGroups } from './service.ts';

let app: TestApp;
let scope: OrgScope;
const now = Date.now();
const filters = filtersUntil(now);
const HOUR = 3_600_000;
beforeAll(async () => {
  app = await startTestApp({ clock: () => new Date(now) });
  scope = scopeForAdmin(serverAdminScope(), app.orgA.id);
  const logs = Array.from({ length: 900 }, (_, n) =>
    aLogInput({
      model: `m${n % 4}`,
      provider: n % 3 ? 'openai' : 'azure',
      started_at: new Date(now - ((n * 7_919) % 960) * HOUR * (n % 11 ? 1 : 0.03) - n * 1_234).toISOString(),
      ...(n % 3 ? { prompt_slug: `p${n % 5}`, prompt_version: `${n % 2}` } : {}),
      ...(n % 2 ? { environment: n % 6 ? 'production' : 'staging' } : {}),
      ...(n % 5 ? {} : { status: 'error' as const, error: { type: `e${n % 2}`, message: 'no' }, input_tokens: null }),
      ...(n % 17 ? {} : { status: 'incomplete' as const, finish_reason: 'length' }),
      latency_ms: n % 4 ? n * 13.37 : null,
      ttft_ms: n % 4 ? n * 1.234 : null,
      ...(n % 7 ? { cost_usd: `0.000${n % 9}1` } : {}),
      output_tokens: 7 + (n % 40),
      reasoning_tokens: n % 9 ? null : 5,
      cached_input_tokens: n % 3 ? 2 : null,
      release: n % 10 ? `r${n % 3}` : null,
      user_id: n % 8 ? `u${n % 8}` : null,
      tags: n % 2 ? { team: `t${n % 3}`, 'odd "key"': '50%' } : {},
    }),
  );
  const { body } = await app.call('POST', '/api/v1/logs', { body: { logs } });
  if (body.created !== logs.length) throw new Error(`Not all logs were stored: ${JSON.stringify(body)}`);
});
afterAll(() => app.stop());

test('totals are those of the list, to the last digit', async () => {
  await fc.assert(
    fc.asyncProperty(filters, async (asked) => {
      const rows = await rowsOf(app, scope, asked);
      const totals = await getTotals(app.deps, scope, asked);
      const latencies = known(rows.map((row) => row.latency_ms));
      const micros = sum(latencies.map((ms) => Math.round(ms * 1_000)));
      expect({
        ...totals,
        cost_usd: units(totals.cost_usd),
        avg_latency_ms: totals.avg_latency_ms?.toFixed(6),
      }).toEqual({
        requests: rows.length,
        errors: rows.filter((row) => row.status === 'error').length,
        input_tokens: sum(rows.map((row) => row.input_tokens)),
        output_tokens: sum(rows.map((row) => row.output_tokens)),
        total_tokens: sum(rows.flatMap((row) => [row.input_tokens, row.output_tokens])),
        cached_input_tokens: sum(rows.map((row) => row.cached_input_tokens)),
        reasoning_tokens: sum(rows.map((row) => row.reasoning_tokens)),
        cost_usd: rows.reduce((total, row) => total + units(row.cost_usd), 0n),
        unpriced_requests: rows.filter((row) => row.cost_usd === null).length,
        unmeasured_requests: rows.filter((row) => row.input_tokens === null || row.output_tokens === null).length,
        avg_latency_ms: latencies.length ? (micros / latencies.length / 1_000).toFixed(6) : undefined,
        p50_latency_ms: percentile(latencies, 0.5),
        p95_latency_ms: percentile(latencies, 0.95),
        p99_latency_ms: percentile(latencies, 0.99),
        p50_ttft_ms: percentile(known(rows.map((row) => row.ttft_ms)), 0.5),
        p95_ttft_ms: percentile(known(rows.map((row) => row.ttft_ms)), 0.95),
        p50_tokens_per_second: percentile(known(rows.map(speedOf)), 0.5),
        counted_back_to: null,
        percentiles_back_to: null,
        percentiles_within: 0,
      });
    }),
    { numRuns: 100, endOnFailure: true },
  );
}, 60_000);

test('the buckets of a strip add up to the list, and lie in its time', async () => {
  await fc.assert(
    fc.asyncProperty(filters, async (asked) => {
      const rows = await rowsOf(app, scope, asked);
      const strip = await getStrip(app.deps, scope, asked);
      const [from, to] = [Date.parse(strip.from ?? ''), Date.parse(strip.to ?? '')];
      expect(strip.from === null ? 0 : (to - from) / strip.bucket_ms).toBeLessThanOrEqual(STRIP_BUCKETS);
      const expected = new Map<string, Row[]>();
      for (const row of rows) {
        const at = new Date(from + Math.floor((Date.parse(row.started_at) - from) / strip.bucket_ms) * strip.bucket_ms);
        expected.set(at.toISOString(), [...(expected.get(at.toISOString()) ?? []), row]);
      }
      expect(strip.buckets.map(({ at, requests, errors }) => [at, requests, errors])).toEqual(
        [...expected]
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([at, inside]) => [at, inside.length, inside.filter((row) => row.status === 'error').length]),
      );
      const costs = strip.buckets.reduce((total, bucket) => total + units(bucket.cost_usd), 0n);
      expect(costs).toBe(rows.reduce((total, row) => total + units(row.cost_usd), 0n));
      expect(strip.counted_back_to).toBeNull();
    }),
    { numRuns: 60 },
  );
}, 60_000);

const ZONES = [
  'UTC',
  'Europe/Oslo',
  'Asia/Kolkata',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
  'Asia/Kathmandu',
] as const;
const groups = fc.constantFrom(undefined, ...(Object.keys(GROUPS) as GroupName[])); // Its own keys.

test('the series of any filter, zone and group are the sums of the list, bucket by bucket and value by value', async () => {
  await fc.assert(
    fc.asyncProperty(
      filters,
      fc.constantFrom(...ZONES),
      fc.constantFrom('day', 'week', 'month'),
      groups,
      fc.boolean(),
      async (asked, time_zone, interval, group, percentiles) => {
        const rows = await rowsOf(app, scope, asked);
        const series = await getSeries(app.deps, scope, { filters: asked, time_zone, interval, group, percentiles });
        const startOf = (time: number) => series.starts.findLast((start) => Date.parse(start) <= time);
        const valueOf = (row: Row) => (group === undefined ? null : GROUPS[group](row));
        const expected = groupRows(rows, (row) => JSON.stringify([startOf(Date.parse(row.started_at)), valueOf(row)]));
        const found = series.groups.flatMap(({ value, points }) =>
          points.map((point) => [JSON.stringify([point.at, value]), point] as const),
        );
        expect(new Map(found.map(([key, point]) => [key, { ...point, cost_usd: units(point.cost_usd) }]))).toEqual(
          new Map([...expected].map(([key, inside]) => [key, expect.objectContaining(sumsOf(inside))])),
        );
        const durationsOf = (inside: readonly Row[]) => [
          percentile(known(inside.map((row) => row.latency_ms)), 0.95),
          percentile(known(inside.map(speedOf)), 0.5),
        ];
        expect(found.map(([, point]) => [point.p95_latency_ms, point.p50_tokens_per_second])).toEqual(
          found.map(([key]) => (percentiles ? durationsOf(expected.get(key) ?? []) : [null, null])),
        );
        expect(series.counted_back_to).toBeNull();
      },
    ),
    { numRuns: 120 },
  );
}, 120_000);

test('groups are the sums of the list by value, the largest first, and the others together', async () => {
  await fc.assert(
    fc.asyncProperty(
      filters,
      groups,
      fc.constantFrom('requests', 'cost', 'tokens', 'errors'),
      fc.constantFrom(2, 20),
      async (asked, group, sort, limit) => {
        const by = group ?? 'model';
        const rows = await rowsOf(app, scope, asked);
        const {
          groups: found,
          values,
          counted_back_to,
        } = await listGroups(app.deps, scope, {
          filters: asked,
          by,
          sort,
          limit,
        });
        expect(counted_back_to).toBeNull();
        const expected = groupRows(rows, (row) => JSON.stringify(GROUPS[by](row)));
        expect(values).toBe([...expected.keys()].filter((key) => key !== 'null').length);
        const own = found.filter(({ is_other }) => !is_other);
        expect(own).toHaveLength(Math.min(limit, expected.size));
        for (const { value, ...sums } of own) {
          const inside = expected.get(JSON.stringify(value)) ?? [];
          expect({ ...sums, cost_usd: units(sums.cost_usd) }).toMatchObject(sumsOf(inside));
          expect(sums.p95_latency_ms).toBe(percentile(known(inside.map((row) => row.latency_ms)), 0.95));
          expected.delete(JSON.stringify(value));
        }
        const others = found.find(({ is_other }) => is_other);
        expect(others ? { ...others, cost_usd: units(others.cost_usd) } : sumsOf([])).toMatchObject(
          sumsOf([...expected.values()].flat()),
        );
        const orders = own.map((each) =>
          sort === 'cost'
            ? Number(each.cost_usd)
            : sort === 'tokens'
              ? each.input_tokens + each.output_tokens
              : each[sort],
        );
        expect(orders).toEqual(orders.toSorted((a, b) => b - a));
      },
    ),
    { numRuns: 80 },
  );
}, 120_000);

test('days of zones in which the clocks change, and of half hours, hold what began in them', async () => {
  // In Lord Howe the clocks go half an hour forward, in Oslo an hour back, in Chatham days begin at a quarter to.
  for (const [zone, day] of [
    ['Australia/Lord_Howe', '2026-10-03'],
    ['Europe/Oslo', '2026-10-24'],
    ['Pacific/Chatham', '2026-09-26'],
    ['America/St_Johns', '2026-11-01'],
  ] as const) {
    const model = `clock-${zone}`;
    const first = Date.parse(`${day}T00:00:00Z`);
    const logs = Array.from({ length: 3 * 96 }, (_, quarter) =>
      aLogInput({ model, started_at: new Date(first + quarter * 15 * 60_000 + 1).toISOString() }),
    );
    await app.call('POST', '/api/v1/logs', { body: { logs }, key: app.orgB.key });
    const own = scopeForAdmin(serverAdminScope(), app.orgB.id);
    const asked = { model, from: new Date(first).toISOString(), to: new Date(first + 3 * 86_400_000).toISOString() };
    const {
      starts,
      groups: [all],
    } = await getSeries(app.deps, own, {
      filters: asked,
      time_zone: zone,
      interval: 'day',
      percentiles: false,
    });
    const times = logs.map(({ started_at }) => Date.parse(String(started_at)));
    const expected = starts.slice(0, -1).flatMap((at, index) => {
      const inside = times.filter(
        (time) => time >= Date.parse(at) && time < Date.parse(starts[index + 1] ?? ''),
      ).length;
      return inside === 0 ? [] : [[at, inside]];
    });
    expect([zone, all?.points.map(({ at, requests }) => [at, requests])]).toEqual([zone, expected]);
  }
});

test('a series tells apart the most frequent values, and counts the rest together', async () => {
  const { groups: found } = await getSeries(app.deps, scope, {
    filters: {},
    time_zone: 'UTC',
    interval: 'month',
    group: 'user',
    percentiles: true,
  });
  expect(found.map(({ is_other }) => is_other)).toEqual(Array.from({ length: 8 }, () => false));
  expect(sum(found.flatMap(({ points }) => points.map(({ requests }) => requests)))).toBe(900);
  await expect(
    getSeries(app.deps, scope, {
      filters: { from: '2020-01-01T00:00:00Z' },
      time_zone: 'UTC',
      interval: 'hour',
      percentiles: true,
    }),
  ).rejects.toThrow(/at most 400 buckets/);
});

test('a series tells apart the dearest values too, however rare they are', async () => {
  const own = scopeForAdmin(serverAdminScope(), app.orgB.id);
  const logs = Array.from({ length: 12 }, (_, kind) => kind).flatMap((kind) =>
    Array.from({ length: 30 - kind }, () =>
      // The last is the rarest, and costs more than all others.
      aLogInput({ model: `kind${kind}`, release: 'dear', cost_usd: kind === 11 ? '1' : '0.001' }),
    ),
  );
  await app.call('POST', '/api/v1/logs', { body: { logs }, key: app.orgB.key });
  for (const q of ['release:dear', 'release:dear latency:>=0']) {
    const { groups: found } = await getSeries(app.deps, own, {
      filters: { q },
      time_zone: 'UTC',
      interval: 'month',
      group: 'model',
      percentiles: false,
    });
    const values = found.filter(({ is_other }) => !is_other).map(({ value }) => value);
    expect([q, values.length, values.includes('kind0'), values.includes('kind11')]).toEqual([q, 8, true, true]);
    expect(sum(found.flatMap(({ points }) => points.map(({ requests }) => requests)))).toBe(logs.length);
  }
});

test('facets count what the list would have with each value, leaving out what is asked of their own field', async () => {
  const asked = { q: 'model:m1 -status:error tag.team:t1' };
  const { facets } = await listFacets(app.deps, scope, {
    filters: asked,
    fields: ['model', 'status', 'env', 'tag', 'user'],
  });
  const facet = (field: string) => facets.find((each) => each.field === field);
  for (const { value, requests } of facet('model')?.values ?? []) {
    expect([value, requests]).toEqual([
      value,
      (await rowsOf(app, scope, { q: `model:${value} -status:error tag.team:t1` })).length,
    ]);
  }
  for (const { value, requests } of facet('status')?.values ?? []) {
    expect([value, requests]).toEqual([
      value,
      (await rowsOf(app, scope, { q: `model:m1 status:${value} tag.team:t1` })).length,
    ]);
  }
  expect(
    facet('tag.team')
      ?.values.map(({ value }) => value)
      .toSorted(),
  ).toEqual(['t0', 't1', 't2']);
  expect(facet('tag.odd "key"')?.values).toEqual([{ value: '50%', requests: expect.any(Number) }]);
  expect(facet('user')?.values.length).toBeGreaterThan(1);
});

test('facets of dimensions come from the rollups, and are the same', async () => {
  const { facets } = await listFacets(app.deps, scope, {
    filters: { q: 'env:production' },
    fields: ['prompt', 'model'],
  });
  for (const { field, values } of facets) {
    expect(values.length).toBeGreaterThan(1);
    for (const { value, requests } of values) {
      expect(requests).toBe((await rowsOf(app, scope, { q: `env:production ${field}:${value}` })).length);
    }
  }
});

test('values that nobody has are empty, whatever field they are of', async () => {
  for (const field of ['provider', 'env', 'prompt', 'user', 'release']) {
    const none = { q: `${field}:nobody-has-this` };
    expect((await getTotals(app.deps, scope, none)).requests).toBe(0);
    expect((await getStrip(app.deps, scope, none)).buckets).toEqual([]);
  }
});
