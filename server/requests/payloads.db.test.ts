/** Payloads have no foreign key: none stays without its request, whatever deletes it and whatever is stored meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '#server/ids';
import { aLogInput } from '#tests/support/factories';
import { startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
beforeEach(async () => {
  app = await startTestApp();
});
afterEach(() => app.stop());

const count = async (sql: string): Promise<number> =>
  (await app.deps.db.query(`SELECT count(*) AS count ${sql}`))[0].count;
/** Requests and payloads, and those of them that lack the other. */
const counts = async () => ({
  requests: await count('FROM requests'),
  payloads: await count('FROM request_payloads'),
  odd: await count(
    'FROM requests FULL JOIN request_payloads p USING (org_id, id) WHERE requests.model IS NULL OR p.messages IS NULL',
  ),
});

async function store(ids: readonly string[], fields: object = {}, key = app.orgA.key): Promise<void> {
  const logs = ids.map((id) => aLogInput({ id, ...fields }));
  expect((await app.call('POST', '/api/v1/logs', { body: { logs }, key })).status).toBe(201);
}

async function untilEnded(id: string): Promise<void> {
  while ((await app.call('GET', `/api/v1/jobs/${id}`)).body.finished_at === null) await sleep(20);
}

const ids = (length: number) => Array.from({ length }, () => newId());

test('one request goes with its payload, another of that id in another organization stays', async () => {
  const [id = '', ...others] = ids(3);
  await store([id, ...others]);
  await store([id], {}, app.orgB.key);
  expect((await app.call('DELETE', `/api/v1/requests/${id}`)).status).toBe(200);
  expect(await counts()).toEqual({ requests: 3, payloads: 3, odd: 0 });
});

test('without the trigger its payload would stay, so that these tests can fail', async () => {
  const [id = ''] = ids(1);
  await store([id]);
  await app.deps.db.query('ALTER TABLE requests DISABLE TRIGGER requests_with_payloads');
  await app.call('DELETE', `/api/v1/requests/${id}`);
  expect(await counts()).toEqual({ requests: 0, payloads: 1, odd: 1 });
});

test('all that match go with their payloads, in more than one batch', async () => {
  await store(ids(700), { model: 'gone' });
  await store(ids(20), { model: 'kept' });
  await untilEnded((await app.call('DELETE', '/api/v1/requests?model=gone')).body.id);
  expect(await counts()).toEqual({ requests: 20, payloads: 20, odd: 0 });
});

test('an organization goes with its payloads, and another keeps its own', async () => {
  await store(ids(50));
  await store(ids(20), {}, app.orgB.key);
  await app.deps.db.query('DELETE FROM organizations WHERE id = $1', [app.orgA.id]);
  expect(await counts()).toEqual({ requests: 20, payloads: 20, odd: 0 });
});

test('the same ids are stored and deleted at once, many times over', async () => {
  const some = ids(20);
  let isOver = false;
  const deleting = async () => {
    let deletions = 0;
    for (; !isOver; deletions++) {
      await app.deps.db.query('DELETE FROM requests WHERE org_id = $1 AND id = ANY($2)', [app.orgA.id, some]);
    }
    return deletions;
  };
  const storing = async () => {
    for (let round = 0; round < 60; round++) await store(some);
  };
  const deletions = deleting();
  await Promise.all([storing(), storing(), storing()]);
  isOver = true;
  expect(await deletions).toBeGreaterThan(20);
  expect((await counts()).odd).toBe(0);
  await store(some);
  expect(await counts()).toEqual({ requests: 20, payloads: 20, odd: 0 });
});

test('a request that is stored again while it is being deleted has its new payload', async () => {
  const [id = ''] = ids(1);
  await store([id], { model: 'first' });
  const other = app.deps.db.createQueryRunner();
  await other.startTransaction();
  await other.query('DELETE FROM requests WHERE id = $1', [id]);
  // Waits for the deletion, and is then stored as a new one.
  const storing = store([id], { model: 'second' });
  await sleep(200);
  await other.commitTransaction();
  await other.release();
  await storing;
  expect((await app.call('GET', `/api/v1/requests/${id}`)).body.model).toBe('second');
  expect(await counts()).toEqual({ requests: 1, payloads: 1, odd: 0 });
});
