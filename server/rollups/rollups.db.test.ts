/** The rollups say what the requests say, after every kind of write. */
import { Rollups1764800000000 } from '#server/db/migrations/0009-rollups';
import { TotalsAndUsers1765500000000 } from '#server/db/migrations/0016-totals-and-users';
import { Values1765900000000 } from '#server/db/migrations/0019-values';
import { UnsummedRequests1766000000000 } from '#server/db/migrations/0020-unsummed-requests';
import { ValueHistograms1766300000000 } from '#server/db/migrations/0023-value-histograms';
import { PromptValues1766600000000 } from '#server/db/migrations/0026-prompt-values';
import { newId } from '#server/ids';
import { aLogInput } from '#tests/support/factories';
import { poll } from '#tests/support/poll';
import { bringRollupsUpToDate, expectExactRollups, expectNoDifferences } from '#tests/support/rollups';
import { anOrganization, startTestApp, type TestApp } from '#tests/support/testApp';
import { OTHER } from './rollUp.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());
afterEach(() => expectExactRollups(app));

/** That are added in one statement, at most: beyond a cap as many are told apart. A batch of the writer is not parted. */
const MOST_ROWS = 2_500;

const now = Date.now();
const at = (hoursAgo: number) => new Date(now - hoursAgo * 3_600_000).toISOString();
async function count(table: string): Promise<number> {
  await bringRollupsUpToDate(app);
  return Number((await app.deps.db.query(`SELECT count(*) AS count FROM ${table}`))[0].count);
}

async function store(logs: readonly object[], key = app.orgA.key): Promise<void> {
  const { status, text } = await app.call('POST', '/api/v1/logs', { body: { logs }, key });
  expect([status, text]).toEqual([201, expect.anything()]);
}

async function deleteMatching(search: string): Promise<void> {
  const { body } = await app.call('DELETE', `/api/v1/requests?${search}`);
  const isDone = async () => expect((await app.call('GET', `/api/v1/jobs/${body.id}`)).body.status).toBe('done');
  await poll(isDone, 120_000);
}

/** Logs of many kinds, over some days: what is unknown in one is known in another. */
function someLogs(count: number, seed = 0) {
  return Array.from({ length: count }, (_, index) => {
    const n = index + seed;
    return aLogInput({
      id: newId(),
      model: `m${n % 4}`,
      started_at: at((n * 7) % 90),
      ...(n % 3 ? { prompt_slug: `p${n % 5}` } : {}),
      ...(n % 2 ? { environment: n % 6 ? 'production' : 'staging' } : {}),
      ...(n % 5 ? {} : { status: 'error' as const, input_tokens: null, output_tokens: null }),
      ...(n % 4 ? { latency_ms: n * 13.37, ttft_ms: n * 1.234 } : { latency_ms: null }),
      ...(n % 7 ? { cost_usd: `0.000${n % 9}1` } : {}),
      cached_input_tokens: n % 3 ? 2 : null,
      reasoning_tokens: n % 5 ? null : 3,
      user_id: n % 7 ? `u${n % 11}` : null,
    });
  });
}

test('batches, single logs, both at once, and the same again', async () => {
  const logs = someLogs(200);
  await Promise.all([
    store(logs.slice(0, 100)),
    store(logs.slice(100)),
    store(someLogs(50, 1_000), app.orgB.key),
    ...someLogs(20, 500).map((log) => app.call('POST', '/api/v1/logs', { body: log })),
  ]);
  await app.call('POST', '/api/v1/logs', { body: { logs } });
  const { body } = await app.call('GET', '/api/v1/stats');
  expect(body.requests).toBe(220);
});

test('durations at the edges of the buckets', async () => {
  const durations = [0, 0.4, 1, 1.04, 1.05, 999.9999, 1e10];
  await store(durations.map((latency_ms) => aLogInput({ latency_ms, ttft_ms: latency_ms / 2 })));
  await expectExactRollups(app);
});

test('a request that is deleted, and many by a job', async () => {
  const [log] = someLogs(1, 77);
  await store([log ?? {}]);
  expect((await app.call('DELETE', `/api/v1/requests/${log?.id}`)).status).toBe(200);
  await expectExactRollups(app);
  await deleteMatching('model=m1');
  await expectExactRollups(app);
  expect((await app.call('GET', '/api/v1/stats?model=m1')).body.requests).toBe(0);
});

test('deletions beside writers leave the sums exact', async () => {
  await store(someLogs(300, 300));
  await Promise.all([deleteMatching('model=m2'), ...[1, 2, 3].map((n) => store(someLogs(60, 10_000 * n)))]);
  await expectExactRollups(app);
});

test('requests that are deleted, priced again, or stored anew before they were counted are counted as they are now', async () => {
  // Nobody counts meanwhile.
  await app.deps.rollups.stop();
  const logs = someLogs(120, 20_000).map((log) => ({
    ...log,
    cost_usd: undefined,
    model: 'gpt-4o',
    input_tokens: 10,
    output_tokens: 5,
  }));
  await store(logs);
  await deleteMatching('q=prompt:p1');
  await app.call('DELETE', `/api/v1/requests/${logs[2]?.id}`);
  await expectNoDifferences(app);
  await app.call('POST', '/api/v1/prices', { body: { model: 'gpt-4o', rates: { input: '7', output: '9' } } });
  const { body } = await app.call('POST', '/api/v1/prices/reprice', {
    body: { dry_run: false, filters: { model: 'gpt-4o' } },
  });
  await poll(async () => expect((await app.call('GET', `/api/v1/jobs/${body.id}`)).body.status).toBe('done'));
  await expectNoDifferences(app);
  // The same id again: what was deleted may come back.
  await store(logs.slice(0, 5));
  await expectExactRollups(app);
  expect((await app.call('GET', '/api/v1/stats?model=gpt-4o')).body.requests).toBe(
    (await app.call('GET', '/api/v1/requests?model=gpt-4o&limit=200&payload=false')).body.length,
  );
});

test('of many organizations each has its turn', async () => {
  await app.deps.rollups.stop();
  const many = await Promise.all(Array.from({ length: 45 }, (_, n) => anOrganization(app.deps, `Many ${n}`)));
  for (const { key } of many) await store([aLogInput({ started_at: at(0) })], key);
  const left = () => app.deps.db.query('SELECT DISTINCT org_id FROM unsummed_requests');
  expect((await left()).length).toBeGreaterThan(40);
  const other = await startTestApp({ databaseUrl: app.databaseUrl });
  try {
    await poll(async () => expect(await left()).toEqual([]));
  } finally {
    await other.stop();
  }
});

test('an organization that is deleted takes its rollups along', async () => {
  await store(someLogs(5), app.orgB.key);
  await app.deps.db.query('DELETE FROM organizations WHERE id = $1', [app.orgB.id]);
  for (const table of [
    'unsummed_requests',
    'request_hours',
    'request_days',
    'request_totals',
    'request_user_days',
    'request_values',
  ]) {
    const rows = await app.deps.db.query(`SELECT FROM ${table} WHERE org_id = $1`, [app.orgB.id]);
    expect(rows).toHaveLength(0);
  }
});

test('a prompt for each request does not make the rollup as long as the table, and the sums stay exact', async () => {
  await app.deps.db.query("UPDATE request_values SET errors = errors + 1 WHERE dimension = 'model'");
  await expect(expectExactRollups(app)).rejects.toThrow(/request_values/);
  await deleteMatching('all=true');
  await app.deps.db.query('TRUNCATE request_hours, request_days, request_totals, request_user_days, request_values');
  const many = (prefix: string, field: 'prompt_slug' | 'model') =>
    Array.from({ length: 1_000 }, (_, n) => aLogInput({ [field]: `${prefix}${n}`, started_at: at(0), latency_ms: n }));
  for (const prefix of ['a', 'b', 'c', 'd', 'e']) await store(many(prefix, 'prompt_slug'));
  expect(await count('request_days')).toBeLessThan(4_000 + MOST_ROWS);
  await expectNoDifferences(app);
  for (const prefix of ['f', 'g', 'h', 'i', 'j']) await store(many(prefix, 'model'));
  expect(await count('request_days')).toBeLessThan(8_000 + MOST_ROWS);
  await expectNoDifferences(app);
  await deleteMatching('q=prompt:b*');
  await deleteMatching('q=model:f*');
  await expectExactRollups(app);
  expect((await app.call('GET', '/api/v1/stats')).body.requests).toBe(8_000);
  await deleteMatching('all=true');
  expect((await app.call('GET', '/api/v1/stats')).body).toMatchObject({ requests: 0, cost_usd: '0' });
}, 240_000);

test('users beyond the cap of a day are counted together, and the sums stay exact', async () => {
  await app.deps.db.query("UPDATE request_values SET errors = errors + 1 WHERE dimension = 'model'");
  await expect(expectExactRollups(app)).rejects.toThrow(/request_values/);
  await deleteMatching('all=true');
  await app.deps.db.query('TRUNCATE request_hours, request_days, request_totals, request_user_days, request_values');
  const many = (prefix: string) =>
    Array.from({ length: 1_000 }, (_, n) =>
      aLogInput({ user_id: `${prefix}${n}`, started_at: at(0), cost_usd: '0.01' }),
    );
  for (let batch = 0; batch < 13; batch++) await store(many(`b${batch}.`));
  expect(await count('request_user_days')).toBeLessThan(10_000 + MOST_ROWS);
  await expectNoDifferences(app);
  // A user that was counted on its own still is, one that comes now is not. Who is depends on what was summed up together.
  const [known] = await app.deps.db.query<{ user_id: string }[]>(
    `SELECT min(user_id) AS user_id FROM request_user_days WHERE org_id = $1 AND user_id <> '${OTHER}'`,
    [app.orgA.id],
  );
  const user_id = known?.user_id;
  await store([aLogInput({ user_id, started_at: at(0) }), aLogInput({ user_id: 'late', started_at: at(0) })]);
  await expectExactRollups(app);
  const { body } = await app.call('GET', '/api/v1/stats/groups?by=user&limit=5');
  expect(body).toMatchObject({ is_folded: true, counted_back_to: null });
  expect(body.groups[0]).toMatchObject({ value: user_id, requests: 2 });
  expect(body.groups.reduce((sum: number, { requests }: { requests: number }) => sum + requests, 0)).toBe(13_002);
  // Of one user nothing is left out: it is read from the requests.
  expect((await app.call('GET', '/api/v1/stats?user_id=late')).body).toMatchObject({
    requests: 1,
    counted_back_to: null,
  });
  await deleteMatching('q=user:b1*');
  await deleteMatching('user_id=late');
  await expectExactRollups(app);
  await deleteMatching('all=true');
}, 240_000);

test('a database from before is summed up, with what its days had too many of', async () => {
  await store(someLogs(150, 5_000));
  await store(Array.from({ length: 1_000 }, (_, n) => aLogInput({ prompt_slug: `old${n}`, model: `x${n % 3}` })));
  await store(Array.from({ length: 1_000 }, (_, n) => aLogInput({ prompt_slug: `old${n}`, model: `y${n}` })));
  for (let part = 0; part < 3; part++)
    await store(Array.from({ length: 1_000 }, (_, n) => aLogInput({ prompt_slug: `older${part}.${n}` })));
  const [first, second, third, fourth, fifth, sixth] = [
    new Rollups1764800000000(),
    new TotalsAndUsers1765500000000(),
    new Values1765900000000(),
    new UnsummedRequests1766000000000(),
    new ValueHistograms1766300000000(),
    new PromptValues1766600000000(),
  ];
  const runner = app.deps.db.createQueryRunner();
  try {
    await bringRollupsUpToDate(app);
    await runner.startTransaction();
    await runner.query('SET LOCAL statement_timeout = 0'); // As `migrate` does.
    await sixth.down(runner);
    await fifth.down(runner);
    await fourth.down(runner);
    await third.down(runner);
    await second.down(runner);
    await first.down(runner);
    await first.up(runner);
    await second.up(runner);
    await third.up(runner);
    await fourth.up(runner);
    await fifth.up(runner);
    await sixth.up(runner);
    await runner.commitTransaction();
  } finally {
    await runner.release();
  }
  await expectExactRollups(app);
  await store(someLogs(50, 7_000));
  // What is deleted is taken off where it was counted: on a day with an other too.
  await deleteMatching('q=prompt:old1*');
}, 240_000);

test('a rollup that says something else is reported, so that the above can fail', async () => {
  await app.deps.db.query('UPDATE request_days SET requests = requests + 1');
  await expect(expectExactRollups(app)).rejects.toThrow(/request_days/);
  await app.deps.db.query('UPDATE request_days SET requests = requests - 1');
  await app.deps.db.query('UPDATE request_totals SET counts = counts || 1, buckets = buckets || 999::smallint');
  await expect(expectExactRollups(app)).rejects.toThrow(/bucket 999/);
  await app.deps.db.query('TRUNCATE request_totals');
  await expect(expectExactRollups(app)).rejects.toThrow(/request_totals/);
  await app.deps.db.query("UPDATE request_user_days SET cost_usd = cost_usd + 0.000000000001 WHERE user_id <> ''");
  await expect(expectExactRollups(app)).rejects.toThrow(/request_user_days/);
  await app.deps.db.query("UPDATE request_values SET errors = errors + 1 WHERE dimension = 'model'");
  await expect(expectExactRollups(app)).rejects.toThrow(/request_values/);
  await deleteMatching('all=true');
  await app.deps.db.query('TRUNCATE request_hours, request_days, request_totals, request_user_days, request_values');
}, 120_000);
