/** Totals, facets and strips say what the list says, for any filter. */
import fc from 'fast-check';
import type { RequestFilters } from '#shared/request';
import { STRIP_BUCKETS } from '#shared/stats';
import type { OrgScope } from '#server/auth/orgScope';
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { Parameters } from '#server/db/sql';
import { whereFilters } from '#server/requests/filters';
import { aLogInput } from '#tests/support/factories';
import { startTestApp, type TestApp } from '#tests/support/testApp';
import { getSeries, getStrip, getTotals, listFacets } from './service.ts';

let app: TestApp;
let scope: OrgScope;
const now = Date.now();
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
      user_id: n % 8 ? `u${n % 8}` : null,
      tags: n % 2 ? { team: `t${n % 3}`, 'odd "key"': '50%' } : {},
    }),
  );
  const { body } = await app.call('POST', '/api/v1/logs', { body: { logs } });
  if (body.created !== logs.length) throw new Error(`Not all logs were stored: ${JSON.stringify(body)}`);
});
afterAll(() => app.stop());

interface Row {
  readonly started_at: string;
  readonly status: string;
  readonly model: string;
  readonly prompt_slug: string | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cost_usd: string | null;
  readonly latency_ms: number | null;
  readonly ttft_ms: number | null;
}

/** What the list has, from the requests themselves. */
async function rowsOf(filters: RequestFilters): Promise<Row[]> {
  const parameters = new Parameters();
  const where = whereFilters(parameters, scope, filters);
  return app.deps.db.query(`SELECT * FROM requests r WHERE ${where}`, parameters.values);
}

/** Money in whole units of the twelfth decimal. */
const units = (amount: string | null) => {
  const [whole = '0', part = ''] = (amount ?? '0').split('.');
  return BigInt(whole + part.padEnd(12, '0'));
};
const sum = (values: (number | null)[]) => values.reduce<number>((total, value) => total + (value ?? 0), 0);
const known = (values: (number | null)[]) => values.filter((value) => value !== null).toSorted((a, b) => a - b);
const percentile = (values: number[], part: number) => values[Math.ceil(part * values.length) - 1] ?? null;

const TERMS = [
  'model:m1',
  'model:(m1 OR m2)',
  '-model:m3',
  'model:m*',
  'provider:azure',
  'status:error',
  '-status:error',
  'env:production',
  '-env:staging',
  'has:env',
  '-has:prompt',
  'prompt:p1',
  'prompt:p2@1',
  '(model:m1 OR env:staging)',
  'user:u3',
  '-user:u3',
  'latency:>3s',
  'tag.team:t1',
  'finish:length',
  'cost:>0.0003',
  'model:nobody',
  `started:>${new Date(Date.now() - 6 * 86_400_000).toISOString().slice(0, 10)}`,
  'started:3d',
] as const;
const time = fc.integer({ min: 0, max: 45 * 24 * 60 }).map((minutes) => now - minutes * 60_000);
const filters = fc
  .record({
    q: fc.uniqueArray(fc.constantFrom(...TERMS), { maxLength: 3 }).map((terms) => terms.join(' ')),
    environment: fc.option(fc.constantFrom('production', 'nowhere'), { nil: undefined, freq: 5 }),
    times: fc.option(fc.tuple(time, time), { nil: undefined }),
    snap: fc.constantFrom(1, HOUR, 24 * HOUR),
  })
  .map(({ q, environment, times, snap }): RequestFilters => {
    const [a, b] = (times ?? []).map((at) => Math.floor(at / snap) * snap).toSorted((x, y) => x - y);
    return {
      ...(q ? { q } : {}),
      ...(environment ? { environment } : {}),
      ...(a === undefined ? {} : { from: new Date(a).toISOString() }),
      ...(b === undefined ? {} : { to: new Date(b).toISOString() }),
    };
  });

test('totals are those of the list, to the last digit', async () => {
  await fc.assert(
    fc.asyncProperty(filters, async (asked) => {
      const rows = await rowsOf(asked);
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
        cost_usd: rows.reduce((total, row) => total + units(row.cost_usd), 0n),
        unpriced_requests: rows.filter((row) => row.cost_usd === null).length,
        unmeasured_requests: rows.filter((row) => row.input_tokens === null || row.output_tokens === null).length,
        avg_latency_ms: latencies.length ? (micros / latencies.length / 1_000).toFixed(6) : undefined,
        p50_latency_ms: percentile(latencies, 0.5),
        p95_latency_ms: percentile(latencies, 0.95),
        p99_latency_ms: percentile(latencies, 0.99),
        p50_ttft_ms: percentile(known(rows.map((row) => row.ttft_ms)), 0.5),
        p95_ttft_ms: percentile(known(rows.map((row) => row.ttft_ms)), 0.95),
        counted_back_to: null,
        percentiles_back_to: null,
        percentiles_within: 0,
      });
    }),
    { numRuns: 100 },
  );
}, 60_000);

test('the buckets of a strip add up to the list, and lie in its time', async () => {
  await fc.assert(
    fc.asyncProperty(filters, async (asked) => {
      const rows = await rowsOf(asked);
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

test('the series of any zone add up to the list, bucket by bucket and value by value', async () => {
  const zones = [
    'UTC',
    'Europe/Oslo',
    'Asia/Kolkata',
    'America/St_Johns',
    'Pacific/Chatham',
    'Asia/Kathmandu',
  ] as const;
  await fc.assert(
    fc.asyncProperty(
      filters,
      fc.constantFrom(...zones),
      fc.constantFrom('day', 'week', 'month'),
      fc.constantFrom(undefined, 'model', 'env', 'user'),
      async (asked, time_zone, interval, group) => {
        const rows = await rowsOf(asked);
        const series = await getSeries(app.deps, scope, { filters: asked, time_zone, interval, group });
        const column = { model: 'model', env: 'environment', user: 'user_id' }[group ?? 'model'];
        const startOf = (time: number) => series.starts.findLast((start) => Date.parse(start) <= time);
        const expected = new Map<string, number>();
        for (const row of rows) {
          const value =
            group === undefined ? null : (Object.entries(row).find(([name]) => name === column)?.[1] ?? null);
          const key = JSON.stringify([startOf(Date.parse(row.started_at)), value]);
          expected.set(key, (expected.get(key) ?? 0) + 1);
        }
        const found = series.groups.flatMap(({ value, points }) =>
          points.map(({ at, requests }) => [JSON.stringify([at, value]), requests] as const),
        );
        expect(new Map(found)).toEqual(expected);
        const points = series.groups.flatMap((each) => each.points);
        expect(points.reduce((total, { cost_usd }) => total + units(cost_usd), 0n)).toBe(
          rows.reduce((total, row) => total + units(row.cost_usd), 0n),
        );
        expect(sum(points.map(({ errors }) => errors))).toBe(rows.filter((row) => row.status === 'error').length);
        expect(series.counted_back_to).toBeNull();
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);

test('a series tells apart the most frequent values, and counts the rest together', async () => {
  const { groups } = await getSeries(app.deps, scope, {
    filters: {},
    time_zone: 'UTC',
    interval: 'month',
    group: 'user',
  });
  expect(groups.map(({ is_other }) => is_other)).toEqual(Array.from({ length: 8 }, () => false));
  expect(sum(groups.flatMap(({ points }) => points.map(({ requests }) => requests)))).toBe(900);
  await expect(
    getSeries(app.deps, scope, { filters: { from: '2020-01-01T00:00:00Z' }, time_zone: 'UTC', interval: 'hour' }),
  ).rejects.toThrow(/at most 400 buckets/);
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
      (await rowsOf({ q: `model:${value} -status:error tag.team:t1` })).length,
    ]);
  }
  for (const { value, requests } of facet('status')?.values ?? []) {
    expect([value, requests]).toEqual([value, (await rowsOf({ q: `model:m1 status:${value} tag.team:t1` })).length]);
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
      expect(requests).toBe((await rowsOf({ q: `env:production ${field}:${value}` })).length);
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
