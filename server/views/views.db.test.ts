/** Saved views over HTTP: kept, renamed, deleted, bounded, and never those of another organization. */
import { setTimeout as sleep } from 'node:timers/promises';
import { VIEW_LIMITS } from '#shared/view';
import { expectError } from '#tests/support/expectContract';
import { startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());
afterEach(() => app.deps.db.query('DELETE FROM saved_views'));

const SEARCH = {
  q: 'status:error "50%_\\" 🦊',
  t: '24h',
  env: 'prod',
  sort: '-latency',
  cols: 'time,cost',
  density: 'm',
};
const save = (body: object, key = app.orgA.key) => app.call('POST', '/api/v1/views', { body, key });
const list = async (key = app.orgA.key) => (await app.call('GET', '/api/v1/views', { key })).body;

test('a view is kept as it was saved, renamed and deleted', async () => {
  const saved = await save({ name: ' Errors today ', search: SEARCH });
  expect(saved.status).toBe(201);
  expect(saved.body).toMatchObject({ name: 'Errors today', page: 'requests', search: SEARCH, is_default: false });
  expect(await list()).toEqual([saved.body]);
  expect(await list(app.orgB.key)).toEqual([]);
  const path = `/api/v1/views/${saved.body.id}`;
  const renamed = await app.call('PUT', path, { body: { name: 'Errors', search: { q: 'status:error' } } });
  expect(renamed.body).toMatchObject({ id: saved.body.id, name: 'Errors', search: { q: 'status:error' } });
  expect((await app.call('DELETE', path)).body).toEqual({ success: true });
  expectError(await app.call('DELETE', path), 'not_found');
  expectError(await app.call('PUT', path, { body: { name: 'Again', search: {} } }), 'not_found');
  expect(await list()).toEqual([]);
});

test('a page has one default: another one takes its place', async () => {
  await save({ name: 'One', search: {}, is_default: true });
  await save({ name: 'Of traces', page: 'traces', search: {}, is_default: true });
  const { body } = await save({ name: 'Two', search: {}, is_default: true });
  const defaults = async () => (await list()).filter((view: { is_default: boolean }) => view.is_default);
  expect((await defaults()).map(({ name }: { name: string }) => name)).toEqual(['Of traces', 'Two']);
  const [one] = await list();
  await app.call('PUT', `/api/v1/views/${one.id}`, { body: { name: 'One', search: {}, is_default: true } });
  expect((await defaults()).map(({ name }: { name: string }) => name)).toEqual(['One', 'Of traces']);
  await app.call('PUT', `/api/v1/views/${body.id}`, { body: { name: 'Two', search: {} } });
  expect(await defaults()).toHaveLength(2);
});

test.each([
  [{ search: {} }, 'name'],
  [{ name: '', search: {} }, 'name'],
  [{ name: 'x'.repeat(61), search: {} }, 'name'],
  [{ name: 'a\nb', search: {} }, 'name'],
  [{ name: 'x' }, 'search'],
  [{ name: 'x', search: { q: 'x'.repeat(1_001) } }, 'search.q'],
  [{ name: 'x', search: { q: 'a\u0000b' } }, 'search.q'],
  [{ name: 'x', search: { q: '\ud800' } }, 'search.q'],
  [{ name: 'x', search: { q: 5 } }, 'search.q'],
  [{ name: 'x', search: { org_id: 'y' } }, 'org_id'],
  [{ name: 'x', search: {}, id: 'y' }, 'id'],
  [{ name: 'x', search: {}, page: 'settings' }, 'page'],
  [{ name: 'x', search: {}, is_default: 'yes' }, 'is_default'],
])('%j is refused', async (body, named) => {
  const called = await save(body);
  expect(called.status).toBe(400);
  expect(JSON.stringify(called.body.error)).toContain(named);
  expect(await list()).toEqual([]);
});

test('there are so many and no more; each organization has its own', async () => {
  await app.deps.db.query(
    `INSERT INTO saved_views (org_id, id, name, page, search, is_default, created_at, updated_at)
     SELECT $1, gen_random_uuid(), 'n', 'requests', '{}', false, now(), now() FROM generate_series(1, ${VIEW_LIMITS.views})`,
    [app.orgA.id],
  );
  const refused = await save({ name: 'One more', search: {} });
  expectError(refused, 'conflict');
  expect(refused.body.error.message).toContain(`${VIEW_LIMITS.views} saved views`);
  expect((await save({ name: 'Ours', search: {} }, app.orgB.key)).status).toBe(201);
});

test('an organization whose changes wait for a lock, however many, holds up nobody else', async () => {
  const { id } = (await app.call('POST', '/api/v1/views', { body: { name: 'Locked', search: {} } })).body;
  const lock = app.deps.db.createQueryRunner();
  await lock.startTransaction();
  await lock.query('SELECT FROM saved_views WHERE id = $1 FOR UPDATE', [id]);
  const change = () => app.call('PUT', `/api/v1/views/${id}`, { body: { name: 'Changed', search: {} } });
  const waiting = Array.from({ length: 20 }, change);
  await sleep(200);
  const started = performance.now();
  const other = await app.call('POST', '/api/v1/views', { key: app.orgB.key, body: { name: 'Free', search: {} } });
  expect(other.status).toBe(201);
  expect(performance.now() - started).toBeLessThan(1_500);
  await lock.rollbackTransaction();
  await lock.release();
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
});

test('a list that is long takes its part of the budget of answers', async () => {
  const search = { q: 'x'.repeat(1_000) };
  for (let count = 0; count < 20; count++) {
    await app.call('POST', '/api/v1/views', { key: app.orgB.key, body: { name: `Long ${count}`, search } });
  }
  const list = () => app.call('GET', '/api/v1/views', { key: app.orgB.key });
  const input = encodeURIComponent(JSON.stringify({ page: 'requests' }));
  const twin = () => app.call('GET', `/trpc/views.list?input=${input}`, { key: app.orgB.key });
  expect([(await list()).status, (await twin()).status]).toEqual([200, 200]);
  const held = app.deps.answers.reserve('someone else', app.deps.config.answerBytesInFlight - 20_000);
  for (const refused of [await list(), await twin()]) {
    expectError(refused, 'overloaded');
    expect(refused.headers.get('retry-after')).toMatch(/^\d$/);
  }
  held.release();
  expect([(await list()).status, (await twin()).status]).toEqual([200, 200]);
  expect(app.deps.answers.used).toBe(0);
});
