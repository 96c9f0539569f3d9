/** A path that is spelt in another way reaches no handler, with and without a base path. */
import { expectError } from '#tests/support/expectContract';
import { aLogInput } from '#tests/support/factories';
import { requestHead, sendRaw } from '#tests/support/rawHttp';
import { type Called, startTestApp, type TestApp } from '#tests/support/testApp';

const ADMIN_TOKEN = 'an-admin-token-of-32-characters!';

describe.each(['', '/promptlab'])('under the base path "%s"', (basePath) => {
  let based: TestApp;
  beforeAll(async () => {
    based = await startTestApp({ env: { BASE_PATH: basePath, PROMPTLAB_ADMIN_TOKEN: ADMIN_TOKEN } });
  });
  afterAll(() => based.stop());

  /** Other ways to write a path. None may reach a handler: not with a key, and least of all without. */
  const SPELLINGS: readonly (readonly [string, (path: string) => string])[] = [
    ['a trailing slash', (path) => `${path}/`],
    ['two slashes first', (path) => `/${path}`],
    ['two slashes within', (path) => path.replace('/v1/', '/v1//')],
    ['upper case', (path) => path.toUpperCase()],
    ['one letter in upper case', (path) => path.replace('/api', '/Api')],
    [
      'an escaped letter',
      (path) => path.replace('/logs', '/%6Cogs').replace('/requests', '/%72equests').replace('/admin', '/%61dmin'),
    ],
    ['an escaped slash', (path) => path.replace('/v1/', '/v1%2F')],
    ['an escaped slash first', (path) => path.replace('/api/', '/api%2F')],
    ['an escaped first letter', (path) => path.replace('/api', '/%61pi')],
    ['a parameter', (path) => `${path};x=1`],
    ['a dot segment', (path) => path.replace('/v1/', '/v1/%2e%2e/v1/')],
    ['a backslash', (path) => path.replace('/v1/', '/v1\\..\\v1\\')],
    ['a NUL', (path) => `${path}%00`],
    ['something before', (path) => `/x${path}`],
  ];
  const PATHS = [
    ['POST', '/api/v1/logs'],
    ['GET', '/api/v1/requests'],
    ['GET', '/api/v1/admin/organizations'],
  ] as const;

  test.each(SPELLINGS.flatMap(([name, spell]) => PATHS.map(([method, path]) => [method, path, name, spell] as const)))(
    '%s %s with %s reaches no handler',
    async (method, path, _, spell) => {
      for (const key of [null, based.orgA.key, ADMIN_TOKEN]) {
        const called = await callPath(based, method, spell(path), key);
        // What is no path of the API is the dashboard's: a page that says so for a reader, nothing for the rest.
        const isPage = called.headers.get('content-type')?.startsWith('text/html') ?? false;
        expect({ status: called.status, isPage }).toEqual({
          status: 404,
          isPage: isPage && spell(path).startsWith('/x/'),
        });
      }
    },
  );

  test('the same paths, spelt right, ask for a key and serve the one who has it', async () => {
    for (const [method, path] of PATHS) {
      const key = path.includes('admin') ? ADMIN_TOKEN : based.orgA.key;
      expect((await callPath(based, method, path, null)).status).toBe(401);
      expect(Math.floor((await callPath(based, method, path, key)).status / 100)).toBe(2);
    }
  });

  test.each(['/api/v1/requests', '/health', '/trpc/session.get', '/'])('%s is nothing outside of it', async (path) => {
    const outside = `${new URL(based.url).origin}${basePath === '' ? '/api/elsewhere' : ''}${path}`;
    const res = await fetch(outside, { headers: { authorization: `Bearer ${based.orgA.key}` } });
    expectError({ status: res.status, headers: res.headers, body: await res.json() }, 'unknown_endpoint');
  });

  test('the link to the next page stays below it', async () => {
    await based.call('POST', '/api/v1/logs', { body: { logs: [aLogInput(), aLogInput()] } });
    const called = await based.call('GET', '/api/v1/requests?limit=1');
    expect(called.headers.get('link')).toMatch(new RegExp(`^<${basePath}/api/v1/requests\\?`));
  });

  /** On a socket: a proper client would tidy the path before it sends it. */
  function callPath(target: TestApp, method: string, path: string, key: string | null): Promise<Called> {
    const body = method === 'POST' ? JSON.stringify(aLogInput()) : '';
    const headers = ['Host: localhost', 'Content-Type: application/json', `Content-Length: ${body.length}`];
    if (key !== null) headers.push(`Authorization: Bearer ${key}`);
    return sendRaw(target.url, requestHead(`${method} ${basePath}${path}`, headers) + body);
  }
});
