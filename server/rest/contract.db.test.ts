/** What users already rely on, with the documented payloads word for word. */
import { newId } from '#server/ids';
import { aLogInput } from '#tests/support/factories';
import { expectContract, expectError } from '#tests/support/expectContract';
import { startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

/** As curl does it: no key, no browser header. */
const admin = (method: string, path: string, body?: unknown) =>
  app.call(method, `/api/v1/admin${path}`, { body, key: null });

async function anOrganization(): Promise<string> {
  const created = await admin('POST', '/organizations', { name: 'Acme' });
  return created.body.id;
}

/** The documented log, with every field it names. */
const DOCUMENTED_LOG = {
  model: 'gpt-4o',
  provider: 'openai',
  messages: [{ role: 'user', content: 'Hello!' }],
  response_content: 'Hi! How can I help?',
  latency_ms: 523,
  input_tokens: 12,
  output_tokens: 8,
  parameters: { temperature: 0.7 },
  prompt_slug: 'greeting',
  trace_id: 'trace-123',
  tags: { env: 'prod' },
};

test('GET /health answers {"status":"ok"} without a key', async () => {
  const called = await app.call('GET', '/health', { key: null });
  expectContract('getHealth', called);
  expect(called.body.status).toBe('ok');
});

test('GET /readyz answers {"status":"ready"} without a key', async () => {
  const called = await app.call('GET', '/readyz', { key: null });
  expectContract('getReadiness', called);
});

test('POST organizations creates one from {name} and answers 201 with id, name, created_at', async () => {
  const called = await admin('POST', '/organizations', { name: 'My Company' });
  expectContract('createOrganization', called);
  expect(Object.keys(called.body).sort()).toEqual(['created_at', 'id', 'name']);
  expect(called.body.name).toBe('My Company');
  expect(Math.abs(Date.parse(called.body.created_at) - Date.now())).toBeLessThan(60_000);
});

test('GET organizations answers a bare array that holds the new one', async () => {
  const id = await anOrganization();
  const called = await admin('GET', '/organizations');
  expectContract('listOrganizations', called);
  expect(called.body.map((organization: { id: string }) => organization.id)).toContain(id);
  expect(Object.keys(called.body[0]).sort()).toEqual(['created_at', 'id', 'name']);
});

test('POST api-keys shows the key once: prefix, 43 characters, and key_prefix is the prefix and 4 of them', async () => {
  const id = await anOrganization();
  const called = await admin('POST', `/organizations/${id}/api-keys`, { name: 'Production' });
  expectContract('createApiKey', called);
  const { key, key_prefix, name, created_at } = called.body;
  expect(key).toMatch(/^pl_live_[0-9A-Za-z]{43}$/);
  expect(key_prefix).toBe(key.slice(0, 'pl_live_'.length + 4));
  expect(name).toBe('Production');
  expect(created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

  const listed = await admin('GET', `/organizations/${id}/api-keys`);
  expectContract('listApiKeys', listed);
  expect(listed.text).not.toContain(key.slice(key_prefix.length));
  expect(listed.body).toMatchObject([
    { id: called.body.id, key_prefix, name: 'Production', created_at, last_used_at: null },
  ]);
});

test('GET api-keys shows last_used_at as soon as a key was used', async () => {
  const id = await anOrganization();
  const created = await admin('POST', `/organizations/${id}/api-keys`, { name: 'Used' });
  const before = Date.now();
  await app.call('GET', '/api/v1/requests', { key: created.body.key });
  const first = await admin('GET', `/organizations/${id}/api-keys`);
  const used = Date.parse(first.body[0].last_used_at);
  expect(used).toBeGreaterThanOrEqual(before);
  expect(used).toBeLessThanOrEqual(Date.now());

  await app.deps.keyUsage.flush();
  await app.call('POST', '/api/v1/logs', { key: created.body.key, body: aLogInput() });
  const second = await admin('GET', `/organizations/${id}/api-keys`);
  expect(Date.parse(second.body[0].last_used_at)).toBeGreaterThanOrEqual(used);
});

test('last_used_at is still known after it was written and forgotten from memory', async () => {
  const id = await anOrganization();
  const created = await admin('POST', `/organizations/${id}/api-keys`, { name: 'Used' });
  await app.call('GET', '/api/v1/requests', { key: created.body.key });
  await app.deps.keyUsage.flush();
  expect(app.deps.keyUsage.lastUsedAt(created.body.id)).toBeNull();
  const listed = await admin('GET', `/organizations/${id}/api-keys`);
  expect(Math.abs(Date.parse(listed.body[0].last_used_at) - Date.now())).toBeLessThan(60_000);
});

test('a key is listed in its own organization only', async () => {
  const [one, two] = [await anOrganization(), await anOrganization()];
  await admin('POST', `/organizations/${one}/api-keys`, { name: 'One' });
  expect((await admin('GET', `/organizations/${two}/api-keys`)).body).toEqual([]);
});

test.each(['GET', 'POST'])('%s api-keys of an organization that does not exist is 404', async (method) => {
  const body = method === 'POST' ? { name: 'x' } : undefined;
  expectError(await admin(method, `/organizations/${newId()}/api-keys`, body), 'not_found');
});

test('DELETE api-keys answers {"success": true}, and the key is 401 from the next call on', async () => {
  const id = await anOrganization();
  const created = await admin('POST', `/organizations/${id}/api-keys`, { name: 'Short-lived' });
  expect((await app.call('GET', '/api/v1/requests', { key: created.body.key })).status).toBe(200);

  const deleted = await admin('DELETE', `/api-keys/${created.body.id}`);
  expectContract('deleteApiKey', deleted);
  expect(deleted.text).toBe('{"success":true}');
  expectError(await app.call('GET', '/api/v1/requests', { key: created.body.key }), 'invalid_api_key');
  expectError(await admin('DELETE', `/api-keys/${created.body.id}`), 'not_found');
});

test('POST logs stores the documented log and answers 201 with the stored request', async () => {
  const called = await app.call('POST', '/api/v1/logs', { body: DOCUMENTED_LOG });
  expectContract('createLogs', called);
  expect(called.body).toMatchObject({ ...DOCUMENTED_LOG, org_id: app.orgA.id });
  expect(called.body.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  expect(called.body.created_at).toMatch(/Z$/);

  const read = await app.call('GET', `/api/v1/requests/${called.body.id}`);
  expectContract('getRequest', read);
  expect(read.body).toEqual(called.body);
});

test('POST logs needs no more than model, provider and messages', async () => {
  const { model, provider, messages } = DOCUMENTED_LOG;
  const called = await app.call('POST', '/api/v1/logs', { body: { model, provider, messages } });
  expectContract('createLogs', called);
  expect(called.body).toMatchObject({
    response_content: null,
    latency_ms: null,
    input_tokens: null,
    output_tokens: null,
    cost_usd: null,
    parameters: null,
    prompt_slug: null,
    trace_id: null,
    tags: {},
    status: 'success',
  });
});

test.each(['model', 'provider', 'messages'])('POST logs without %s is a 400 that names it', async (field) => {
  const { [field]: _, ...rest } = DOCUMENTED_LOG as Record<string, unknown>;
  const called = await app.call('POST', '/api/v1/logs', { body: rest });
  expectError(called, 'invalid_value', { param: field, message: /^`\w+` (is required|must be .*)\.$/ });
});

test('GET requests answers a bare array, newest first, with messages and response_content', async () => {
  const started = Date.now() - 60_000;
  const { key } = await aFreshOrganization();
  for (const age of [3, 1, 2]) {
    const body = aLogInput({
      started_at: new Date(started - age * 1_000).toISOString(),
      messages: [{ role: 'user', content: `question ${age}` }],
      response_content: `answer ${age}`,
    });
    expect((await app.call('POST', '/api/v1/logs', { body, key })).status).toBe(201);
  }
  const called = await app.call('GET', '/api/v1/requests', { key });
  expectContract('listRequests', called);
  expect(called.body.map((request: Record<string, unknown>) => [request.messages, request.response_content])).toEqual(
    [1, 2, 3].map((age) => [[{ role: 'user', content: `question ${age}` }], `answer ${age}`]),
  );
});

test('GET requests answers 50 by default; limit and offset move the window', async () => {
  const { key } = await aFreshOrganization();
  const started = Date.now() - 100_000;
  const logs = Array.from({ length: 60 }, (_, index) =>
    aLogInput({ name: `log ${index}`, started_at: new Date(started - index * 1_000).toISOString() }),
  );
  await app.call('POST', '/api/v1/logs', { body: { logs }, key });
  const names = async (query: string) => {
    const called = await app.call('GET', `/api/v1/requests${query}`, { key });
    return called.body.map((request: { name: string }) => request.name);
  };
  const all = logs.map((log) => log.name);
  expect(await names('')).toEqual(all.slice(0, 50));
  expect(await names('?offset=50')).toEqual(all.slice(50));
  expect(await names('?limit=2&offset=3')).toEqual(all.slice(3, 5));
  expect(await names('?limit=200')).toEqual(all);
  expect(await names('?offset=60')).toEqual([]);
});

test('GET requests/{id} of an id that never existed is 404', async () => {
  expectError(await app.call('GET', `/api/v1/requests/${newId()}`), 'not_found');
});

test('a 201 means readable at once, in the list and by its id', async () => {
  for (let round = 0; round < 20; round++) {
    const id = newId();
    const called = await app.call('POST', '/api/v1/logs', { body: aLogInput({ id }) });
    expect(called.status).toBe(201);
    expect((await app.call('GET', `/api/v1/requests/${id}`)).status).toBe(200);
    expect((await app.call('GET', '/api/v1/requests?limit=200')).text).toContain(id);
  }
});

test('a caller finds his own X-Request-Id in the answer, and a sensible one where he sent none', async () => {
  const own = await app.call('GET', '/health', { headers: { 'x-request-id': 'my-trace-0001' } });
  expect(own.headers.get('x-request-id')).toBe('my-trace-0001');
  const made = await app.call('GET', '/health');
  expect(made.headers.get('x-request-id')).toMatch(/^req_/);
});

async function aFreshOrganization(): Promise<{ id: string; key: string }> {
  const id = await anOrganization();
  const created = await admin('POST', `/organizations/${id}/api-keys`, { name: 'Key' });
  return { id, key: created.body.key };
}
