/** What an operator sets and reads: the token of the data folder, the drain, the path below which the server lives. */
import fs from 'node:fs';
import path from 'node:path';
import { expectError } from '#tests/support/expectContract';
import { createTestDatabase, type TestDatabase } from '#tests/support/database';
import { untilReady } from '#tests/support/serverChild';
import { buildSpawnedServer, endSpawnedServers, spawnServer } from '#tests/support/spawnServer';
import { makeDataDir } from '#tests/support/startProduct';
import { call, startTestApp, type TestApp } from '#tests/support/testApp';

const PATH = '/api/v1/admin/organizations';
const TOKEN = 'an-admin-token-of-32-characters!';
const START_MS = 60_000;

let database: TestDatabase;
const dataDir = makeDataDir();
beforeAll(async () => {
  [database] = await Promise.all([createTestDatabase(), buildSpawnedServer()]);
}, START_MS);
afterAll(async () => {
  await endSpawnedServers();
  fs.rmSync(dataDir, { recursive: true, force: true });
  await database.drop();
});

const start = (env: Readonly<Record<string, string>> = {}) =>
  spawnServer({ DATABASE_URL: database.url, PROMPTLAB_DATA_DIR: dataDir, ...env });
const withToken = (url: string, key: string) => call(url + PATH, 'GET', { key });

test(
  'a start keeps a token in the data folder and prints where; it opens admin calls, also where nothing else would',
  async () => {
    const server = start({ HOST: '0.0.0.0' });
    const url = await untilReady(server);
    const file = path.join(dataDir, 'admin-token');
    expect(server.output()).toContain(`The token for admin calls is in ${file}.`);
    const token = fs.readFileSync(file, 'utf8').trim();
    expect(server.output()).not.toContain(token);
    expect((await withToken(url, token)).status).toBe(200);
    expectError(await call(url + PATH, 'GET', { key: null }), 'admin_token_required');
    await server.kill('SIGINT');

    const again = start();
    expect((await withToken(await untilReady(again), token)).status).toBe(200);
    await again.kill('SIGINT');
  },
  START_MS,
);

test(
  'PROMPTLAB_ADMIN_TOKEN outranks the token of the folder',
  async () => {
    fs.writeFileSync(path.join(dataDir, 'admin-token'), `${'f'.repeat(32)}\n`, { mode: 0o600 });
    const server = start({ PROMPTLAB_ADMIN_TOKEN: TOKEN });
    const url = await untilReady(server);
    expect(server.output()).not.toContain('admin-token');
    expectError(await withToken(url, 'f'.repeat(32)), 'invalid_admin_token');
    expect((await withToken(url, TOKEN)).status).toBe(200);
    await server.kill('SIGINT');
  },
  START_MS,
);

test(
  'a drain of longer than stopping may take is kept to, and ends with 0',
  async () => {
    const server = start({ DRAIN_MS: '8500' });
    const url = await untilReady(server);
    const told = performance.now();
    const ended = server.kill('SIGTERM');
    while (performance.now() - told < 8_200) {
      expect((await call(`${url}/health`, 'GET', {})).status).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
    await ended;
    expect(server.exit()).toBe(0);
    expect(performance.now() - told).toBeGreaterThan(8_400);
  },
  START_MS,
);

describe('below a BASE_PATH', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ env: { BASE_PATH: '/tools/lab' } });
  });
  afterAll(() => app.stop());

  test.each(['/', '/health', '/api/v1/requests', '/tools', '/tools/laboratory', '/requests?page=2'])(
    '%s is outside of it, and is told where the server lives',
    async (outside) => {
      const { origin } = new URL(app.url);
      const called = await call(origin + outside, 'GET', { key: app.orgA.key });
      expectError(called, 'unknown_endpoint', { message: /lives below \/tools\/lab\/ \(BASE_PATH\)/ });
    },
  );

  test('a log is refused outside of it, and an endpoint that does not exist inside', async () => {
    const { origin } = new URL(app.url);
    const log = await call(`${origin}/api/v1/logs`, 'POST', { key: app.orgA.key, body: {} });
    expectError(log, 'unknown_endpoint', { message: /lives below \/tools\/lab\// });
    const inside = await call(`${app.url}/api/v1/nothing`, 'GET', { key: app.orgA.key });
    expectError(inside, 'unknown_endpoint', { message: /^There is nothing at GET \S+\.$/ });
  });
});
