/** Credentials that are none, and what an operator may mistype. */
import { newId } from '#server/ids';
import { expectContract, expectError, expectUnharmed } from '#tests/support/expectContract';
import { requestHead, sendRaw } from '#tests/support/rawHttp';
import { type Called, startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());
afterEach(() => expectUnharmed(app));

const PATH = '/api/v1/requests?limit=1';
const send = (headers: readonly string[], path = PATH) =>
  sendRaw(app.url, requestHead(`GET ${path}`, ['Host: localhost', ...headers]));

describe('credentials', () => {
  test.each(['Bearer', 'bearer', 'BEARER'])('the scheme %s is accepted', async (scheme) => {
    expect((await send([`Authorization: ${scheme} ${app.orgA.key}`])).status).toBe(200);
  });

  test('spaces around the whole value are HTTP, not ours', async () => {
    expect((await send([`Authorization:   Bearer ${app.orgA.key}  `])).status).toBe(200);
  });

  test.each<[string, (key: string) => string]>([
    ['Basic', (key) => `Basic ${Buffer.from(`${key}:`).toString('base64')}`],
    ['Token', (key) => `Token ${key}`],
    ['no scheme', (key) => key],
    ['the scheme alone', () => 'Bearer'],
    ['two spaces', (key) => `Bearer  ${key}`],
    ['a tab', (key) => `Bearer\t${key}`],
    ['a list', (key) => `Bearer ${key}, Bearer ${key}`],
    ['a comma at the end', (key) => `Bearer ${key},`],
    ['two keys', (key) => `Bearer ${key} ${key}`],
    ['quotes', (key) => `Bearer "${key}"`],
    ['one character changed', (key) => `Bearer ${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`],
    ['one character more', (key) => `Bearer ${key}0`],
    ['one character less', (key) => `Bearer ${key.slice(0, -1)}`],
    ['another case', (key) => `Bearer ${key.toUpperCase()}`],
    ['another prefix', (key) => `Bearer ${key.replace('pl_live_', 'pl_test_')}`],
    ['no prefix', (key) => `Bearer ${key.replace('pl_live_', '')}`],
    ['another character set', (key) => `Bearer ${key.slice(0, -1)}-`],
    ['SQL', (key) => `Bearer ${key.slice(0, 20)}'OR'1'='1`],
    ['the key_prefix', (key) => `Bearer ${key.slice(0, 12)}`],
  ])('a key with %s is 401', async (_, authorization) => {
    const answer = await send([`Authorization: ${authorization(app.orgA.key)}`]);
    expect(['missing_api_key', 'invalid_api_key']).toContain(answer.body.error.code);
    expectError(answer, answer.body.error.code);
    expect(answer.text).not.toContain(app.orgA.key.slice(12));
  });

  test('every key that is not known gets the same answer', async () => {
    const bodies = new Set<string>();
    for (const key of [`pl_live_${'0'.repeat(43)}`, `${app.orgA.key}0`, 'x', `pl_test_${'0'.repeat(43)}`]) {
      const answer = await send([`Authorization: Bearer ${key}`, 'X-Request-Id: the-same-one']);
      bodies.add(`${answer.status} ${answer.text}`);
    }
    expect([...bodies]).toHaveLength(1);
  });

  test.each([
    ['?api_key=', (key: string) => ({ path: `${PATH}&api_key=${key}`, headers: [] })],
    ['?key=', (key: string) => ({ path: `${PATH}&key=${key}&token=${key}`, headers: [] })],
    ['X-Api-Key', (key: string) => ({ path: PATH, headers: [`X-Api-Key: ${key}`] })],
    ['a cookie', (key: string) => ({ path: PATH, headers: [`Cookie: api_key=${key}; authorization=Bearer ${key}`] })],
    [
      'the user of the URL',
      (key: string) => ({
        path: PATH,
        headers: [`Authorization: Basic ${Buffer.from(`${key}:x`).toString('base64')}`],
      }),
    ],
  ])('a key in %s is 401: there is one door', async (_, place) => {
    const { path, headers } = place(app.orgA.key);
    expectError(await send(headers, path), 'missing_api_key');
  });

  test('a deleted key is 401 at once, also for the calls that come together', async () => {
    const org = await admin('POST', '/organizations', { name: 'Acme' });
    const created = await admin('POST', `/organizations/${org.body.id}/api-keys`, { name: 'k' });
    const use = () => app.call('GET', PATH, { key: created.body.key });
    expect((await use()).status).toBe(200);
    const during = Array.from({ length: 50 }, use);
    expectContract('deleteApiKey', await admin('DELETE', `/api-keys/${created.body.id}`));
    const after = await Promise.all(Array.from({ length: 50 }, use));
    expect(new Set(after.map((answer) => answer.status))).toEqual(new Set([401]));
    for (const { status } of await Promise.all(during)) expect([200, 401]).toContain(status);
  });

  test('a key is deleted once: 200, then 404', async () => {
    const created = await admin('POST', `/organizations/${app.orgA.id}/api-keys`, { name: 'k' });
    const answers = await Promise.all([1, 2, 3].map(() => admin('DELETE', `/api-keys/${created.body.id}`)));
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 404, 404]);
  });
});

function admin(method: string, path: string, body?: unknown): Promise<Called> {
  return app.call(method, `/api/v1/admin${path}`, { body, key: null });
}

describe('what an operator sends', () => {
  const PLACES = ['/organizations', '/organizations/:org/api-keys'];
  const at = (place: string) => place.replace(':org', app.orgA.id);

  test.each(
    PLACES.flatMap((place) =>
      [
        {},
        { name: null },
        { name: 5 },
        { name: ['x'] },
        { name: '' },
        { name: ' \t ' },
        { name: 'x'.repeat(201) },
        { name: 'x'.repeat(10_000) },
        { name: 'a\u0000b' },
        { name: 'a\r\nSet-Cookie: a=b' },
        { name: '\u001b[2J' },
        { name: '\ud83d' },
        { Name: 'x' },
      ].map((body) => [place, JSON.stringify(body).slice(0, 40), body] as const),
    ),
  )('POST %s with %s is a 400 that names name', async (place, _, body) => {
    expectError(await admin('POST', at(place), body), 'invalid_value', { param: 'name' });
  });

  test.each([
    '<script>alert(1)</script>',
    'مرحبا',
    '日本 🚀',
    "O'Reilly; DROP TABLE organizations; --",
    '__proto__',
    'x'.repeat(200),
  ])('the name %s is stored as it is, and twice if it is sent twice', async (name) => {
    const [one, two] = [
      await admin('POST', '/organizations', { name }),
      await admin('POST', '/organizations', { name }),
    ];
    expectContract('createOrganization', one);
    expect([one.body.name, two.body.name]).toEqual([name, name]);
    expect(one.body.id).not.toBe(two.body.id);
  });

  test('spaces around a name are left out', async () => {
    expect((await admin('POST', '/organizations', { name: '  Acme  ' })).body.name).toBe('Acme');
  });

  test.each(
    PLACES.flatMap((place) =>
      ['id', 'created_at', 'plan', 'key', 'key_hash', 'org_id', 'expires_at', 'role'].map((field) => [place, field]),
    ),
  )(
    'POST %s with %s is a 400 that names it and what is accepted: nothing that has no effect is taken',
    async (place, field) => {
      const called = await admin('POST', at(place), { name: 'Acme', [field]: newId() });
      expectError(called, 'invalid_value', { param: field, message: /must be left out: only `name`.* accepted/ });
    },
  );

  test.each([
    [['*'], 'scopes[0]'],
    [['read', 'admin'], 'scopes[1]'],
    [[], 'scopes'],
    ['read', 'scopes'],
    [{ read: true }, 'scopes'],
    [[null], 'scopes[0]'],
  ])('scopes of %j are a 400 that names %s', async (scopes, param) => {
    const called = await admin('POST', at('/organizations/:org/api-keys'), { name: 'k', scopes });
    expectError(called, 'invalid_value', { param });
  });

  test('a scope named twice is one', async () => {
    const called = await admin('POST', at('/organizations/:org/api-keys'), { name: 'k', scopes: ['read', 'read'] });
    expect(called.body.scopes).toEqual(['read']);
  });

  test('a hundred keys made at once are all different', async () => {
    const made = await Promise.all(
      Array.from({ length: 100 }, () => admin('POST', at('/organizations/:org/api-keys'), { name: 'k' })),
    );
    expect(new Set(made.map((called) => called.body.key)).size).toBe(100);
    for (const called of made) expectContract('createApiKey', called);
  });

  test.each([
    ['GET', '/organizations/x/api-keys', 'org_id'],
    ['POST', '/organizations/%00/api-keys', 'org_id'],
    ['DELETE', '/api-keys/x', 'key_id'],
    ['DELETE', `/api-keys/${encodeURIComponent("' OR 1=1 --")}`, 'key_id'],
  ])('%s %s is a 400 that names %s', async (method, path, param) => {
    expectError(await admin(method, path, method === 'POST' ? { name: 'x' } : undefined), 'invalid_value', { param });
  });
});
