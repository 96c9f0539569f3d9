/** Admin calls over real sockets (docs/operations.md): a plain local call is an operator's, and nothing else is. */
import http from 'node:http';
import { createListener } from '#server/app';
import { listen, type Listener } from '#server/http/listen';
import { expectError } from '#tests/support/expectContract';
import { requestHead, sendRaw } from '#tests/support/rawHttp';
import { startTestApp, type TestApp } from '#tests/support/testApp';

const PATH = '/api/v1/admin/organizations';
const TOKEN = 'an-admin-token-of-32-characters!';

describe('without a token, on loopback', () => {
  let app: TestApp;
  /** The same app as the product listens: on 127.0.0.1 and ::1. */
  let local: Listener;
  beforeAll(async () => {
    app = await startTestApp();
    local = await listen(createListener(app.deps, { distFolder: 'dist' }), {
      host: 'localhost',
      port: 0,
      maxConnections: 100,
    });
  });
  afterAll(async () => {
    await local.close(0);
    await app.stop();
  });

  const send = (line: string, headers: readonly string[]) => sendRaw(app.url, requestHead(line, headers));
  const port = () => new URL(app.url).port;

  test.each(['127.0.0.1', 'localhost', '[::1]'])('plain curl on %s is let in', async (host) => {
    // Node's own client adds Host and Connection only, as curl does.
    const status = await new Promise((resolve, reject) => {
      http
        .get(
          `http://${host}:${local.port}${PATH}`,
          { headers: { accept: '*/*', 'user-agent': 'curl/8.5.0' } },
          (res) => {
            res.resume();
            resolve(res.statusCode);
          },
        )
        .on('error', reject);
    });
    expect(status).toBe(200);
  });

  test('plain curl creates, lists and deletes', async () => {
    const created = await app.call('POST', PATH, { body: { name: 'Acme' }, key: null });
    const key = await app.call('POST', `${PATH}/${created.body.id}/api-keys`, { body: { name: 'k' }, key: null });
    const listed = await app.call('GET', `${PATH}/${created.body.id}/api-keys`, { key: null });
    const deleted = await app.call('DELETE', `/api/v1/admin/api-keys/${key.body.id}`, { key: null });
    expect([created.status, key.status, listed.status, deleted.status]).toEqual([201, 201, 200, 200]);
  });

  test.each(['localhost', 'LOCALHOST', '127.0.0.1', '[::1]'])('Host: %s with our port is local', async (host) => {
    expect((await send(`GET ${PATH}`, [`Host: ${host}:${port()}`])).status).toBe(200);
  });

  test.each(['localhost', '127.0.0.1', '[::1]', 'localhost:1', 'localhost:99999'])(
    'Host: %s does not name our port: refused',
    async (host) => {
      const answer = await send(`GET ${PATH}`, [`Host: ${host}`]);
      expectError(answer, 'admin_token_required', { message: /does not name the port.*PROMPTLAB_ADMIN_TOKEN/ });
    },
  );

  test('HTTP/1.0 is what nginx speaks to a server behind it: refused', async () => {
    const answer = await sendRaw(app.url, `GET ${PATH} HTTP/1.0\r\nHost: localhost:${port()}\r\n\r\n`);
    expectError(answer, 'admin_token_required', { message: /not HTTP\/1\.1/ });
  });

  test.each(['X-Unheard-Of: 1', 'Traceparent: 00-0-0-00', 'X-Api-Key: x'])(
    '%s is nothing that curl sends by itself: refused, and named',
    async (header) => {
      const answer = await send(`GET ${PATH}`, [`Host: localhost:${port()}`, header]);
      expectError(answer, 'admin_token_required', { message: new RegExp(header.split(':')[0]!, 'i') });
    },
  );

  test.each([
    'example.com',
    'localhost.evil.com',
    'evil.com:8000',
    '127.0.0.1.nip.io',
    '0.0.0.0',
    '0.0.0.0:8000',
    'localhost.',
    '127.1',
    '127.0.0.2',
    '2130706433',
    '[::]',
    '[::ffff:127.0.0.1]',
    'user@localhost',
    'localhost@evil.com',
    'localhost evil.com',
    'localhost,evil.com',
    'localhost:',
    'localhost:80:80',
    '',
  ])('Host: %j is not local: refused', async (host) => {
    const answer = await send(`GET ${PATH}`, [`Host: ${host}`]);
    expectError(answer, 'admin_token_required', { message: /Host header is not localhost.*PROMPTLAB_ADMIN_TOKEN/ });
  });

  test('what a proxy adds behind two thousand headers of its caller is seen', async () => {
    const answer = await send(`GET ${PATH}`, [
      `Host: localhost:${port()}`,
      ...Array<string>(2_000).fill('TE:'),
      'X-Forwarded-For: 1.2.3.4',
    ]);
    expectError(answer, 'admin_token_required', { message: /came through a proxy/ });
  });

  test('two Host headers are 400, even two good ones', async () => {
    for (const second of ['evil.com', 'localhost']) {
      expectError(await send(`GET ${PATH}`, ['Host: localhost', `Host: ${second}`]), 'malformed_request');
    }
  });

  test('a target that names another host than the Host header is 400', async () => {
    const answer = await send(`GET http://evil.com${PATH}`, ['Host: localhost']);
    expectError(answer, 'malformed_request', { message: /host/i });
  });

  test('a target that names the same host is served', async () => {
    const answer = await send(`GET http://localhost:${port()}${PATH}`, [`Host: localhost:${port()}`]);
    expect(answer.status).toBe(200);
  });

  test.each([
    ['Origin', 'https://evil.example'],
    ['Origin', 'null'],
    ['Origin', 'http://localhost:8000'],
    ['ORIGIN', ''],
    ['Sec-Fetch-Site', 'cross-site'],
    ['Sec-Fetch-Site', 'none'],
    ['Cookie', 'a=b'],
    ['Referer', 'https://evil.example/'],
  ])('%s: %s comes from a browser: refused', async (name, value) => {
    const answer = await send(`GET ${PATH}`, [`Host: localhost:${port()}`, `${name}: ${value}`]);
    expectError(answer, 'admin_token_required', { message: /browser.*PROMPTLAB_ADMIN_TOKEN/ });
  });

  test.each([
    'Forwarded',
    'Via',
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'X-Forwarded-Proto',
    'X-Forwarded-Anything',
    'x-forwarded-for',
    'X-Real-IP',
    'X-Client-IP',
    'X-Cluster-Client-IP',
    'X-Original-URL',
    'X-Original-Host',
    'True-Client-IP',
    'CF-Connecting-IP',
    'CF-Ray',
    'Fly-Client-IP',
    'Fastly-Client-IP',
    'X-Amzn-Trace-Id',
    'X-Envoy-External-Address',
    'Ngrok-Trace-Id',
    'X-Azure-ClientIP',
    'Client-IP',
    'Cdn-Loop',
    'Tailscale-User-Login',
    'X-ARR-LOG-ID',
    'X-MS-Forwarded-Client-Cert',
  ])('%s comes from a proxy: refused', async (name) => {
    for (const value of ['127.0.0.1', '']) {
      const answer = await send(`GET ${PATH}`, [`Host: localhost:${port()}`, `${name}: ${value}`]);
      expectError(answer, 'admin_token_required', { message: /through a proxy.*PROMPTLAB_ADMIN_TOKEN/ });
    }
  });

  test.each([
    ['POST', PATH],
    ['GET', PATH],
    ['POST', `${PATH}/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b/api-keys`],
    ['GET', `${PATH}/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b/api-keys`],
    ['DELETE', '/api/v1/admin/api-keys/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b'],
  ])('a page elsewhere cannot %s %s, and nothing happens', async (method, path) => {
    const before = await app.deps.db.query('SELECT count(*) FROM organizations');
    const answer = await sendRaw(
      app.url,
      requestHead(`${method} ${path}`, [
        'Host: localhost',
        'Origin: https://evil.example',
        'Content-Type: text/plain',
        'Content-Length: 15',
      ]) + '{"name":"Evil"}',
    );
    expectError(answer, 'admin_token_required');
    expect(await app.deps.db.query('SELECT count(*) FROM organizations')).toEqual(before);
  });

  test.each(['OPTIONS', 'PUT', 'PATCH'])('%s tells a browser nothing it may do', async (method) => {
    const answer = await send(`${method} ${PATH}`, [
      'Host: localhost',
      'Origin: https://evil.example',
      'Access-Control-Request-Method: POST',
    ]);
    expectError(answer, 'method_not_allowed');
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test('a key of an organization is refused, not ignored, also in a plain local call', async () => {
    const answer = await app.call('GET', PATH, { key: app.orgA.key });
    expectError(answer, 'invalid_admin_token', { message: /API key of an organization/ });
  });

  test('a token is refused where there is none', async () => {
    expectError(await app.call('GET', PATH, { key: TOKEN }), 'invalid_admin_token', { message: /admin-token/ });
  });
});

test.each(['0.0.0.0', '::', '192.168.1.5', 'promptlab.example'])(
  'a server that listens on %s is closed without a token, also to a local call',
  async (host) => {
    const app = await startTestApp({ env: { HOST: host } });
    try {
      const answer = await app.call('GET', PATH, { key: null });
      expectError(answer, 'admin_token_required', {
        message: /does not listen on loopback only.*set PROMPTLAB_ADMIN_TOKEN/,
      });
    } finally {
      await app.stop();
    }
  },
);

describe('with a token', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ env: { PROMPTLAB_ADMIN_TOKEN: TOKEN, HOST: '0.0.0.0' } });
  });
  afterAll(() => app.stop());

  const withToken = (authorization: string) => app.call('GET', PATH, { key: null, headers: { authorization } });

  test.each([`Bearer ${TOKEN}`, `bearer ${TOKEN}`, `BEARER ${TOKEN}`])('%s is let in', async (authorization) => {
    expect((await withToken(authorization)).status).toBe(200);
  });

  test('it is let in through a proxy, from a browser, by any host', async () => {
    const headers = [
      'Host: logs.example.com',
      'X-Forwarded-For: 1.2.3.4',
      'Origin: https://logs.example.com',
      `Authorization: Bearer ${TOKEN}`,
    ];
    expect((await sendRaw(app.url, requestHead(`GET ${PATH}`, headers))).status).toBe(200);
  });

  test('a plain local call without it is 401, and learns what to send', async () => {
    const answer = await app.call('GET', PATH, { key: null });
    expectError(answer, 'invalid_admin_token', { message: /PROMPTLAB_ADMIN_TOKEN.*Authorization: Bearer/ });
  });

  test.each([
    ['another of the same length', `Bearer ${'x'.repeat(TOKEN.length)}`],
    ['one character off', `Bearer ${TOKEN.slice(0, -1)}?`],
    ['in another case', `Bearer ${TOKEN.toUpperCase()}`],
    ['a prefix', `Bearer ${TOKEN.slice(0, -1)}`],
    ['longer', `Bearer ${TOKEN}!`],
    ['short', 'Bearer x'],
    ['long', `Bearer ${'x'.repeat(8_000)}`],
    ['of many bytes a character', 'Bearer ÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿ'],
    ['empty', 'Bearer '],
    ['no Bearer', TOKEN],
    ['Basic', `Basic ${Buffer.from(`admin:${TOKEN}`).toString('base64')}`],
    ['two spaces', `Bearer  ${TOKEN}`],
    ['a list', `Bearer ${TOKEN},Bearer ${TOKEN}`],
  ])('a token that is %s is 401', async (_, authorization) => {
    const answer = await withToken(authorization);
    expect({ status: answer.status, type: answer.body.error.type }).toEqual({
      status: 401,
      type: 'authentication_error',
    });
    expect(answer.text).not.toContain(TOKEN);
  });

  test('a token of bytes that are no UTF-8 is 401', async () => {
    const head = requestHead(`GET ${PATH}`, ['Host: localhost', 'Authorization: Bearer \u00e9\u00ff\u00fe']);
    expect((await sendRaw(app.url, Buffer.from(head, 'latin1'))).status).toBe(401);
  });

  test('two Authorization headers are 400, even where one is right', async () => {
    const headers = ['Host: localhost', `Authorization: Bearer ${TOKEN}`, 'Authorization: Bearer x'];
    expectError(await sendRaw(app.url, requestHead(`GET ${PATH}`, headers)), 'malformed_request');
  });

  test('a key of an organization is 401', async () => {
    expectError(await app.call('GET', PATH), 'invalid_admin_token');
  });

  test('the token in the query or a cookie is 401', async () => {
    const inQuery = await app.call('GET', `${PATH}?token=${TOKEN}&api_key=${TOKEN}`, { key: null });
    const inCookie = await sendRaw(app.url, requestHead(`GET ${PATH}`, ['Host: localhost', `Cookie: token=${TOKEN}`]));
    expectError(inQuery, 'invalid_admin_token');
    expectError(inCookie, 'invalid_admin_token');
  });
});
