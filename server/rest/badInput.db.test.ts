/** What readers may send: each is refused in one sentence, or read as plain text; none is a 500, slow, or SQL. */
import { expectError, expectUnharmed } from '#tests/support/expectContract';
import { aLogInput } from '#tests/support/factories';
import { type Called, startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  await app.call('POST', '/api/v1/logs', {
    body: {
      logs: [
        aLogInput({
          user_id: "o'hara",
          metadata: { "it's": '"->$', 'a.b[0]': 1 },
          error: { message: 'a'.repeat(8_000) },
        }),
      ],
    },
  });
});
afterAll(async () => {
  await expectUnharmed(app);
  await app.stop();
});

const get = (path: string) => app.call('GET', path);
const trpc = (procedure: string, input: unknown) =>
  get(`/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`);
const codeOf = ({ body }: Called): string | undefined => body?.error?.data?.error?.code ?? body?.error?.code;

describe('a list', () => {
  test.each(['-1', '0', '201', '1000000000', 'abc', '1e30', '[]', '', '1.5', '0x10', '٣'])(
    'with limit=%s is refused',
    async (limit) => {
      expectError(await get(`/api/v1/requests?limit=${encodeURIComponent(limit)}`), 'invalid_value', {
        param: 'limit',
      });
    },
  );

  test.each([
    'x',
    'bm9uc2Vuc2U',
    'W10',
    'bnVsbA',
    'WyJuZXh0Iiwibm93IiwiMSJd',
    '%00',
    'a'.repeat(513),
    '[object Object]',
  ])('with cursor=%s is refused', async (cursor) => {
    const called = await get(`/api/v1/requests?cursor=${encodeURIComponent(cursor)}`);
    expect([called.status, ['invalid_cursor', 'invalid_value'].includes(codeOf(called) ?? '')]).toEqual([400, true]);
  });

  test.each([
    ['__proto__[x]=1', 400],
    ['a[b]=1', 400],
    ['constructor=1', 400],
    ['model=a&model=b', 400],
    ['sort=time&sort=cost', 400],
    ['q=a&q=b', 400],
    ['from=now', 400],
    ['from=2026-02-30T00:00:00Z', 400],
    ['from=0000-01-01T00:00:00Z', 400],
    ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 400],
    ['from=0001-01-03T00:00:00Z&to=9999-12-31T00:00:00Z', 200],
    ['tz=Mars/Phobos', 400],
    ['dir=ASC;%20select%201', 400],
    ['model=%00', 400],
    ['model=%ff', 200],
    ['tag=%22:%22&tag=x:%27%3B--', 200],
  ])('?%s is answered with %i', async (query, status) => {
    const called = await get(`/api/v1/requests?${query}`);
    expect([called.status, codeOf(called) === 'internal']).toEqual([status, false]);
  });

  test('of too many terms, or nested too deeply, is refused at once', async () => {
    const begin = performance.now();
    for (const q of [
      Array.from({ length: 10_000 }, () => 'model:a').join(' OR '),
      '('.repeat(200) + 'a' + ')'.repeat(200),
      '-'.repeat(200) + 'a',
      'model:('.repeat(50),
    ]) {
      const called = await trpc('requests.list', { q });
      // The longest of them is no address any more.
      expect([400, 431]).toContain(called.status);
      expect(['invalid_value', 'headers_too_large']).toContain(codeOf(called));
    }
    expect(performance.now() - begin).toBeLessThan(2_000);
  });

  test('keys and values of the metadata are text, whatever they hold', async () => {
    for (const [q, found] of [
      [`meta."it's":"\\"->$"`, 1],
      ['meta."a.b[0]":1', 1],
      ['meta.a:1', 0],
      ["meta.x:\"' OR '1'='1\"", 0],
      ['meta."$.*":1', 0],
      ["user:o'hara", 1],
    ] as const) {
      expect([q, (await get(`/api/v1/requests?payload=false&q=${encodeURIComponent(q)}`)).body.length]).toEqual([
        q,
        found,
      ]);
    }
  });

  test('a pattern of many stars takes no time', async () => {
    const q = `error.message:"${'a*'.repeat(300)}b"`;
    const begin = performance.now();
    expect((await get(`/api/v1/requests?payload=false&q=${encodeURIComponent(q)}`)).status).toBe(200);
    expect(performance.now() - begin).toBeLessThan(2_000);
  });
});

describe('procedures', () => {
  test.each<[string, unknown]>([
    ['requests.values', null],
    ['requests.values', { field: 'model', prefix: 5 }],
    ['requests.values', { field: 'model', prefix: '\u0000' }],
    ['requests.values', { field: 'model', prefix: 'x'.repeat(257) }],
    ['requests.values', { field: ['model'] }],
    ['requests.values', { field: 'tag.\ud800' }],
    ['requests.values', { field: 'model', filters: { q: 'modle:x' } }],
    ['requests.newer', {}],
    ['requests.newer', { id: 'x' }],
    ['requests.newer', { id: null, filters: { from: 'now' } }],
    ['requests.list', { sort: 'id; DROP TABLE requests' }],
    ['requests.list', { sort: { toString: 'time' } }],
    ['requests.list', { limit: '50' }],
    ['requests.list', 5],
  ])('%s of %j is a 400', async (procedure, input) => {
    const called = await trpc(procedure, input);
    expect([called.status, codeOf(called)]).toEqual([400, 'invalid_value']);
  });

  test.each(['input={', 'input=', 'batch=1&input={', 'batch=1&input=5', 'batch=1&input={"1":{}}', 'input=%ff'])(
    'requests.list with ?%s is no failure of ours',
    async (query) => {
      expect((await get(`/trpc/requests.list?${query}`)).status).toBeLessThan(500);
    },
  );

  test.each(['__proto__', 'constructor', 'requests.__proto__', 'requests', 'views.toString', 'requests.list.list'])(
    '%s is none',
    async (name) => {
      expect((await get(`/trpc/${name}`)).status).toBe(404);
    },
  );

  test('a prefix is text: %, _ and backslashes stand for themselves', async () => {
    for (const prefix of ['%', '_', '\\', "'", '*']) {
      expect([prefix, (await trpc('requests.values', { field: 'model', prefix })).body.result.data.values]).toEqual([
        prefix,
        [],
      ]);
    }
    expect((await trpc('requests.values', { field: 'user', prefix: "O'H" })).body.result.data.values).toEqual([
      { value: "o'hara", count: 1 },
    ]);
  });
});

test('names that are headers, pages or logs elsewhere stay in the body', async () => {
  const name = 'x\u202Ey <script>alert(1)</script> "a"; Set-Cookie: a=b';
  const saved = await app.call('POST', '/api/v1/views', { body: { name, search: { q: '"</script>"' } } });
  expect(saved.body.name).toBe(name);
  for (const bad of ['a\r\nSet-Cookie: a=b', 'a\u0000', '\u001b[2J', 'a\nb']) {
    expect((await app.call('POST', '/api/v1/views', { body: { name: bad, search: {} } })).status).toBe(400);
  }
  const exported = await get('/api/v1/requests/export?format=csv&model=%0d%0aSet-Cookie:%20a=b');
  expect(exported.headers.get('set-cookie')).toBeNull();
  expect(exported.status).toBe(200);
  expect(exported.headers.get('content-disposition')).toMatch(/^attachment; filename="[\w.-]+"$/);
});

test.each([
  ['/api/v1/api-keys', { name: 'k', scopes: Array(200_000).fill('read') }],
  ['/api/v1/prices', { model: '*'.repeat(300_000) }],
  ['/api/v1/prices/reprice', { filters: { tag: Array(200_000).fill('a:b') } }],
  ['/api/v1/views', { name: 'v'.repeat(300_000) }],
])('%s takes no body of the size of logs', async (path, body) => {
  expectError(await app.call('POST', path, { body }), 'body_too_large', { message: /256 kB/ });
});

test('scopes beyond a few are refused before each is looked at', async () => {
  const body = { name: 'k', scopes: Array(1_000).fill('none') };
  expectError(await app.call('POST', '/api/v1/api-keys', { body }), 'invalid_value', {
    param: 'scopes',
    message: /must name at most 20 scopes/,
  });
});
