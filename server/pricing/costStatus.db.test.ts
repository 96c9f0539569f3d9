/** What a reader of the API sees of costs, and what rows know that were stored before they were asked. */
import { CostStatus1764500000000 } from '#server/db/migrations/0006-cost-status';
import { aLogInput } from '#tests/support/factories';
import { startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const LOGS = {
  given: aLogInput({ model: 'nobody-1', cost_usd: '0.5' }),
  priced: aLogInput(),
  no_price: aLogInput({ model: 'nobody-1' }),
  no_usage: aLogInput({ output_tokens: null }),
};

test('each request says what its cost is, or what is missing to know it, in the list, by itself and of old rows', async () => {
  const ids = new Map<string, string>();
  for (const [status, log] of Object.entries(LOGS)) {
    const stored = await app.call('POST', '/api/v1/logs', { body: log });
    expect(stored.body).toMatchObject({ cost_status: status });
    ids.set((stored.body as { id: string }).id, status);
  }

  // An embedding has no output, so that what was missing is its price.
  const embedding = { model: 'nobody-1', endpoint: 'embeddings', messages: 'Hi', output_tokens: null };
  const unlisted = await app.call('POST', '/api/v1/logs', { body: aLogInput(embedding) });
  ids.set((unlisted.body as { id: string }).id, 'no_price');

  await expectStatuses(ids);
  const runner = app.deps.db.createQueryRunner();
  const migration = new CostStatus1764500000000();
  await migration.down(runner);
  await migration.up(runner);
  await runner.release();
  await expectStatuses(ids);
});

test('a web search and a tier are read from the log as it was sent', async () => {
  const response = { output: [{ type: 'web_search_call' }, { type: 'message' }] };
  const searched = await app.call('POST', '/api/v1/logs', { body: aLogInput({ model: 'gpt-5-mini', response }) });
  // 14 × 0.25 + 3 × 2 = 9.5 millionths of a dollar, and 10 dollars for a thousand searches.
  expect(searched.body).toMatchObject({ cost_usd: '0.0100095', cost_source: 'builtin', cost_status: 'priced' });

  const priority = await app.call('POST', '/api/v1/logs', { body: aLogInput({ service_tier: 'priority' }) });
  expect(priority.body).toMatchObject({ cost_usd: null, cost_source: null, cost_status: 'no_price' });
});

async function expectStatuses(ids: ReadonlyMap<string, string>): Promise<void> {
  const list = await app.call('GET', '/api/v1/requests');
  const rows = list.body as { id: string; cost_status: string }[];
  for (const [id, status] of ids) {
    expect(rows.find((row) => row.id === id)?.cost_status).toBe(status);
    const { body } = await app.call('GET', `/api/v1/requests/${id}`);
    expect(body).toMatchObject({ cost_status: status });
  }
}
