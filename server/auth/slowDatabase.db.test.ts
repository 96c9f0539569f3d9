/** Callers whose key was good go on while keys cannot be looked up; nobody waits long for the answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createApiKeyAsAdmin } from '#server/apiKeys/service';
import { aLogInput } from '#tests/support/factories';
import { expectError } from '#tests/support/expectContract';
import { poll } from '#tests/support/poll';
import { startTestApp, type TestApp } from '#tests/support/testApp';
import { serverAdminScope } from './serverAdminScope.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

/** Keys cannot be read meanwhile. */
async function whileKeysAreLocked(work: () => Promise<void>): Promise<void> {
  const runner = app.deps.db.createQueryRunner();
  await runner.query('BEGIN');
  await runner.query('LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE');
  try {
    await work();
  } finally {
    await runner.query('COMMIT');
    await runner.release();
  }
}

test('a key that was good stays good, and one that was never seen is answered within three seconds', async () => {
  const unseen = await app.keyWith(['read']);
  expect((await app.call('GET', '/api/v1/stats')).status).toBe(200);
  await sleep(1_000); // It is asked for again now.
  await whileKeysAreLocked(async () => {
    const times: number[] = [];
    for (let call = 0; call < 10; call++) {
      const started = performance.now();
      expect((await app.call('POST', '/api/v1/logs', { body: aLogInput() })).status).toBe(201);
      expect((await app.call('GET', '/api/v1/requests')).status).toBe(200);
      times.push(performance.now() - started);
    }
    // The first waits for a fifth of a second, in case that the answer comes.
    expect(times.toSorted((a, b) => a - b)[5]).toBeLessThan(200);

    const started = performance.now();
    const refused = await app.call('GET', '/api/v1/stats', { key: unseen });
    expect(performance.now() - started).toBeLessThan(3_000);
    expectError(refused, 'database_unavailable');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });
  expect((await app.call('GET', '/api/v1/stats', { key: unseen })).status).toBe(200);
});

test('a key that another process deletes is refused within a second', async () => {
  const made = await createApiKeyAsAdmin(app.deps, serverAdminScope(), { org_id: app.orgA.id, name: 'short-lived' });
  const call = async () => (await app.call('GET', '/api/v1/stats', { key: made.key })).status;
  expect(await call()).toBe(200);
  // Nobody tells the server.
  await app.deps.db.query('DELETE FROM api_keys WHERE id = $1', [made.id]);
  const started = performance.now();
  await poll(async () => expect(await call()).toBe(401));
  expect(performance.now() - started).toBeLessThan(1_100);
});
