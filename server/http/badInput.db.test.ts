/**
 * What a hostile or broken caller can put on the wire, with the answer it gets. After each case the process is up and the
 * next good log is stored.
 */
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { ErrorCode } from '#shared/error';
import { LIMITS } from '#shared/primitives';
import { expectContract, expectError, expectUnharmed } from '#tests/support/expectContract';
import { aLogInput } from '#tests/support/factories';
import { requestHead, sendRaw } from '#tests/support/rawHttp';
import { type Called, startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

afterEach(() => expectUnharmed(app));

const GOOD = JSON.stringify(aLogInput());

/** A POST of a log as bytes, with these headers besides Host and the key. */
function postRaw(headers: readonly string[], body: string | Buffer, isHalfClosed = false) {
  const head = requestHead('POST /api/v1/logs', [
    'Host: localhost',
    `Authorization: Bearer ${app.orgA.key}`,
    ...headers,
  ]);
  return sendRaw(app.url, Buffer.concat([Buffer.from(head), Buffer.from(body)]), { isHalfClosed });
}

function post(rawBody: string | Buffer, headers: Record<string, string> = {}): Promise<Called> {
  return app.call('POST', '/api/v1/logs', { rawBody, headers });
}

async function countRequests(): Promise<number> {
  const [row] = await app.deps.db.query('SELECT count(*) FROM requests');
  return row.count;
}

describe('framing', () => {
  const JSON_TYPE = 'Content-Type: application/json';
  test.each<[string, readonly string[], string, ErrorCode]>([
    ['no body', [JSON_TYPE], '', 'empty_body'],
    ['Content-Length: 0', [JSON_TYPE, 'Content-Length: 0'], '', 'empty_body'],
    [
      'a length and chunks',
      [JSON_TYPE, 'Content-Length: 4', 'Transfer-Encoding: chunked'],
      '0\r\n\r\n',
      'malformed_request',
    ],
    ['two lengths', [JSON_TYPE, 'Content-Length: 4', 'Content-Length: 5'], '{}xxx', 'malformed_request'],
    ['a length that is no number', [JSON_TYPE, 'Content-Length: x'], '{}', 'malformed_request'],
    ['a chunk size of zz', [JSON_TYPE, 'Transfer-Encoding: chunked'], 'zz\r\n{}\r\n', 'malformed_request'],
    ['a header without a colon', ['garbage'], '', 'malformed_request'],
    ['a NUL in a header', ['X-Name: a\u0000b'], '', 'malformed_request'],
    ['20 KB of headers', [`X-Long: ${'a'.repeat(20_000)}`], '', 'headers_too_large'],
    ['two Authorization headers', [JSON_TYPE, 'Authorization: Bearer x'], '', 'malformed_request'],
  ])('%s is refused, and the connection closed', async (_, headers, body, code) => {
    const before = await countRequests();
    const answer = await postRaw(headers, body);
    expectError(answer, code);
    expect(answer.isClosed).toBe(true);
    expect(await countRequests()).toBe(before);
  });

  test('a body that ends before its length is refused, and nothing is stored', async () => {
    const before = await countRequests();
    const answer = await postRaw(['Content-Type: application/json', 'Content-Length: 2000'], '{"model', true);
    expectError(answer, 'malformed_request');
    expect(answer.isClosed).toBe(true);
    expect(await countRequests()).toBe(before);
  });

  test('a body that never ends holds no more than its own budget, and is let go with its connection', async () => {
    const head = requestHead('POST /api/v1/logs', [
      'Host: localhost',
      `Authorization: Bearer ${app.orgA.key}`,
      'Content-Type: application/json',
      'Transfer-Encoding: chunked',
    ]);
    await sendAndHangUp(`${head}1\r\n{\r\n`);
    // A whole body's worth was held for it; a second server-wide budget of that size would be gone after 13 such calls.
    for (let call = 0; call < 20; call++) await sendAndHangUp(`${head}1\r\n{\r\n`);
    expect((await post(GOOD)).status).toBe(201);
  });

  test.each([
    ['no Host', 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['two Host headers', 'GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n', 400],
    ['a URL of 20 KB', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431],
    ['TLS on the HTTP port', Buffer.from('160301020001000001fc0303', 'hex'), 400],
    ['an unknown method', 'FOO /api/v1/logs HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['an unknown version', 'GET /health HTTP/9.9\r\nHost: a\r\n\r\n', 400],
    ['a bare word', 'hello\r\n\r\n', 400],
  ])('%s is refused with our JSON', async (_, bytes, status) => {
    const answer = await sendRaw(app.url, bytes);
    expect(answer.status).toBe(status);
    expectError(answer, status === 431 ? 'headers_too_large' : 'malformed_request');
    expect(answer.isClosed).toBe(true);
  });

  test('a key of 15 KB is 401 without a query', async () => {
    const answer = await app.call('GET', '/api/v1/requests', { key: `pl_live_${'a'.repeat(15_000)}` });
    expectError(answer, 'invalid_api_key');
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'a header named %s is ignored',
    async (name) => {
      const answer = await postRaw(
        ['Content-Type: application/json', `Content-Length: ${GOOD.length}`, `${name}: x`],
        GOOD,
      );
      expectContract('createLogs', answer, 201);
    },
  );

  test('HTTP/1.0 is served', async () => {
    const bytes = `POST /api/v1/logs HTTP/1.0\r\nAuthorization: Bearer ${app.orgA.key}\r\nContent-Type: application/json\r\nContent-Length: ${GOOD.length}\r\n\r\n${GOOD}`;
    expect((await sendRaw(app.url, bytes)).status).toBe(201);
  });

  test.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'GET', 'TRACE'])(
    '%s on /api/v1/logs is 405 and names POST',
    async (method) => {
      const answer = await sendRaw(app.url, requestHead(`${method} /api/v1/logs`, ['Host: localhost']));
      expectError(answer, 'method_not_allowed', { message: /use POST/ });
      expect(answer.headers.get('allow')).toBe('POST');
    },
  );

  test.each(['/api/v1/requests', '/health'])('PUT on %s is 405 and names HEAD beside GET', async (path) => {
    const answer = await app.call('PUT', path);
    expectError(answer, 'method_not_allowed');
    expect(answer.headers.get('allow')).toContain('GET, HEAD');
  });

  test.each(['/api/v1/nothing', '/api', '/api/v2/logs', '/api/v1/requests/', '/health/', '/HEALTH', '/nothing.json'])(
    '%s is nothing: 404 in JSON, with and without a key',
    async (path) => {
      for (const key of [app.orgA.key, null]) {
        const answer = await app.call('GET', path, { key });
        expectError(answer, 'unknown_endpoint');
      }
    },
  );

  test.each(['/api/v1/requests/%zz', '/api/v1/traces/%E0%A4%A'])('%s is no percent-encoding: 400', async (path) => {
    expectError(await app.call('GET', path), 'malformed_request', { message: /percent-encoding/ });
  });

  test('every answer of the API is not to be cached or sniffed, good or bad', async () => {
    for (const path of ['/health', '/api/v1/requests', '/api/v1/nothing', '/trpc/nothing']) {
      const { headers } = await app.call('GET', path);
      expect([path, headers.get('cache-control')]).toEqual([path, 'no-store']);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-request-id')).toBeTruthy();
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });
});

describe('content type and encoding', () => {
  const utf16 = Buffer.from(GOOD, 'utf16le');
  test.each<[string, string | Buffer, Record<string, string>, ErrorCode]>([
    ['text/plain', GOOD, { 'content-type': 'text/plain' }, 'unsupported_media_type'],
    ['a form', GOOD, { 'content-type': 'application/x-www-form-urlencoded' }, 'unsupported_media_type'],
    ['multipart', GOOD, { 'content-type': 'multipart/form-data; boundary=x' }, 'unsupported_media_type'],
    ['application/vnd.x+json', GOOD, { 'content-type': 'application/vnd.x+json' }, 'unsupported_media_type'],
    ['charset=iso-8859-1', GOOD, { 'content-type': 'application/json; charset=iso-8859-1' }, 'unsupported_media_type'],
    ['charset=utf-16', utf16, { 'content-type': 'application/json; charset=utf-16' }, 'unsupported_media_type'],
    ['charset=utf-7', GOOD, { 'content-type': 'application/json; charset=utf-7' }, 'unsupported_media_type'],
    ['bytes that are no UTF-8', Buffer.from(GOOD.replace('Paris', '\u00ff\u00fe'), 'latin1'), {}, 'invalid_utf8'],
    ['gzip cut short', gzipSync(GOOD).subarray(0, -12), { 'content-encoding': 'gzip' }, 'invalid_encoding'],
    ['plain text that is said to be gzip', GOOD, { 'content-encoding': 'gzip' }, 'invalid_encoding'],
    ['gzip, gzip', gzipSync(gzipSync(GOOD)), { 'content-encoding': 'gzip, gzip' }, 'unsupported_media_type'],
    ['br', brotliCompressSync(GOOD), { 'content-encoding': 'br' }, 'unsupported_media_type'],
    ['deflate', deflateSync(GOOD), { 'content-encoding': 'deflate' }, 'unsupported_media_type'],
    ['zstd', GOOD, { 'content-encoding': 'zstd' }, 'unsupported_media_type'],
  ])('%s', async (_, body, headers, code) => {
    expectError(await post(body, headers), code);
  });

  test('no Content-Type is 415 and names application/json', async () => {
    const answer = await postRaw([`Content-Length: ${GOOD.length}`], GOOD);
    expectError(answer, 'unsupported_media_type', { message: /application\/json/ });
  });

  test.each<[string, string | Buffer, Record<string, string>]>([
    ['UTF-8 in upper case', GOOD, { 'content-type': 'application/json; charset=UTF-8' }],
    ['UTF-8 without its hyphen', GOOD, { 'content-type': 'application/json; charset=utf8' }],
    ['UTF-8 in quotes', GOOD, { 'content-type': 'application/json;charset="utf-8"' }],
    ['the type in upper case', GOOD, { 'content-type': 'Application/JSON' }],
    ['gzip', gzipSync(GOOD), { 'content-encoding': 'gzip' }],
    ['gzip in upper case', gzipSync(GOOD), { 'content-encoding': 'GZIP' }],
    ['identity', GOOD, { 'content-encoding': 'identity' }],
    ['a byte order mark', `\uFEFF${GOOD}`, {}],
    ['white space around it', ` \r\n\t${GOOD}\n`, {}],
  ])('%s is accepted', async (_, body, headers) => {
    expectContract('createLogs', await post(body, headers), 201);
  });

  test('a gzip bomb of 100 MB is 413 and costs neither memory nor time', async () => {
    const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024, ' '));
    const before = process.memoryUsage.rss();
    const started = performance.now();
    expectError(await post(bomb, { 'content-encoding': 'gzip' }), 'body_too_large', { message: /10 MB/ });
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(process.memoryUsage.rss() - before).toBeLessThan(60 * 1024 * 1024);
  });
});

describe('JSON', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const withMetadata = (metadata: string) => `${GOOD.slice(0, -1)},"metadata":{"a":${metadata}}}`;

  test.each<[string, string, ErrorCode]>([
    ['a number', '5', 'invalid_json'],
    ['a string', '"s"', 'invalid_json'],
    ['null', 'null', 'invalid_json'],
    ['true', 'true', 'invalid_json'],
    ['an array', '[]', 'invalid_json'],
    ['something after it', `${GOOD}x`, 'invalid_json'],
    ['two documents', `${GOOD}\n${GOOD}`, 'invalid_json'],
    ['half of it', GOOD.slice(0, 30), 'invalid_json'],
    ['single quotes', "{'model':'m'}", 'invalid_json'],
    ['NaN', withMetadata('NaN'), 'invalid_json'],
    ['a comment', `/* */${GOOD}`, 'invalid_json'],
    ['a raw newline in a string', '{"model":"a\nb"}', 'invalid_json'],
    ['only white space', '   ', 'invalid_json'],
    ['5,000 levels', withMetadata(nested(5_000)), 'too_deep'],
    ['65 levels', withMetadata(nested(63)), 'too_deep'],
    ['200,000 levels', withMetadata(nested(200_000)), 'too_deep'],
    ['600,000 empty objects', withMetadata(`[${'{},'.repeat(600_000)}{}]`), 'too_many_values'],
    ['150,000 values', withMetadata(`[${'1,'.repeat(150_000)}1]`), 'too_many_values'],
    [
      '100,000 keys',
      withMetadata(`{${Array.from({ length: 100_000 }, (_, k) => `"k${k}":1`).join()}}`),
      'too_many_keys',
    ],
    ['a key of 1 MB', withMetadata(`{"${'k'.repeat(1_048_576)}":1}`), 'key_too_long'],
    ['1e309', withMetadata('1e309'), 'invalid_value'],
  ])('%s', async (_, body, code) => {
    const started = performance.now();
    expectError(await post(body), code);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test('62 levels of metadata are stored as they are', async () => {
    const called = await post(withMetadata(nested(62)));
    expectContract('createLogs', called, 201);
    expect((await app.call('GET', `/api/v1/requests/${called.body.id}`)).text).toContain(nested(62));
  });

  test.each<[string, string, ErrorCode]>([
    ['5,000 levels', withMetadata(nested(5_000)), 'too_deep'],
    ['a key of 300 characters', withMetadata(`{"${'k'.repeat(300)}":1}`), 'key_too_long'],
    ['1e309', withMetadata('1e309'), 'invalid_value'],
  ])('%s inside a batch rejects that log alone', async (_, bad, code) => {
    const called = await post(`{"logs":[${GOOD},${bad},${GOOD}]}`);
    expectContract('createLogs', called, 207);
    expect(called.body).toMatchObject({ created: 2, rejected: 1 });
    expect(called.body.results[1]).toMatchObject({ status: 'rejected', error: { code } });
  });

  test.each(['NaN', '-Infinity', 'None', 'undefined', "'x'"])(
    'a value that is no JSON is told by its position: %s',
    async (value) => {
      const before = '{"model":"None \\\\\\" NaN","latency_ms":';
      const position = before.length + (value.startsWith('-') ? 1 : 0);
      const answer = await post(`${before}${value},"e":1e5,"t":true}`);
      expectError(answer, 'invalid_json', { message: new RegExp(`position ${position}\\b`) });
    },
  );

  test('a broken JSON is told by its position and not by its text', async () => {
    expectError(await post(`${GOOD}x`), 'invalid_json', { message: new RegExp(`position ${GOOD.length}`) });
    const called = await post('{"model": secret-words}');
    expectError(called, 'invalid_json');
    expect(called.text).not.toContain('secret');
  });

  test('a field of more than 1,000,000 characters is cut, says so, and is marked', async () => {
    const called = await post(JSON.stringify(aLogInput({ response_content: 'é'.repeat(1_000_001) })));
    expectContract('createLogs', called, 201);
    expect(called.body.truncated).toBe(true);
    expect(called.body.response_content).toMatch(/… \[truncated: 1000001 characters\]$/);
    expect(called.body.response_content).toHaveLength(LIMITS.fieldLength);
  });

  test.each([
    [-1, 201],
    [0, 201],
    [1, 413],
  ])('a body of the limit %i bytes is %i', async (more, status) => {
    const padding = LIMITS.bodyBytes + more - JSON.stringify(aLogInput({ response_content: '' })).length;
    const body = JSON.stringify(aLogInput({ response_content: 'x'.repeat(padding) }));
    expect(body).toHaveLength(LIMITS.bodyBytes + more);
    for (const sent of [await post(body), await post(gzipSync(body), { 'content-encoding': 'gzip' })]) {
      expect(sent.status).toBe(status);
      expect(sent.body.error?.code).toBe(status === 413 ? 'body_too_large' : undefined);
    }
  });

  test('of two equal keys the last one counts, in what is checked and in what is stored', async () => {
    const called = await post(GOOD.replace('{', '{"model":5,"provider":7,'));
    expectContract('createLogs', called, 201);
    expect(called.body).toMatchObject({ model: 'gpt-4o-mini', provider: 'openai' });
    expectError(await post(`${GOOD.slice(0, -1)},"model":5}`), 'invalid_value', { param: 'model' });
  });

  test('keys that are numbers and keys of many scripts are stored as they are', async () => {
    const metadata = { 2: 'two', 1: 'one', 'ключ 键 🔑': 'x', '': 'empty', ' ': 'space' };
    const called = await post(JSON.stringify(aLogInput({ metadata })));
    expect(called.body.metadata).toEqual(metadata);
    expect((await app.call('GET', `/api/v1/requests/${called.body.id}`)).body.metadata).toEqual(metadata);
  });
});

/** Sends bytes, then drops the connection. */
async function sendAndHangUp(bytes: string): Promise<void> {
  const { connect } = await import('node:net');
  await new Promise<void>((resolve, reject) => {
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1', () =>
      socket.write(bytes, () => setImmediate(() => socket.resetAndDestroy())),
    );
    socket.on('error', reject);
    socket.on('close', () => resolve());
  });
}
