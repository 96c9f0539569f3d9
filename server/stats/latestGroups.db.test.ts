/** Of more requests than are read one by one: sums of all, with percentiles of the latest of the same groups. */
import { DAY_MS } from '#shared/durations';
import { aLogInput } from '#tests/support/factories';
import { startTestApp, type TestApp } from '#tests/support/testApp';
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { getSeries } from './service.ts';
import { COUNTED_ROWS } from './window.ts';

const now = Date.parse('2026-11-20T14:23:45.678Z');
/** How many requests each of ten models has: of m9 most are old, so that among the latest it is the rarest. */
const LATEST = [2_300, 2_300, 2_300, 2_300, 2_300, 2_300, 2_300, 2_300, 1_300, 400];
const OLD = { model: 'm9', requests: 3_000, at: now - 5 * DAY_MS };
const latencyOf = (model: string) => 100 * (1 + Number(model.slice(1)));

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ clock: () => new Date(now) });
  const models = [
    ...Array.from({ length: OLD.requests }, () => OLD.model),
    ...LATEST.flatMap((requests, index) => Array.from({ length: requests }, () => `m${index}`)),
  ];
  const logs = models.map((model, n) =>
    aLogInput({
      model,
      environment: 'production',
      cost_usd: '0',
      latency_ms: latencyOf(model),
      started_at: new Date(n < OLD.requests ? OLD.at + n : now - DAY_MS + n).toISOString(),
    }),
  );
  for (let done = 0; done < logs.length; done += 1_000) {
    const { status, text } = await app.call('POST', '/api/v1/logs', { body: { logs: logs.slice(done, done + 1_000) } });
    if (status !== 201) throw new Error(`The logs were not stored: ${text}`);
  }
}, 120_000);
afterAll(() => app.stop());

test('percentiles of the latest requests are of the groups that the sums tell apart', async () => {
  expect(LATEST.reduce((sum, requests) => sum + requests, 0)).toBeGreaterThan(COUNTED_ROWS);
  const scope = scopeForAdmin(serverAdminScope(), app.orgA.id);
  const filters = { environment: 'production', from: new Date(now - 7 * DAY_MS).toISOString() };
  const input = { filters, group: 'model', interval: 'day', time_zone: 'UTC', percentiles: true } as const;
  const series = await getSeries(app.deps, scope, input);
  expect(series.percentiles_back_to).not.toBeNull();
  // m9 has most requests of all, and m7 is then one of the others.
  const named = series.groups
    .filter(({ is_other }) => !is_other)
    .map(({ value }) => value ?? '')
    .toSorted((a, b) => a.localeCompare(b));
  expect(named).toEqual(['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm9']);
  const latest = (value: string | null) => series.groups.find((group) => group.value === value)?.points.at(-1);
  for (const value of named) expect([value, latest(value)?.p50_latency_ms]).toEqual([value, latencyOf(value)]);
  expect(latest(null)).toMatchObject({ p50_latency_ms: latencyOf('m7'), p99_latency_ms: latencyOf('m8') });
});
