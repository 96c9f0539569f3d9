/** Two real processes on one Postgres: they start together, and what one does the other knows. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { OrgId } from '#shared/primitives';
import type { LogInput } from '#shared/request';
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { migrations } from '#server/db/migrations/index';
import { holdRollups } from '#server/db/advisoryLock';
import { newId } from '#server/ids';
import { findRollupDifferences } from '#server/rollups/repository';
import { aLogInput } from '#tests/support/factories';
import { type ServerChild, untilReady } from '#tests/support/serverChild';
import { buildSpawnedServer, endSpawnedServers, spawnServer } from '#tests/support/spawnServer';
import { type Called, call } from '#tests/support/testApp';

const TOKEN = 'an-admin-token-of-32-characters!';
const LONG_MS = 60_000;

let admin: pg.Client;
let database: pg.Client;
let name: string;
let databaseUrl: string;
let servers: ServerChild[];
let urls: [string, string];
let org_id: string;
let key: string;

const start = () => spawnServer({ DATABASE_URL: databaseUrl, PROMPTLAB_ADMIN_TOKEN: TOKEN });

/** A database without any table, and both servers at once. */
beforeAll(async () => {
  const template = process.env.PROMPTLAB_TEST_TEMPLATE_URL ?? '';
  admin = new pg.Client({ connectionString: template.replace(/\/[^/]+$/, '/postgres') });
  await admin.connect();
  name = `empty_${newId().replaceAll('-', '')}`;
  await Promise.all([admin.query(`CREATE DATABASE ${name}`), buildSpawnedServer()]);
  databaseUrl = template.replace(/\/[^/]+$/, `/${name}`);
  servers = [start(), start()];
  const [first = '', second = ''] = await Promise.all(servers.map(untilReady));
  urls = [first, second];
  database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  const created = await asAdmin(first, 'POST', '/api/v1/admin/organizations', { name: 'Shared' });
  org_id = created.body.id;
  key = (await createKey(first, 'Both')).key;
}, LONG_MS);
afterAll(async () => {
  await endSpawnedServers();
  await database.end();
  await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
  await admin.end();
});

const asAdmin = (url: string, method: string, path: string, body?: unknown) =>
  call(url + path, method, { key: TOKEN, body });

async function createKey(url: string, keyName: string): Promise<{ id: string; key: string }> {
  const path = `/api/v1/admin/organizations/${org_id}/api-keys`;
  return (await asAdmin(url, 'POST', path, { name: keyName })).body;
}

const ask = (url: string, path: string, options: { method?: string; body?: unknown; key?: string } = {}) =>
  call(url + path, options.method ?? 'GET', { key: options.key ?? key, body: options.body });

const send = (url: string, logs: readonly LogInput[]): Promise<Called> =>
  ask(url, '/api/v1/logs', { method: 'POST', body: { logs } });

async function until<Found>(find: () => Promise<Found | null>, ms = 20_000): Promise<Found> {
  const end = performance.now() + ms;
  for (;;) {
    const found = await find();
    if (found !== null) return found;
    if (performance.now() > end) throw new Error('It did not come about in time.');
    await sleep(50);
  }
}

test('started at the same moment on an empty database, they migrate it once and make one organization', async () => {
  const { rows } = await database.query('SELECT name FROM migrations ORDER BY timestamp');
  expect(rows.map((row) => row.name)).toEqual(migrations.map((migration) => migration.name));
  const organizations = await database.query('SELECT name FROM organizations ORDER BY created_at');
  expect(organizations.rows).toEqual([{ name: 'My organization' }, { name: 'Shared' }]);
});

test('a key that is made by one opens the other at once, and one that is deleted is refused within about a second', async () => {
  const [first, second] = urls;
  const made = await createKey(first, 'Short');
  expect((await ask(second, '/api/v1/session', { key: made.key })).status).toBe(200);
  await asAdmin(first, 'DELETE', `/api/v1/admin/api-keys/${made.id}`);
  expect((await ask(first, '/api/v1/session', { key: made.key })).status).toBe(401);
  await sleep(1_100);
  expect((await ask(second, '/api/v1/session', { key: made.key })).status).toBe(401);
});

test('the same ids by both are stored once, and read by the other at once; sums are those of the requests', async () => {
  const rounds = 8;
  const sent = await Promise.all(
    Array.from({ length: rounds }, async (_, round) => {
      const logs = Array.from({ length: 20 }, (__, n) =>
        aLogInput({ id: newId(), model: `m${n % 3}`, tags: { round: `${round}` } }),
      );
      const answers = await Promise.all(urls.map((url) => send(url, logs)));
      const created = answers.reduce((sum, { body }) => sum + body.created, 0);
      const known = answers.reduce((sum, { body }) => sum + body.duplicate, 0);
      // What either has acknowledged, the other reads.
      const [one, other] = await Promise.all(
        urls.map((url) => ask(url, `/api/v1/stats?tag=round:${round}`).then(({ body }) => body.requests)),
      );
      return { created, known, one, other };
    }),
  );
  expect(sent).toEqual(sent.map(() => ({ created: 20, known: 20, one: 20, other: 20 })));
  const { rows } = await database.query(
    `SELECT (SELECT count(*) FROM requests WHERE org_id = $1)::int AS requests,
       (SELECT sum(requests) FROM request_hours WHERE org_id = $1)::int AS hours,
       (SELECT sum(requests) FROM request_days WHERE org_id = $1)::int AS days`,
    [org_id],
  );
  expect(rows).toEqual([{ requests: rounds * 20, hours: rounds * 20, days: rounds * 20 }]);
  const db = { query: async (sql: string, values?: unknown[]) => (await database.query(sql, values)).rows };
  const scope = scopeForAdmin(serverAdminScope(), OrgId.parse(org_id));
  expect(await findRollupDifferences(db, scope)).toEqual([]);
});

test('sums that one is writing do not make those wait who log to the other', async () => {
  const [, second] = urls;
  const other = new pg.Client({ connectionString: databaseUrl });
  await other.connect();
  const scope = scopeForAdmin(serverAdminScope(), OrgId.parse(org_id));
  const logs = [aLogInput({ model: 'm0', environment: 'held' }), aLogInput({ model: 'm1', environment: 'held' })];
  try {
    // As the first server while it adds to them.
    await other.query('BEGIN');
    await holdRollups({ query: async (sql, values) => (await other.query(sql, values)).rows }, scope);
    await other.query('UPDATE request_days SET requests = requests WHERE org_id = $1', [org_id]);
    await other.query('UPDATE request_hours SET requests = requests WHERE org_id = $1', [org_id]);
    const begun = performance.now();
    expect((await send(second, logs)).status).toBe(201);
    expect(performance.now() - begun).toBeLessThan(2_000);
  } finally {
    await other.query('ROLLBACK');
    await other.end();
  }
  // Whoever reads afterwards, reads them.
  for (const url of urls) expect((await ask(url, '/api/v1/stats?environment=held')).body.requests).toBe(2);
});

test('a job is done once, whoever was asked for it, also where the server that works on it is stopped', async () => {
  const [first, second] = urls;
  const logs = Array.from({ length: 1_000 }, () => aLogInput({ model: 'to-delete' }));
  for (let part = 0; part < 6; part++) expect((await send(first, logs)).status).toBe(201);
  const { body: job } = await ask(second, '/api/v1/requests?model=to-delete', { method: 'DELETE' });
  await until(async () => ((await ask(second, `/api/v1/jobs/${job.id}`)).body.status === 'queued' ? null : true));
  const restarted = servers.map((server) => server.kill('SIGTERM'));
  // One after the other: the second works while the first starts again.
  await restarted[0];
  await restarted[1];
  servers = [start(), start()];
  const [again = '', also = ''] = await Promise.all(servers.map(untilReady));
  urls = [again, also];
  const done = await until(async () => {
    const { body } = await ask(urls[0], `/api/v1/jobs/${job.id}`);
    return body.status === 'done' ? body : null;
  }, 40_000);
  expect(done.done).toBe(6_000);
  for (const url of urls) expect((await ask(url, '/api/v1/stats?model=to-delete')).body.requests).toBe(0);
}, 90_000);

test('one of them makes the search index, and the other goes on with it where that one is killed', async () => {
  const waiting = async () => {
    const { rows } = await database.query(
      'SELECT coalesce(sum(rows), 0)::int AS rows FROM search_tails WHERE org_id = $1',
      [org_id],
    );
    return rows[0].rows as number;
  };
  const fill = () =>
    Promise.all(
      urls.map((url) =>
        send(
          url,
          Array.from({ length: 600 }, () => aLogInput({ response_content: 'a zephyrine word' })),
        ),
      ),
    );
  await fill();
  await until(async () => ((await waiting()) < 1_024 ? true : null), 40_000);
  const { rows } = await database.query(
    'SELECT count(*)::int AS leases, count(DISTINCT holder)::int AS holders FROM search_leases WHERE expires_at > now()',
  );
  expect(rows).toEqual([{ leases: 1, holders: 1 }]);
  await servers[0]?.kill('SIGKILL');
  urls = [urls[1], urls[1]];
  await fill();
  await until(async () => ((await waiting()) < 1_024 ? true : null), 40_000);
  const { body } = await ask(urls[1], '/api/v1/stats?q=zephyrine');
  expect(body.requests).toBe(2_400);
}, 90_000);
