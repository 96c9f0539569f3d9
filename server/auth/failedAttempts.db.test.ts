/** Wrong credentials over real sockets: who tries is slowed down, and nobody else is. */
import { generateApiKey } from '#server/auth/apiKeySecret';
import { closeDeps, createDeps } from '#server/deps';
import { createLogger } from '#server/log';
import { expectError } from '#tests/support/expectContract';
import { aLogInput } from '#tests/support/factories';
import { poll } from '#tests/support/poll';
import { type Called, startTestApp, type TestApp } from '#tests/support/testApp';

const TOKEN = 'an-admin-token-of-32-characters!';
const LIMIT = 20;
const ADMIN = '/api/v1/admin/organizations';

let app: TestApp;
/** A test stands for a caller of its own. */
let address: string;
let callers = 0;
const lines: { msg: string; network?: string }[] = [];

beforeAll(async () => {
  const log = createLogger('warn', { write: (line: string) => void lines.push(JSON.parse(line)) });
  app = await startTestApp({
    log,
    env: { FAILED_ATTEMPTS_PER_MINUTE: String(LIMIT), TRUST_PROXY: 'loopback', PROMPTLAB_ADMIN_TOKEN: TOKEN },
  });
});
afterAll(() => app.stop());
beforeEach(() => {
  address = `203.0.113.${++callers}`;
});

const aKey = () => generateApiKey('pl_live_').key;
function send(method: string, path: string, key: string | null, from = address, body?: unknown): Promise<Called> {
  return app.call(method, path, { key, body, headers: { 'x-forwarded-for': from } });
}
const read = (key: string | null, from?: string) => send('GET', '/api/v1/requests?limit=1', key, from);

async function reachLimit(from = address): Promise<void> {
  for (let attempt = 0; attempt < LIMIT; attempt++) expectError(await read(aKey(), from), 'invalid_api_key');
}

function expectLimited(called: Called): void {
  expectError(called, 'rate_limited', { message: /wrong credentials/ });
  expect(called.status).toBe(429);
  const seconds = Number(called.headers.get('retry-after'));
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(60);
}

test('the 21st wrong key of a minute is 429, and is not looked up', async () => {
  await reachLimit();
  const query = jest.spyOn(app.deps.db, 'query');
  for (let attempt = 0; attempt < 5; attempt++) expectLimited(await read(aKey()));
  // Which keys are good is asked once for all of them.
  expect(query.mock.calls.filter(([sql]) => /WHERE key_hash/.test(sql))).toEqual([]);
  query.mockRestore();
  expect(lines.filter((line) => line.network === address)).toHaveLength(1);
});

test('REST, tRPC, admin calls and keys that cannot be one count together', async () => {
  const ways = [
    () => read(aKey()),
    () => read('nonsense'),
    () => send('POST', '/api/v1/logs', aKey(), address, aLogInput()),
    () => send('GET', '/trpc/session.get', aKey()),
    () => send('GET', ADMIN, 'a-wrong-admin-token'),
  ];
  for (let round = 0; round < LIMIT / ways.length; round++) {
    for (const way of ways) expect((await way()).status).toBe(401);
  }
  for (const way of ways) expect((await way()).status).toBe(429);
});

test('a call without a credential is no attempt', async () => {
  for (let attempt = 0; attempt < LIMIT + 5; attempt++) expectError(await read(null), 'missing_api_key');
  expectError(await read(aKey()), 'invalid_api_key');
});

test('others from the same address go on: with a key used before, with a new one, and with one of before a restart', async () => {
  const made = await app.keyWith(['read']);
  await reachLimit();
  expect((await read(app.orgA.key)).status).toBe(200);
  expect((await read(made)).status).toBe(200);

  // Another process made it, or this one before it was started again: nothing here remembers it.
  const other = createDeps({ config: app.deps.config, log: createLogger('silent'), databaseUrl: databaseUrl() });
  try {
    const from = '198.51.100.7';
    for (let attempt = 0; attempt < LIMIT; attempt++) other.attempts.noteFailure(from);
    await other.db.initialize();
    await poll(async () => {
      other.attempts.noteFailure(from);
      await other.attempts.requireAllowed(from, made);
    }, 15_000);
    await expect(other.attempts.requireAllowed(from, aKey())).rejects.toMatchObject({ code: 'rate_limited' });
  } finally {
    await closeDeps(other);
  }
}, 30_000);

function databaseUrl(): string {
  const { options } = app.deps.db;
  if (!('url' in options) || typeof options.url !== 'string') throw new Error('The data source has no URL.');
  return options.url;
}

test('a key that is deleted stays refused there', async () => {
  const key = await app.keyWith(['read']);
  await reachLimit();
  expect((await read(key)).status).toBe(200);
  const keys = await send('GET', `${ADMIN}/${app.orgA.id}/api-keys`, TOKEN, '192.0.2.1');
  await send('DELETE', `/api/v1/admin/api-keys/${keys.body[0].id}`, TOKEN, '192.0.2.1');
  expect((await read(key)).status).toBe(401);
});

test('the right admin token is not found by guessing on, and works on from where it worked', async () => {
  const operator = '192.0.2.50';
  expect((await send('GET', ADMIN, TOKEN, operator)).status).toBe(200);
  for (const from of [address, operator]) {
    for (let attempt = 0; attempt < LIMIT; attempt++) {
      expectError(await send('GET', ADMIN, `a-wrong-admin-token-${attempt}`, from), 'invalid_admin_token');
    }
  }
  expectLimited(await send('GET', ADMIN, TOKEN, address));
  expect((await send('GET', ADMIN, TOKEN, operator)).status).toBe(200);
});

test('an address is that of the caller as TRUST_PROXY tells; others are not touched', async () => {
  await reachLimit();
  expectLimited(await read(aKey()));
  // What a caller writes before the proxy's own entry is not believed.
  expectLimited(await read(aKey(), `198.51.100.99, ${address}`));
  expectError(await read(aKey(), '198.51.100.20'), 'invalid_api_key');
});

test('IPv6 is counted by the /64 that one customer has', async () => {
  for (let attempt = 0; attempt < LIMIT; attempt++) {
    expectError(await read(aKey(), `2001:db8:1:2::${attempt.toString(16)}`), 'invalid_api_key');
  }
  expectLimited(await read(aKey(), '2001:db8:1:2:ffff::1'));
  expectError(await read(aKey(), '2001:db8:1:3::1'), 'invalid_api_key');
});

test('the same unknown key is looked up once', async () => {
  const query = jest.spyOn(app.deps.keyPool, 'query');
  const key = aKey();
  for (let attempt = 0; attempt < 10; attempt++) expectError(await read(key), 'invalid_api_key');
  expect(query.mock.calls.filter(([sql]) => /WHERE key_hash/.test(String(sql)))).toHaveLength(1);
  query.mockRestore();
});

test('a program that tries key after key is slowed down, and who calls beside it is not', async () => {
  const refused = await Promise.all(Array.from({ length: LIMIT + 60 }, () => read(aKey())));
  expect(refused.filter((called) => called.status === 429).length).toBeGreaterThan(0);
  const started = performance.now();
  await Promise.all(Array.from({ length: 60 }, () => read(aKey())));
  expect(performance.now() - started).toBeGreaterThan(450);
  const beside = performance.now();
  expect((await read(app.orgA.key)).status).toBe(200);
  expect(performance.now() - beside).toBeLessThan(450);
});
