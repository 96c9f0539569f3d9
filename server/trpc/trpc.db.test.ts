/** The API of the dashboard over real HTTP: the same operations, our errors, and nothing that a browser could be tricked into. */
import type { IncomingMessage } from 'node:http';
import { createTRPCClient, httpBatchLink, httpLink, TRPCClientError } from '@trpc/client';
import { ErrorDetail } from '#shared/error';
import { LoggedRequest, RequestPage } from '#shared/request';
import { newId } from '#server/ids';
import { createLogger } from '#server/log';
import { expectError, expectOurWords, expectUnharmed } from '#tests/support/expectContract';
import { aLogInput, aSpanInput } from '#tests/support/factories';
import { type Called, startTestApp, type TestApp } from '#tests/support/testApp';
import { type AppRouter, createCaller } from './appRouter.ts';
import { createInnerContext } from './context.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const client = (key: string = app.orgA.key) =>
  createTRPCClient<AppRouter>({
    links: [httpBatchLink({ url: `${app.url}/trpc`, maxItems: 10, headers: { authorization: `Bearer ${key}` } })],
  });

const get = (path: string, key: string | null = app.orgA.key) => app.call('GET', `/trpc/${path}`, { key });
const query = (procedure: string, input: unknown) =>
  get(`${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`);
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  app.call('POST', `/trpc/${path}`, { rawBody: typeof body === 'string' ? body : JSON.stringify(body), headers });

/** A tRPC error that says what ours says, and no more. */
function expectTrpcError(called: Called, status: number, code: string, param: string | null = null): void {
  expect({ status: called.status, body: called.body }).toMatchObject({
    status,
    body: { error: { data: { httpStatus: status, error: { code } } } },
  });
  const { error } = called.body;
  expect(Object.keys(error).toSorted()).toEqual(['code', 'data', 'message']);
  expect(Object.keys(error.data).toSorted()).toEqual(['code', 'error', 'httpStatus']);
  expect(ErrorDetail.parse(error.data.error)).toEqual(error.data.error);
  expect(error.message).toBe(error.data.error.message);
  expectOurWords(error.message);
  expect(error.data.error.param).toBe(param);
  expect(called.text).not.toMatch(/"stack"|"path"/);
}

describe('the same operations as REST', () => {
  test('a request that was logged is listed and read, with the same fields', async () => {
    const id = newId();
    await app.call('POST', '/api/v1/logs', { body: aLogInput({ id, tags: { env: 'prod' } }) });
    const page = await client().requests.list.query({ limit: 5, tag: ['env:prod'] });
    expect(RequestPage.parse(page)).toEqual(page);
    expect(page.requests.map((request) => request.id)).toEqual([id]);
    const read = await client().requests.get.query({ id });
    expect(LoggedRequest.parse(read)).toEqual(read);
    expect(read).toEqual((await app.call('GET', `/api/v1/requests/${id}`)).body);
  });

  test('the session tells the organization and the key that opened it, never the secret', async () => {
    const session = await client().session.get.query();
    expect(session).toMatchObject({ organization: { id: app.orgA.id, name: 'Acme' }, api_key: { name: 'Acme key' } });
    expect(session.api_key.last_used_at).not.toBeNull();
    expect(JSON.stringify(session)).not.toContain(app.orgA.key);
  });

  test('totals and traces are those of REST', async () => {
    const trace_id = `t-${newId()}`;
    await client().requests.log.mutate({ logs: [aLogInput({ trace_id }), aLogInput({ trace_id, status: 'error' })] });
    await app.call('POST', '/api/v1/spans', { body: { spans: [aSpanInput({ trace_id })] } });
    const totals = await client().stats.totals.query({ trace_id });
    expect(totals).toEqual((await app.call('GET', `/api/v1/stats?trace_id=${trace_id}`)).body);
    expect(totals).toMatchObject({ requests: 2, errors: 1 });
    const trace = await client().traces.get.query({ trace_id });
    expect(trace).toEqual((await app.call('GET', `/api/v1/traces/${trace_id}`)).body);
  });

  test('a key is made, listed and deleted', async () => {
    const made = await client().apiKeys.create.mutate({ name: 'From the dashboard' });
    expect(made.key).toMatch(/^pl_live_/);
    expect((await client().apiKeys.list.query()).map((key) => key.id)).toContain(made.id);
    await expect(client(made.key).session.get.query()).resolves.toMatchObject({ api_key: { id: made.id } });
    expect(await client().apiKeys.delete.mutate({ id: made.id })).toEqual({ success: true });
    await expect(client(made.key).session.get.query()).rejects.toMatchObject({ data: { httpStatus: 401 } });
    expect((await client().apiKeys.list.query()).map((key) => key.id)).not.toContain(made.id);
  });

  test('pages lead forth and back to where one was', async () => {
    const session_id = `s-${newId()}`;
    const started = Date.now() - 60_000;
    await client().requests.log.mutate({
      logs: Array.from({ length: 7 }, (_, index) =>
        aLogInput({ session_id, name: `${index}`, started_at: new Date(started - index).toISOString() }),
      ),
    });
    const page = (cursor?: string) => client().requests.list.query({ session_id, limit: 3, cursor });
    const namesOf = ({ requests }: RequestPage) => requests.map((request) => request.name).join('');
    const first = await page();
    const second = await page(first.next_cursor ?? '');
    const third = await page(second.next_cursor ?? '');
    expect([first, second, third].map(namesOf)).toEqual(['012', '345', '6']);
    expect([first.prev_cursor, third.next_cursor]).toEqual([null, null]);
    const back = await page(third.prev_cursor ?? '');
    const start = await page(back.prev_cursor ?? '');
    expect([back, start].map(namesOf)).toEqual(['345', '012']);
    expect(start.prev_cursor).toBeNull();
  });

  test('the server calls its own procedures without HTTP, as any caller with that key', async () => {
    const authorization = `Bearer ${app.orgA.key}`;
    const req = {
      headers: { authorization },
      rawHeaders: ['authorization', authorization],
      socket: {},
    } as unknown as IncomingMessage;
    const caller = createCaller(createInnerContext(app.deps, await app.deps.authenticator.authenticate(req)));
    const id = newId();
    const result = await caller.requests.log({ logs: [aLogInput({ id })] });
    expect(result).toMatchObject({ created: 1, rejected: 0 });
    expect((await caller.requests.get({ id })).org_id).toBe(app.orgA.id);
    await expect(caller.requests.get({ id: newId() })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('errors', () => {
  test('reach the client as data.error, with the status', async () => {
    const failure: unknown = await client()
      .requests.get.query({ id: newId() })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TRPCClientError);
    expect(failure).toMatchObject({
      message: expect.stringMatching(/^There is no request /),
      data: { code: 'NOT_FOUND', httpStatus: 404, error: { type: 'not_found', code: 'not_found', param: null } },
    });
  });

  test.each<[string, () => Promise<Called>, number, string, string | null]>([
    ['no key', () => get('session.get', null), 401, 'missing_api_key', null],
    ['an unknown key', () => get('session.get', `pl_live_${'0'.repeat(43)}`), 401, 'invalid_api_key', null],
    ['a wrong id', () => query('requests.get', { id: 'x' }), 400, 'invalid_value', 'id'],
    ['no input', () => get('requests.get'), 400, 'invalid_value', null],
    ['an input that is a number', () => query('requests.list', 5), 400, 'invalid_value', null],
    ['a limit beyond the largest', () => query('requests.list', { limit: 201 }), 400, 'invalid_value', 'limit'],
    ['a limit that is a text', () => query('requests.list', { limit: '5' }), 400, 'invalid_value', 'limit'],
    ['a limit of 1e30', () => query('requests.list', { limit: 1e30 }), 400, 'invalid_value', 'limit'],
    ['a broken cursor', () => query('requests.list', { cursor: 'x' }), 400, 'invalid_cursor', 'cursor'],
    [
      'a tag that is half a character',
      () => query('requests.list', { tag: ['a:\ud800'] }),
      400,
      'invalid_value',
      'tag[0]',
    ],
    ['a NUL in a filter', () => query('requests.list', { model: 'a\u0000' }), 400, 'invalid_value', 'model'],
    ['an input that is no JSON', () => get('requests.get?input={'), 400, 'invalid_json', null],
    ['a body that is no JSON', () => post('apiKeys.create', '{'), 400, 'invalid_json', null],
    ['a body that is a number', () => post('apiKeys.create', '5'), 400, 'invalid_value', null],
    ['an unknown procedure', () => get('nothing.here'), 404, 'unknown_endpoint', null],
    ['a procedure named __proto__', () => get('__proto__'), 404, 'unknown_endpoint', null],
    ['a procedure named constructor', () => get('requests.constructor'), 404, 'unknown_endpoint', null],
    ['no procedure', () => get(''), 404, 'unknown_endpoint', null],
    ['a query by POST', () => post('session.get', {}), 405, 'method_not_allowed', null],
    ['a mutation by GET', () => get('apiKeys.create?input={"name":"x"}'), 405, 'method_not_allowed', null],
    ['a key without a name', () => post('apiKeys.create', {}), 400, 'invalid_value', 'name'],
    ['a body of 2 MB', () => post('apiKeys.create', { name: 'x'.repeat(2_000_000) }), 413, 'body_too_large', null],
  ])('%s', async (_, make, status, code, param) => {
    expectTrpcError(await make(), status, code, param);
    await expectUnharmed(app);
  });

  test('what is refused before a procedure is found has the same form, in a batch for each call', async () => {
    const key = `pl_live_${'0'.repeat(43)}`;
    const refused = (path: string) => app.call('POST', `/trpc/${path}`, { body: {}, key });
    expectTrpcError(await refused('requests.log'), 401, 'invalid_api_key');
    const called = await refused('requests.log%2Crequests.log,apiKeys.create?batch=1');
    expect(called.status).toBe(401);
    expect(called.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(called.body).toHaveLength(3);
    for (const { error } of called.body) expect(error.data).toMatchObject({ error: { code: 'invalid_api_key' } });
    const failure: unknown = await client(key)
      .requests.log.mutate({ logs: [aLogInput()] })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ data: { code: 'UNAUTHORIZED', error: { code: 'invalid_api_key' } } });
  });

  test('digits of a body stay as they were sent', async () => {
    const id = newId();
    const log = JSON.stringify(aLogInput({ id }));
    const rawBody = `{"logs":[${log.slice(0, -1)},"metadata":{"order":12345678901234567890,"price":10.50}}]}`;
    expect((await post('requests.log', rawBody)).status).toBe(200);
    expect((await app.call('GET', `/api/v1/requests/${id}`)).text).toContain(
      '"metadata":{"order":12345678901234567890,"price":10.50}',
    );
  });

  test.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s is 405 and names what is possible', async (method) => {
    const called = await app.call(method, '/trpc/session.get');
    expectError(called, 'method_not_allowed');
    expect(called.headers.get('allow')).toBe('GET, POST');
  });

  test('a bug of ours is answered without its text, and written to the log without the input', async () => {
    const lines: string[] = [];
    const broken = await startTestApp({ log: createLogger('info', { write: (line) => lines.push(line) }) });
    try {
      await broken.deps.db.query('ALTER TABLE requests RENAME TO elsewhere');
      const input = encodeURIComponent(JSON.stringify({ model: 'secret-model' }));
      const trpc = await broken.call('GET', `/trpc/requests.list?input=${input}`);
      expectTrpcError(trpc, 500, 'internal');
      const rest = await broken.call('GET', '/api/v1/requests?model=secret-model');
      expectError(rest, 'internal');
      for (const { text } of [trpc, rest]) expect(text).not.toMatch(/elsewhere|relation|requests"/);
      const failures = lines.filter((line) => line.includes('42P01'));
      expect(failures).toHaveLength(2);
      for (const line of failures) expect(line).toMatch(/"address":"(?:127\.0\.0\.1|::1)"/);
      expect(lines.join('\n')).not.toMatch(/secret-model/);
      expect(lines.join('\n')).not.toContain(broken.orgA.key);
      await broken.deps.db.query('ALTER TABLE elsewhere RENAME TO requests');
      expect((await broken.call('GET', '/api/v1/requests')).status).toBe(200);
    } finally {
      await broken.stop();
    }
  });

  test('in a batch each call has its own', async () => {
    const input = encodeURIComponent(JSON.stringify({ 0: {}, 1: { id: newId() } }));
    const called = await get(`session.get,requests.get,nothing?batch=1&input=${input}`);
    expect(called.status).toBe(207);
    expect(called.body).toMatchObject([
      { result: { data: { organization: { name: 'Acme' } } } },
      { error: { data: { error: { code: 'not_found' } } } },
      { error: { data: { error: { code: 'unknown_endpoint' } } } },
    ]);
    const anonymous = await get('session.get,requests.list?batch=1&input={}', null);
    for (const { error } of anonymous.body) expect(error.data.error.code).toBe('missing_api_key');
  });
});

describe('what a browser could be tricked into', () => {
  test.each(['trpc-accept', 'accept'])(
    'a batch is answered as one text, also where %s asks for lines',
    async (header) => {
      const headers = { [header]: 'application/jsonl' };
      const called = await app.call('GET', '/trpc/session.get,session.get?batch=1', { headers });
      expect(called).toMatchObject({ status: 200, body: [{ result: {} }, { result: {} }] });
      expect(called.headers.get('transfer-encoding')).toBeNull();
    },
  );

  test('a batch of ten is served, one of eleven is refused, however it is written', async () => {
    const calls = (count: number, comma: string) => Array.from({ length: count }, () => 'session.get').join(comma);
    for (const comma of [',', '%2C', '%2c']) {
      const ten = await get(`${calls(10, comma)}?batch=1&input={}`);
      expect([comma, ten.status]).toEqual([comma, 200]);
      expect(ten.body).toHaveLength(10);
      expectError(await get(`${calls(11, comma)}?batch=1&input={}`), 'too_many_items');
    }
    const flood = await post(`${calls(7_000, ',')}?batch=1`, {});
    expectError(flood, 'headers_too_large', { message: /16 KB/ });
  });

  test('the client splits what is too much for one batch', async () => {
    const answers = await Promise.all(Array.from({ length: 25 }, () => client().session.get.query()));
    expect(answers).toHaveLength(25);
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/octet-stream',
    'application/jsonx',
    'text/json',
    '',
  ])('a POST of "%s" is refused before any procedure runs', async (type) => {
    const before = (await client().apiKeys.list.query()).length;
    const called = await post('apiKeys.create', { name: 'Evil' }, { 'content-type': type });
    expectError(called, 'unsupported_media_type');
    expect(await client().apiKeys.list.query()).toHaveLength(before);
  });

  test('a preflight from elsewhere is told nothing', async () => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
    for (const path of ['/trpc/apiKeys.create', '/api/v1/logs', '/api/v1/requests', '/health']) {
      const called = await app.call('OPTIONS', path, { headers, key: null });
      expect([...called.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  test('what the input says about the tenant is ignored', async () => {
    const id = newId();
    await app.call('POST', '/api/v1/logs', { key: app.orgB.key, body: aLogInput({ id }) });
    const input = { id, org_id: app.orgB.id, orgId: app.orgB.id, role: 'admin', scope: { org_id: app.orgB.id } };
    expectTrpcError(await query('requests.get', input), 404, 'not_found');
  });
});

describe('keys that some libraries choke on', () => {
  const METADATA = '{"constructor":{"prototype":{"x":1}},"prototype":2,"__proto__":{"isAdmin":true},"toString":4}';

  test.each([
    ['one call', httpLink],
    ['a batch', httpBatchLink],
  ])('are shown in the list and in the detail, by %s', async (_, link) => {
    const id = newId();
    const log = JSON.stringify(aLogInput({ id, session_id: id }));
    const rawBody = `${log.slice(0, -1)},"metadata":${METADATA},"parameters":${METADATA},"tags":{"constructor":"c","prototype":"p","toString":"t"}}`;
    expect((await app.call('POST', '/api/v1/logs', { rawBody })).status).toBe(201);
    const trpc = createTRPCClient<AppRouter>({
      links: [link({ url: `${app.url}/trpc`, headers: { authorization: `Bearer ${app.orgA.key}` } })],
    });
    const [page, read] = await Promise.all([
      trpc.requests.list.query({ session_id: id, limit: 5 }),
      trpc.requests.get.query({ id }),
    ]);
    expect(page.requests[0]?.tags).toEqual({ constructor: 'c', prototype: 'p', toString: 't' });
    expect(JSON.stringify(read.metadata)).toBe(METADATA);
    expect(JSON.stringify(read.parameters)).toBe(METADATA);
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined();
  });
});
