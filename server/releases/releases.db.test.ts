/** Two groups side by side: what is told apart, what is not, and what a step of CI gets. */
import type { ReleaseReport } from '#shared/releaseReport';
import type { LogInput } from '#shared/request';
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import type { Place } from '#server/db/cursor';
import { expectContract, expectError } from '#tests/support/expectContract';
import { aLogInput } from '#tests/support/factories';
import { type Called, startTestApp, type TestApp } from '#tests/support/testApp';
import { readSample } from './repository.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const HOUR = 3_600_000;

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ clock: () => new Date(NOW) });
  await log([
    ...calls({ release: '1', count: 400, failing: 50, latency: 1_000 }),
    ...calls({ release: '2', count: 400, failing: 6, latency: 1_500, finish_reason: 'length' }),
    ...calls({ release: '3', count: 400, failing: 50, latency: 1_000 }),
    ...calls({ release: 'few', count: 5, failing: 4, latency: 9_000 }),
  ]);
}, 60_000);
afterAll(() => app.stop());

interface Calls {
  readonly release: string;
  readonly count: number;
  /** Each so many-th fails. */
  readonly failing: number;
  readonly latency: number;
  readonly finish_reason?: string;
}

/** Calls whose numbers are spread, and the same in each run. */
function calls({ release, count, failing, latency, finish_reason = 'stop' }: Calls): LogInput[] {
  return Array.from({ length: count }, (_, n) => {
    const spread = 0.4 + ((n * 7_919) % 1_009) / 800;
    return aLogInput({
      release,
      model: n % 3 ? 'gpt-4o' : 'gpt-4o-mini',
      ...(n % 2 ? { prompt_slug: 'greet', prompt_version: release } : {}),
      environment: 'production',
      latency_ms: latency * spread * (n % 40 ? 1 : 6),
      ttft_ms: n % 4 ? 100 * spread : null,
      cost_usd: `0.00${1 + ((n * 31) % 9)}`,
      input_tokens: 100 + ((n * 37) % 50),
      output_tokens: 20 + ((n * 41) % 30),
      started_at: new Date(NOW - n * HOUR * 0.5 - 1_000).toISOString(),
      finish_reason,
      ...(n % failing === 3 ? { status: 'error' as const, error: { type: 'server_error', message: 'no' } } : {}),
    });
  });
}

async function log(logs: readonly LogInput[]): Promise<void> {
  for (let at = 0; at < logs.length; at += 1_000) {
    const part = logs.slice(at, at + 1_000);
    const { body } = await app.call('POST', '/api/v1/logs', { body: { logs: part } });
    if (body.created !== part.length) throw new Error(`Not all were stored: ${JSON.stringify(body).slice(0, 300)}`);
  }
}

const ask = (parameters: Record<string, string>, key?: string): Promise<Called> =>
  app.call('GET', `/api/v1/compare?${new URLSearchParams(parameters)}`, key === undefined ? {} : { key });

async function reportOf(parameters: Record<string, string>): Promise<ReleaseReport> {
  const called = await ask(parameters);
  expectContract('getReleaseReport', called, 200);
  return called.body;
}

const verdicts = ({ metrics }: ReleaseReport) =>
  Object.fromEntries(metrics.map(({ metric, verdict }) => [metric, verdict]));
const metricOf = ({ metrics }: ReleaseReport, name: string) => metrics.find(({ metric }) => metric === name);

test('a release that fails more and takes longer is worse, and what is alike is not told apart', async () => {
  const report = await reportOf({ a: '1', b: '2' });
  expect(verdicts(report)).toEqual({
    error_rate: 'worse',
    cut_off_rate: 'worse',
    latency_p50: 'worse',
    latency_p95: expect.any(String),
    ttft_p50: 'no_difference',
    ttft_p95: 'no_difference',
    cost_per_request: 'no_difference',
    input_tokens: 'no_difference',
    output_tokens: 'no_difference',
  });
  expect(report.verdict).toBe('worse');
  const latency = metricOf(report, 'latency_p50');
  expect(latency?.relative).toBeCloseTo(0.5, 1);
  expect(latency?.difference?.low).toBeGreaterThan(0);
  expect(report.finish_reasons.map(({ finish_reason, verdict }) => [finish_reason, verdict])).toEqual(
    expect.arrayContaining([
      ['length', 'changed'],
      ['stop', 'changed'],
    ]),
  );
  expect(report.movers.map(({ field, value, metric }) => `${field} ${value} ${metric}`)).toEqual(
    expect.arrayContaining(['model gpt-4o-mini error_rate', 'model gpt-4o latency_p50', 'prompt greet latency_p50']),
  );
  // The other way around it is better.
  const back = await reportOf({ a: '2', b: '1' });
  expect(back.verdict).toBe('better');
  const ratio = (metric: typeof latency, end: 'low' | 'high') =>
    1 + (metric?.difference?.[end] ?? 0) / (metric?.a.value ?? 1);
  expect(ratio(metricOf(back, 'latency_p50'), 'high') * ratio(latency, 'low')).toBeCloseTo(1, 9);
});

test('releases that are alike show no difference, and five calls are too few', async () => {
  const alike = await reportOf({ a: '1', b: '3' });
  expect(alike.verdict).toBe('no_difference');
  expect(alike.movers).toEqual([]);
  const few = await reportOf({ a: '1', b: 'few' });
  expect(few.verdict).toBe('too_few');
  expect(few.b).toMatchObject({ requests: 5, errors: 1 });
  expect(metricOf(few, 'cost_per_request')?.b).toMatchObject({ low: null, high: null, requests: 5 });
  const none = await reportOf({ a: '1', b: 'nobody' });
  expect(none.b).toMatchObject({ requests: 0, cost_usd: '0', first_at: null, counted_back_to: null });
  expect(new Set(Object.values(verdicts(none)))).toEqual(new Set(['too_few']));
});

test.each([
  ['release', '1', '2', {}],
  ['release', '1', '2', { q: 'model:gpt-4o OR model:o3', from: '2026-11-15T00:00:00Z' }],
  ['prompt', 'greet@1', 'greet@2', {}],
  ['model', 'gpt-4o', 'gpt-4o-mini', { q: 'release:2' }],
  ['env', 'production', 'staging', {}],
  ['provider', 'openai', 'azure', {}],
  ['query', 'release:1 OR release:3', 'latency:>2s', { environment: 'production' }],
  ['period', '48h..24h', '24h', {}],
  ['period', '2026-11-17', '2026-11-18..2026-11-19', { q: 'release:1' }],
] as const)('by %s, %s and %s have the totals of the list', async (by, a, b, filters) => {
  const report = await reportOf({ by, a, b, ...filters });
  for (const side of ['a', 'b'] as const) {
    const group = report[side];
    const { q: _, ...others } = filters as Record<string, string>;
    const range = { ...(group.from && { from: group.from }), ...(group.to && { to: group.to }) };
    const { body: totals } = await app.call(
      'GET',
      `/api/v1/stats?${new URLSearchParams({ ...others, ...range, q: group.q })}`,
    );
    expect(group).toMatchObject({
      requests: totals.requests,
      errors: totals.errors,
      cost_usd: totals.cost_usd,
      unpriced_requests: totals.unpriced_requests,
    });
    expect(metricOf(report, 'latency_p95')?.[side].value).toBe(totals.p95_latency_ms);
    expect(metricOf(report, 'ttft_p50')?.[side].value).toBe(totals.p50_ttft_ms);
    expect(metricOf(report, 'error_rate')?.[side].value).toEqual(
      totals.requests === 0 ? null : totals.errors / totals.requests,
    );
  }
});

test('a period without another is compared with the time before it, as long as it', async () => {
  const { a, b } = await reportOf({ by: 'period', b: '24h' });
  expect([a.from, a.to]).toEqual(['2026-11-18T12:00:00.000Z', '2026-11-19T12:00:00.000Z']);
  expect([b.from, b.to]).toEqual(['2026-11-19T12:00:00.000Z', null]);
  expect(a.requests).toBe(48 * 3);
});

describe('in CI', () => {
  test.each([
    ['error_rate', 409, ['error_rate']],
    ['error_rate>1%', 409, ['error_rate>1%']],
    ['error_rate>90%', 200, []],
    ['latency_p50>+20%, cost_per_request', 409, ['latency_p50>20%']],
    ['latency_p50>200', 200, []],
    ['worse', 409, expect.arrayContaining(['error_rate', 'cut_off_rate', 'latency_p50'])],
    ['too_few', 200, []],
    ['output_tokens', 200, []],
  ])('fail_on=%s is answered %i', async (fail_on, status, failed) => {
    const called = await ask({ a: '1', b: '2', fail_on });
    expectContract('getReleaseReport', called, status);
    expect(called.body.failed).toEqual(failed);
  });

  test('a release that nobody logged fails where that is asked for', async () => {
    expect((await ask({ a: '1', b: 'misspelt', fail_on: 'worse' })).status).toBe(200);
    const called = await ask({ a: '1', b: 'misspelt', fail_on: 'worse,too_few' });
    expect([called.status, called.body.failed]).toEqual([409, ['too_few']]);
  });
});

test.each([
  [{ b: '2' }, 'a', /`a` is missing/],
  [{ a: '1' }, 'b', /./],
  [{ a: '1', b: '1' }, 'b', /the same/],
  [{ a: ' ', b: '1' }, 'a', /empty/],
  [{ by: 'colour', a: '1', b: '2' }, 'by', /./],
  [{ by: 'query', a: 'nothing:here', b: 'status:error' }, 'a', /not a field/],
  [{ by: 'period', a: '7d', b: '3d' }, 'a', /overlap/],
  [{ by: 'period', b: 'yesterday' }, 'b', /14d\.\.7d/],
  [{ by: 'period', b: '3d..7d' }, 'b', /period/],
  [{ by: 'period', b: '..7d' }, 'a', /no time/],
  [{ a: '1', b: '2', fail_on: 'slower' }, 'fail_on', /latency_p95/],
  [{ a: '1', b: '2', fail_on: 'too_few>3%' }, 'fail_on', /./],
  [{ a: '1', b: '2', release: '3' }, 'release', /not a query parameter/],
  [{ a: '1', b: '2', from: '2026-11-03T00:00:00Z', to: '2026-11-02T00:00:00Z' }, 'from', /later/],
])('%j is refused with a sentence', async (parameters, param, message) => {
  expectError(await ask(parameters as unknown as Record<string, string>), 'invalid_value', { param, message });
});

test('nothing of another organization is counted', async () => {
  const { body } = await ask({ a: '1', b: '2' }, app.orgB.key);
  expect([body.a.requests, body.b.requests, body.verdict]).toEqual([0, 0, 'too_few']);
});

test('words are looked for as in the list', async () => {
  await log(
    Array.from({ length: 40 }, (_, n) =>
      aLogInput({
        release: n % 2 ? 'w1' : 'w2',
        response_content: `The refund of ${n}`,
        started_at: new Date(NOW).toISOString(),
      }),
    ),
  );
  const { a, b } = await reportOf({ a: 'w1', b: 'w2', q: 'refund' });
  expect([a.requests, b.requests]).toEqual([20, 20]);
});

test('a sample is the same by many steps as by one', async () => {
  const scope = scopeForAdmin(serverAdminScope(), app.orgA.id);
  const filters = { q: 'release:2 model:gpt-4o-mini' };
  const whole = await readSample(app.deps.db, scope, filters, { place: null, rows: 5_000, limit: 1_000 });
  expect(whole.last).toBeNull();
  expect(whole.sample.latency_ms).toHaveLength(134);
  const found: (number | null)[] = [];
  let steps = 0;
  for (let place: Place | null = null; ; steps++) {
    const step = await readSample(app.deps.db, scope, filters, { place, rows: 17, limit: 1_000 });
    found.push(...step.sample.latency_ms);
    if (step.last === null) break;
    place = step.last;
  }
  expect(steps).toBeGreaterThan(5);
  expect(found).toEqual(whole.sample.latency_ms);
});

test('of more than 20,000 requests the latest count, and the answer says since when', async () => {
  const logs = Array.from({ length: 20_010 }, (_, n) =>
    aLogInput({
      release: 'big',
      messages: [],
      latency_ms: n < 20_000 ? 10 : 1e6,
      started_at: new Date(NOW - n * 1_000).toISOString(),
    }),
  );
  await log(logs);
  const { b } = await reportOf({ a: '1', b: 'big' });
  expect(b).toMatchObject({
    requests: 20_000,
    counted_back_to: new Date(NOW - 19_999_000).toISOString(),
    first_at: new Date(NOW - 19_999_000).toISOString(),
    looked_back_to: null,
  });
}, 60_000);
