/** A server and its database: what is said while one of them is away, and that neither needs the other's restart. */
import fs from 'node:fs';
import { loadConfig } from '#server/config';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#server/db/embeddedPostgres';
import { newId } from '#server/ids';
import { createLogger } from '#server/log';
import { type RunningServer, startServer } from '#server/startServer';
import { expectError } from '#tests/support/expectContract';
import { aLogInput } from '#tests/support/factories';
import { freePort } from '#server/db/freePort';
import { poll } from '#tests/support/poll';
import { exchangeCode } from '#tests/support/signInByLink';
import { makeDataDir } from '#tests/support/startProduct';
import { type Called, call } from '#tests/support/testApp';

const START_MS = 60_000;

const dataDir = makeDataDir();
let postgres: EmbeddedPostgres;
let server: RunningServer;
let url: string;
let key: string;

const startPostgres = (port: number) => startEmbeddedPostgres({ dataDir, port });

function startOn(databaseUrl: string, env: Record<string, string> = {}): Promise<RunningServer> {
  const base = { DATABASE_URL: databaseUrl, PROMPTLAB_DATA_DIR: dataDir, PORT: '0', HOST: '127.0.0.1' };
  const config = loadConfig({ ...base, ...env });
  return startServer({ config, log: createLogger('silent'), rootFolder: dataDir });
}

beforeAll(async () => {
  postgres = await startPostgres(await freePort());
  server = await startOn(postgres.url);
  const code = await server.ready;
  url = `http://127.0.0.1:${server.port}`;
  key = await exchangeCode(url, code ?? '');
}, START_MS);
afterAll(async () => {
  await server.stop(0);
  await postgres.stop('immediate');
  fs.rmSync(dataDir, { recursive: true, force: true });
});

const send = (method: string, path: string, credential: string | null = key, body?: unknown): Promise<Called> =>
  call(url + path, method, { key: credential, body });

/** Every way in that asks the database. */
const CALLS: readonly (readonly [string, () => Promise<Called>])[] = [
  ['a log', () => send('POST', '/api/v1/logs', key, aLogInput())],
  ['a batch', () => send('POST', '/api/v1/logs', key, { logs: [aLogInput(), aLogInput()] })],
  ['the list', () => send('GET', '/api/v1/requests')],
  ['one request', () => send('GET', `/api/v1/requests/${newId()}`)],
  ['totals', () => send('GET', '/api/v1/stats')],
  ['a trace', () => send('GET', '/api/v1/traces/t')],
  ['a key that is not known', () => send('GET', '/api/v1/requests', `pl_live_${'0'.repeat(43)}`)],
  ['an admin call', () => send('GET', '/api/v1/admin/organizations', null)],
];

test('a server on a new database makes one organization and one key, and the link opens it', async () => {
  expect(key).toMatch(/^pl_live_/);
  const organizations = await send('GET', '/api/v1/admin/organizations', null);
  expect(organizations.body).toMatchObject([{ name: 'My organization' }]);
  expect((await send('POST', '/api/v1/logs', key, aLogInput())).status).toBe(201);
});

test('once a key was used, a second start on the same database offers no link and makes no organization', async () => {
  await server.deps.keyUsage.flush();
  const second = await startOn(postgres.url);
  try {
    expect(await second.ready).toBeNull();
    expect((await send('GET', '/api/v1/admin/organizations', null)).body).toHaveLength(1);
  } finally {
    await second.stop(0);
  }
});

test(
  'two servers that meet an empty database migrate it once and make one organization',
  async () => {
    await server.deps.db.query('CREATE DATABASE empty');
    const empty = postgres.url.replace(/\/[^/]+$/, '/empty');
    const servers = await Promise.all([startOn(empty), startOn(empty), startOn(empty)]);
    try {
      const codes = await Promise.all(servers.map((one) => one.ready));
      const query = (sql: string) => servers[0]?.deps.db.query(sql);
      expect(await query('SELECT FROM organizations')).toHaveLength(1);
      expect(await query('SELECT FROM api_keys')).toHaveLength(1);
      // Each offers a link, and any of them opens the one key, through whichever server.
      const [first, second, third] = servers.map((one) => `http://127.0.0.1:${one.port}`);
      const opened = await exchangeCode(first ?? '', codes[2] ?? '');
      expect((await call(`${second}/api/v1/requests`, 'GET', { key: opened })).status).toBe(200);
      await expect(exchangeCode(third ?? '', codes[0] ?? '')).rejects.toThrow('invalid_sign_in_code');
    } finally {
      await Promise.all(servers.map((one) => one.stop(0)));
    }
  },
  START_MS,
);

test(
  'without its database every call is 503 with Retry-After, and with it back all is well again',
  async () => {
    const kept = newId();
    expect((await send('POST', '/api/v1/logs', key, aLogInput({ id: kept }))).status).toBe(201);
    await postgres.stop('immediate');
    try {
      for (const [name, make] of CALLS) {
        // The key may be remembered for a second; it is not what stands between us and a database that is away.
        const called = await make();
        expect([name, called.status]).toEqual([name, 503]);
        expectError(called, 'database_unavailable');
      }
      const trpc = await send('GET', '/trpc/session.get');
      expect(trpc.body.error).toMatchObject({ data: { httpStatus: 503, error: { code: 'database_unavailable' } } });
      expect(trpc.text).not.toMatch(/ECONN|127\.0\.0\.1|stack/);

      expect((await send('GET', '/health', null)).body.status).toBe('ok');
      await poll(async () => expect((await send('GET', '/readyz', null)).status).toBe(503));
      expectError(await send('GET', '/readyz', null), 'database_unavailable');
    } finally {
      postgres = await startPostgres(postgres.port);
    }
    await poll(async () => expect((await send('GET', '/readyz', null)).status).toBe(200));
    for (const [name, make] of CALLS) {
      const { status } = await make();
      expect([name, status]).toEqual([
        name,
        /not known/.test(name) ? 401 : /one request|trace/.test(name) ? 404 : status,
      ]);
      expect(status).toBeLessThan(500);
    }
    expect((await send('GET', `/api/v1/requests/${kept}`)).status).toBe(200);
  },
  START_MS,
);

test(
  'a log that was refused while the database was away is stored by its retry, once',
  async () => {
    const id = newId();
    await postgres.stop('immediate');
    expect((await send('POST', '/api/v1/logs', key, aLogInput({ id }))).status).toBe(503);
    postgres = await startPostgres(postgres.port);
    await poll(async () =>
      expect((await send('POST', '/api/v1/logs', key, aLogInput({ id }))).status).toBeLessThan(300),
    );
    expect((await send('GET', `/api/v1/requests/${id}`)).status).toBe(200);
  },
  START_MS,
);

test(
  'a server that starts before its database says so, and is ready once it is there',
  async () => {
    await postgres.stop('immediate');
    const early = await startOn(postgres.url);
    const at = (path: string, credential: string | null) =>
      call(`http://127.0.0.1:${early.port}${path}`, 'GET', { key: credential });
    try {
      expect((await at('/health', null)).status).toBe(200);
      expectError(await at('/readyz', null), 'database_unavailable', { message: /starting/ });
      expectError(await at('/api/v1/requests', key), 'database_unavailable');
      expectError(await at('/api/v1/admin/organizations', null), 'database_unavailable');
      // What needs no database is told at once.
      expectError(await at('/api/v1/nothing', key), 'unknown_endpoint');
      postgres = await startPostgres(postgres.port);
      expect(await early.ready).toBeNull();
      expect((await at('/readyz', null)).status).toBe(200);
      expect((await at('/api/v1/requests', key)).status).toBe(200);
    } finally {
      await early.stop(0);
    }
  },
  START_MS,
);

test(
  'a server that never found its database stops when it is told to',
  async () => {
    const lost = await startOn(`postgres://nobody@127.0.0.1:${await freePort()}/nothing`);
    const ready = lost.ready.catch((error: unknown) => error);
    await lost.stop(0);
    expect(await ready).toHaveProperty('message');
  },
  START_MS,
);

test('a server that drains still serves, and its /readyz sends the proxy elsewhere', async () => {
  const second = await startOn(postgres.url);
  await second.ready;
  const at = (path: string) => call(`http://127.0.0.1:${second.port}${path}`, 'GET', { key });
  const stopped = second.stop(400);
  expectError(await at('/readyz'), 'draining');
  const served = await at('/api/v1/requests');
  expect(served.status).toBe(200);
  expect(served.headers.get('connection')).toBe('close');
  await stopped;
  await expect(at('/health')).rejects.toThrow('fetch failed');
});

test('a database without fsync is refused until it is allowed', async () => {
  await server.deps.db.query("ALTER SYSTEM SET fsync = 'off'");
  await server.deps.db.query('SELECT pg_reload_conf()');
  await poll(async () => expect((await server.deps.db.query('SHOW fsync'))[0].fsync).toBe('off'));
  const allowed = await startOn(postgres.url, { PROMPTLAB_ALLOW_UNSAFE_DB: '1' });
  expect(await allowed.ready).toBeNull();
  await allowed.stop(0);
  const careful = await startOn(postgres.url);
  try {
    // It keeps asking, so it is ready as soon as the setting is.
    const readiness = await call(`http://127.0.0.1:${careful.port}/readyz`, 'GET', { key: null });
    expect(readiness.status).toBe(503);
    await server.deps.db.query('ALTER SYSTEM RESET fsync');
    await server.deps.db.query('SELECT pg_reload_conf()');
    expect(await careful.ready).toBeNull();
  } finally {
    await careful.stop(0);
  }
});
