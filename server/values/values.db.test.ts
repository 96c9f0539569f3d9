/** Suggested values, and how many requests are newer than the newest that is shown. */
import { MOST_NEWER } from '#shared/requestValues';
import { newId } from '#server/ids';
import { aLogInput } from '#tests/support/factories';
import { startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  const log = (n: number) => ({
    ...aLogInput({
      model: ['gpt-4o', 'gpt-4o', 'claude-gpt', 'o3'][n % 4],
      environment: n % 5 === 0 ? 'prod' : null,
      user_id: `User ${n % 3}`,
      tags: n % 2 === 0 ? { team: 'a', 'odd key': `50%_${n % 4}` } : { team: 'b' },
    }),
    ...(n === 0 ? { error: { type: 'rate_limit_error', code: 'c', http_status: 429 } } : {}),
  });
  await app.call('POST', '/api/v1/logs', { body: { logs: Array.from({ length: 40 }, (_, n) => log(n)) } });
  await app.call('POST', '/api/v1/logs', {
    key: app.orgB.key,
    body: aLogInput({ model: 'secret-of-b', user_id: 'b' }),
  });
});
afterAll(() => app.stop());

async function ask(procedure: string, input: object, key = app.orgA.key) {
  const query = encodeURIComponent(JSON.stringify(input));
  const called = await app.call('GET', `/trpc/requests.${procedure}?input=${query}`, { key });
  return { status: called.status, data: called.body.result?.data, bytes: called.text.length, error: called.body.error };
}
const values = async (input: object) => (await ask('values', input)).data?.values;

test('values are answered by frequency, those first that begin with what is typed, none of another organization', async () => {
  expect(await values({ field: 'model' })).toEqual([
    { value: 'gpt-4o', count: 20 },
    { value: 'claude-gpt', count: 10 },
    { value: 'o3', count: 10 },
  ]);
  expect(await values({ field: 'model', prefix: 'GPT' })).toEqual([
    { value: 'gpt-4o', count: 20 },
    { value: 'claude-gpt', count: 10 },
  ]);
  expect(await values({ field: 'model', prefix: 'secret' })).toEqual([]);
  expect(await values({ field: 'user', prefix: 'user 2' })).toEqual([{ value: 'User 2', count: 13 }]);
  expect(await values({ field: 'env' })).toEqual([{ value: 'prod', count: 8 }]);
});

test('a filter narrows them, by its words too', async () => {
  expect(await values({ field: 'model', filters: { q: 'env:prod tag.team:a', environment: 'prod' } })).toEqual([
    { value: 'claude-gpt', count: 2 },
    { value: 'gpt-4o', count: 2 },
  ]);
});

test('tags have keys and values; a key goes by its name; an error has a type and a status', async () => {
  expect(await values({ field: 'tag' })).toEqual([
    { value: 'team', count: 40 },
    { value: 'odd key', count: 20 },
  ]);
  expect(await values({ field: 'tag.odd key', prefix: '50%_' })).toEqual([
    { value: '50%_0', count: 10 },
    { value: '50%_2', count: 10 },
  ]);
  expect(await values({ field: 'key' })).toEqual([{ value: 'Acme key', count: 40 }]);
  expect(await values({ field: 'error.type' })).toEqual([{ value: 'rate_limit_error', count: 1 }]);
  expect(await values({ field: 'http', prefix: '4' })).toEqual([{ value: '429', count: 1 }]);
});

test.each(['org_id', 'r.model', '__proto__', 'tag.', '', 'tag.a\u0000', 'meta.x'])(
  'field %j is refused',
  async (field) => {
    expect(await ask('values', { field })).toMatchObject({
      status: 400,
      error: { data: { error: { param: 'field' } } },
    });
  },
);

test('of more than are counted, the answer says back to when', async () => {
  await app.deps.db.query(
    `INSERT INTO requests (org_id, id, started_at, created_at, model, provider, status, cost_status, tags, truncated)
     SELECT $1::uuid, gen_random_uuid(), '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 second', now(), 'many-' || n % 50, 'p', 'success',
       'no_price', '{}', false FROM generate_series(1, 20100) n`,
    [app.orgB.id],
  );
  const filters = { provider: 'p' };
  const { data } = await ask('values', { field: 'model', filters }, app.orgB.key);
  expect(data.values).toHaveLength(20);
  expect(data.values[0].count).toBe(400);
  expect(data.counted_back_to).toBe(new Date(Date.parse('2026-01-01T00:00:00Z') + 101_000).toISOString());
});

describe('newer requests', () => {
  const newest = async (query = '') =>
    (await app.call('GET', `/api/v1/requests?payload=false&limit=1${query}`)).body[0]?.id;

  test('are counted with the filter, beyond the one that is shown', async () => {
    const id = await newest();
    expect((await ask('newer', { id })).data).toEqual({ count: 0 });
    for (const model of ['o3', 'gpt-4o', 'o3']) await app.call('POST', '/api/v1/logs', { body: aLogInput({ model }) });
    expect((await ask('newer', { id })).data).toEqual({ count: 3 });
    expect((await ask('newer', { id, filters: { q: 'model:o3' } })).data).toEqual({ count: 2 });
    expect((await ask('newer', { id: null, filters: { q: 'model:none' } })).data).toEqual({ count: 0 });
    expect((await ask('newer', { id: null, filters: { model: 'o3' } })).data).toEqual({ count: 12 });
  });

  test('than one that is gone, or of another organization, cannot be counted: null', async () => {
    const id = await newest();
    await app.call('DELETE', `/api/v1/requests/${id}`);
    expect((await ask('newer', { id })).data).toEqual({ count: null });
    expect((await ask('newer', { id: newId() })).data).toEqual({ count: null });
    expect((await ask('newer', { id: await newest() }, app.orgB.key)).data).toEqual({ count: null });
  });

  test('are counted up to a limit, and the answer is small', async () => {
    const { data, bytes } = await ask('newer', { id: null }, app.orgB.key);
    expect(data).toEqual({ count: MOST_NEWER });
    expect(bytes).toBeLessThan(100);
  });
});
