/** Deleting a few chosen requests in one call. */
import { MOST_IDS } from '#shared/export';
import { newId } from '#server/ids';
import { aLogInput } from '#tests/support/factories';
import { startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const deleteMany = (ids: unknown, key = app.orgA.key) =>
  app.call('POST', '/trpc/requests.deleteMany', { body: { ids }, key });

async function logThree(key: string): Promise<string[]> {
  const ids = [newId(), newId(), newId()];
  await app.call('POST', '/api/v1/logs', { key, body: { logs: ids.map((id) => aLogInput({ id })) } });
  return ids;
}

test('they are gone from lists and totals when it answers, and it says how many there were', async () => {
  const [one = '', two = '', three = ''] = await logThree(app.orgA.key);
  const [ofB = ''] = await logThree(app.orgB.key);
  const called = await deleteMany([one, two, two, ofB, newId()]);
  expect(called.body.result.data).toEqual({ deleted: 2 });
  expect((await app.call('GET', '/api/v1/requests')).body.map(({ id }: { id: string }) => id)).toEqual([three]);
  expect((await app.call('GET', '/api/v1/stats')).body.requests).toBe(1);
  expect((await app.call('GET', `/api/v1/requests/${ofB}`, { key: app.orgB.key })).status).toBe(200);
  expect((await deleteMany([one])).body.result.data).toEqual({ deleted: 0 });
});

test.each([[[]], [['no-uuid']], ['all'], [null], [Array.from({ length: MOST_IDS + 1 }, () => newId())]])(
  '%j is refused',
  async (ids) => {
    expect((await deleteMany(ids)).status).toBe(400);
  },
);

test('two calls for the same requests at once delete each once', async () => {
  const ids = await logThree(app.orgA.key);
  const answers = await Promise.all([deleteMany(ids), deleteMany(ids.toReversed()), deleteMany(ids)]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(answers.reduce((sum, { body }) => sum + body.result.data.deleted, 0)).toBe(3);
});
