/** What organizations read at the same time: who waits, and what is not read at all. */
import type { IncomingMessage } from 'node:http';
import { startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

/** A caller whose connection can be seen to close. */
async function aCaller() {
  const authorization = `Bearer ${app.orgA.key}`;
  const socket = { destroyed: false, remoteAddress: '127.0.0.1' };
  const req = { headers: { authorization }, rawHeaders: ['Authorization', authorization], socket };
  const { scope } = await app.deps.authenticator.authenticate(req as unknown as IncomingMessage);
  return { reads: app.deps.reads.of(scope), hangUp: () => (socket.destroyed = true) };
}

/** Of the session that took it; a sign that a statement was run. */
const TAKE_LOCK = 'SELECT pg_advisory_lock(4711)';
const isTaken = async () =>
  (await app.deps.db.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711")).length > 0;

test('a statement that waits for its turn is not begun once its caller has hung up', async () => {
  const [busy, gone, patient] = [await aCaller(), await aCaller(), await aCaller()];
  const running = Array.from({ length: 3 }, () => busy.reads.query('SELECT pg_sleep(0.3)'));
  const abandoned = gone.reads.query(TAKE_LOCK);
  const waiting = patient.reads.query('SELECT 1 AS one');
  gone.hangUp();
  await expect(abandoned).rejects.toMatchObject({ code: 'malformed_request' });
  expect(await waiting).toEqual([{ one: 1 }]);
  expect(await isTaken()).toBe(false);
  await Promise.all(running);
  await patient.reads.query(TAKE_LOCK);
  expect(await isTaken()).toBe(true);
});
