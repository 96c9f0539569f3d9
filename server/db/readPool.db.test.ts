/** What organizations read at the same time: who waits, and what is not read at all. */
import http, { type IncomingMessage } from 'node:http';
import pg from 'pg';
import { poll } from '#tests/support/poll';
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

describe('a list that waits for a lock', () => {
  let locker: pg.Client;
  beforeEach(async () => {
    locker = new pg.Client({ connectionString: app.databaseUrl });
    await locker.connect();
    await locker.query('BEGIN; LOCK TABLE requests IN ACCESS EXCLUSIVE MODE');
  });
  afterEach(() => locker.end());

  /** Backends that read requests, and their numbers. */
  const readers = async (): Promise<number[]> => {
    const rows: { pid: number }[] = await app.deps.db.query(
      `SELECT pid FROM pg_stat_activity
       WHERE application_name = 'promptlab-reader' AND state = 'active' AND datname = current_database()`,
    );
    return rows.map(({ pid }) => pid);
  };
  const get = (path: string) => {
    const headers = { authorization: `Bearer ${app.orgA.key}` };
    return http.get(`${app.url}${path}`, { headers, agent: new http.Agent({ keepAlive: false }) });
  };
  const waitFor = (count: number) => poll(async () => expect(await readers()).toHaveLength(count), 3_000);

  test.each(['/api/v1/requests', '/api/v1/stats?q=a+word'])(
    'is ended in Postgres once its caller has hung up, and no other: %s',
    async (path) => {
      const gone = get(path).on('error', () => {});
      await waitFor(1);
      const [ended] = await readers();
      const patient = new Promise<IncomingMessage>((resolve) =>
        get('/api/v1/requests?limit=1').on('response', resolve),
      );
      await waitFor(2);
      gone.destroy();
      await waitFor(1);
      expect(await readers()).not.toContain(ended);
      await locker.query('ROLLBACK');
      const answer = await patient;
      answer.resume();
      expect(answer.statusCode).toBe(200);
    },
  );
});
