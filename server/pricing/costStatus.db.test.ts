/** What a reader of the API sees of costs, and what rows know that were stored before they were asked. */
import { CostStatus1764500000000 } from '#server/db/migrations/0006-cost-status';
import { CostStatusDefault1765100000000 } from '#server/db/migrations/0012-cost-status-default';
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

  // More than one batch of the migration, in both organizations.
  const many = Array.from({ length: 600 }, () => aLogInput({ model: 'nobody-1', name: 'many' }));
  for (const { key } of [app.orgA, app.orgB]) {
    expect((await app.call('POST', '/api/v1/logs', { body: { logs: many }, key })).body.created).toBe(600);
  }

  await expectStatuses(ids);
  const before = await countStatuses();
  const runner = app.deps.db.createQueryRunner();
  const migration = new CostStatus1764500000000();
  try {
    await migration.down(runner);
    await migration.up(runner);
    expect(await countStatuses()).toEqual(before);
    // As after a start that was interrupted: some rows are not worked out yet.
    await runner.query("UPDATE requests SET cost_status = 'priced' WHERE org_id = $1", [app.orgB.id]);
    await migration.up(runner);
    expect(await countStatuses()).toEqual(before);
  } finally {
    await runner.release();
  }
  await expectStatuses(ids);
});

test('a server of the version before can write, also where the default was dropped once', async () => {
  const runner = app.deps.db.createQueryRunner();
  try {
    await runner.query('ALTER TABLE requests ALTER COLUMN cost_status DROP DEFAULT');
    await new CostStatusDefault1765100000000().up(runner);
  } finally {
    await runner.release();
  }
  const [row] = await app.deps.db.query(
    `INSERT INTO requests (org_id, id, started_at, created_at, model, provider, status, tags, truncated)
     VALUES ($1, gen_random_uuid(), now(), now(), 'm', 'p', 'success', '{}', false) RETURNING cost_status`,
    [app.orgB.id],
  );
  expect(row).toEqual({ cost_status: 'priced' });
});

test('a web search and a tier are read from the log as it was sent', async () => {
  const response = { output: [{ type: 'web_search_call' }, { type: 'message' }] };
  const searched = await app.call('POST', '/api/v1/logs', { body: aLogInput({ model: 'gpt-5-mini', response }) });
  // 14 × 0.25 + 3 × 2 = 9.5 millionths of a dollar, and 10 dollars for a thousand searches.
  expect(searched.body).toMatchObject({ cost_usd: '0.0100095', cost_source: 'builtin', cost_status: 'priced' });

  const priority = await app.call('POST', '/api/v1/logs', { body: aLogInput({ service_tier: 'priority' }) });
  expect(priority.body).toMatchObject({ cost_usd: null, cost_source: null, cost_status: 'no_price' });
});

const countStatuses = () =>
  app.deps.db.query('SELECT org_id, cost_status, count(*) FROM requests GROUP BY 1, 2 ORDER BY 1, 2');

async function expectStatuses(ids: ReadonlyMap<string, string>): Promise<void> {
  const list = await app.call('GET', '/api/v1/requests?q=-name:many');
  const rows = list.body as { id: string; cost_status: string }[];
  for (const [id, status] of ids) {
    expect(rows.find((row) => row.id === id)?.cost_status).toBe(status);
    const { body } = await app.call('GET', `/api/v1/requests/${id}`);
    expect(body).toMatchObject({ cost_status: status });
  }
}
