/** What came in over the last week, counted by the hour, for one organization alone. */
import { DataHealth } from '#shared/dataHealth';
import { aLogInput, aSpanInput } from '#tests/support/factories';
import { startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
let clock = () => new Date();
beforeAll(async () => {
  app = await startTestApp({ clock: () => clock() });
});
afterAll(() => app.stop());

const read = async (key = app.orgA.key): Promise<DataHealth> => {
  const called = await app.call('GET', '/api/v1/data-health', { key });
  expect(called.status).toBe(200);
  return DataHealth.parse(called.body);
};

test('logs and spans are counted by what became of them, at once', async () => {
  expect(await read()).toMatchObject({ hours: [], sources: [], notes: [], waiting: { spans: 0, log_records: 0 } });
  const log = aLogInput({ id: '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b' });
  await app.call('POST', '/api/v1/logs', { body: log });
  await app.call('POST', '/api/v1/logs', { body: { logs: [log, aLogInput(), { model: 'x' }] } });
  await app.call('POST', '/api/v1/logs', { body: { model: 'x' } });
  await app.call('POST', '/api/v1/logs', { body: aLogInput({ response_content: 'x'.repeat(1_000_001) }) });
  await app.call('POST', '/api/v1/spans', { body: { spans: [aSpanInput(), {}] } });
  const { sources, totals, hours } = await read();
  expect(sources).toEqual([
    { source: 'logs', accepted: 3, duplicate: 1, updated: 0, rejected: 2, truncated: 1, clock_skewed: 0, dropped: [] },
    { source: 'spans', accepted: 1, duplicate: 0, updated: 0, rejected: 1, truncated: 0, clock_skewed: 0, dropped: [] },
  ]);
  expect(totals).toMatchObject({ accepted: 4, duplicate: 1, rejected: 3, truncated: 1 });
  expect(hours.map(({ accepted }) => accepted).reduce((sum, count) => sum + count, 0)).toBe(4);
  expect((await read(app.orgB.key)).sources).toEqual([]);
});

test('requests without usage or price are those of the list, by the hour in which they began', async () => {
  const started_at = new Date(Date.now() - 26 * 3_600_000).toISOString();
  await app.call('POST', '/api/v1/logs', {
    body: { logs: [aLogInput({ started_at, model: 'nobody-knows-it', input_tokens: 5, output_tokens: 5 })] },
  });
  const { input_tokens: _input, output_tokens: _output, ...silent } = aLogInput({ started_at });
  await app.call('POST', '/api/v1/logs', { body: { logs: [silent] } });
  const hour = `${started_at.slice(0, 13)}:00:00.000Z`;
  const found = (await read()).hours.find((one) => one.hour === hour);
  expect(found).toMatchObject({ requests: 2, without_usage: 1, without_price: 2, accepted: 0 });
});

test('what is older than a week is not answered, and is forgotten', async () => {
  const begun = Date.now();
  clock = () => new Date(begun - 9 * 24 * 3_600_000);
  await app.call('POST', '/api/v1/logs', { body: aLogInput() });
  await app.deps.healthCounts.flush();
  clock = () => new Date();
  const { hours } = await read();
  expect(hours.every(({ hour }) => Date.parse(hour) > begun - 8 * 24 * 3_600_000)).toBe(true);
  const old = () => app.deps.db.query("SELECT 1 FROM data_health_hours WHERE hour < now() - interval '8 days'");
  expect(await old()).not.toHaveLength(0);
  await app.deps.healthCounts.forgetOld();
  expect(await old()).toHaveLength(0);
});

test('counts that cannot be written now are written later', async () => {
  const before = (await read()).totals.accepted;
  await app.deps.db.query('ALTER TABLE data_health_hours RENAME TO away');
  try {
    await app.call('POST', '/api/v1/logs', { body: aLogInput() });
    await app.deps.healthCounts.flush();
  } finally {
    await app.deps.db.query('ALTER TABLE away RENAME TO data_health_hours');
  }
  expect((await read()).totals.accepted).toBe(before + 1);
});
