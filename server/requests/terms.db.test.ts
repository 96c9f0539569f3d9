/** Terms of the query language that look beside the columns: keys, tools, errors, presets. Over HTTP. */
import fc from 'fast-check';
import type { LogInput } from '#shared/request';
import { newId } from '#server/ids';
import { aLogInput } from '#tests/support/factories';
import { startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
const names = new Map<string, string>();
const loggedBy = new Map<string, string>();
let ciKey: { id: string; key: string; key_prefix: string };

const call = (name: string, more: object = {}) => ({ ...more, function: { name, arguments: '{"city":"Paris"}' } });

const LOGS: Readonly<Record<string, Partial<LogInput>>> = {
  chat: {
    tools: [{ type: 'function', function: { name: 'get_weather', parameters: { properties: { name: {} } } } }],
    response: { choices: [{ message: { tool_calls: [call('get_weather', { id: 'c1', type: 'function' })] } }] },
    latency_ms: 20_000,
    error: { type: 'rate_limit_error', code: '429a', message: 'Too many: 50% off', http_status: 429 },
  },
  responses: {
    endpoint: 'responses',
    tools: [{ type: 'function', name: 'get_stock' }, { type: 'web_search' }],
    response: { output: [{ type: 'function_call', name: 'get_stock', arguments: '{}' }] },
    cost_usd: 0.5,
    error: { type: 'server_error', http_status: 503, message: 'Down' },
  },
  anthropic: {
    provider: 'anthropic',
    tools: [{ name: 'lookup', input_schema: {} }],
    response: { content: [{ type: 'tool_use', id: 't', name: 'lookup', input: { name: 'get_weather' } }] },
    finish_reason: 'max_tokens',
    parent_id: 'p1',
  },
  gemini: {
    provider: 'google',
    tools: [{ functionDeclarations: [{ name: 'get_weather' }, { name: 'rare%tool' }] }],
    response: { candidates: [{ content: { parts: [{ functionCall: { name: 'rare%tool', args: {} } }] } }] },
    status: 'incomplete',
    input_tokens: null,
    output_tokens: null,
  },
  bedrock: {
    provider: 'bedrock',
    tools: { tools: [{ toolSpec: { name: 'get_news' } }] },
    response: { output: { message: { content: [{ toolUse: { toolUseId: 'u', name: 'get_news', input: {} } }] } } },
    model: 'nobody-priced',
    reasoning_tokens: 5,
  },
  odd: { tools: 'get_weather', response: [1e3, 'get_weather', { name: 'get_weather' }, null], environment: 'dev' },
};

beforeAll(async () => {
  app = await startTestApp();
  const created = await app.call('POST', '/api/v1/api-keys', { body: { name: 'CI key' } });
  ciKey = created.body;
  for (const [name, fields] of Object.entries(LOGS)) {
    const id = newId();
    names.set(id, name);
    const key = name === 'chat' || name === 'odd' ? ciKey.key : app.orgA.key;
    const called = await app.call('POST', '/api/v1/logs', { key, body: { ...aLogInput({ id }), ...fields } });
    loggedBy.set(name, called.body.api_key_id);
  }
  // A key of the same name in another organization.
  const other = await app.call('POST', '/api/v1/api-keys', { key: app.orgB.key, body: { name: 'CI key' } });
  await app.call('POST', '/api/v1/logs', { key: other.body.key, body: aLogInput() });
});
afterAll(() => app.stop());

async function find(q: string, key = app.orgA.key): Promise<(string | undefined)[]> {
  const called = await app.call('GET', `/api/v1/requests?payload=false&q=${encodeURIComponent(q)}`, { key });
  expect({ q, status: called.status, error: called.body.error }).toEqual({ q, status: 200, error: undefined });
  return called.body.map(({ id }: { id: string }) => names.get(id)).toSorted();
}

const ALL = Object.keys(LOGS);
const but = (...left: string[]) => ALL.filter((name) => !left.includes(name));

test.each<[string, string[]]>([
  ['tool:get_weather', ['chat', 'gemini']],
  ['tool:get_*', ['chat', 'responses', 'gemini', 'bedrock']],
  ['tool:"rare%tool"', ['gemini']],
  ['tool:web_search', ['responses']],
  ['tool:name', []],
  ['-tool:*', ['odd']],
  ['called:get_weather', ['chat']],
  ['called:(get_stock OR lookup)', ['responses', 'anthropic']],
  ['called:*', but('odd')],
  ['has:called', but('odd')],
  ['-has:called', ['odd']],
  ['error.type:rate_limit_error', ['chat']],
  ['error.type:*_error', ['chat', 'responses']],
  ['error.code:429a', ['chat']],
  ['error.message:"*50%*"', ['chat']],
  ['http:429', ['chat']],
  ['http:>=500', ['responses']],
  ['http:400..599', ['chat', 'responses']],
  ['-http:429', but('chat')],
  ['key:"CI key"', ['chat', 'odd']],
  ['key:CI*', ['chat', 'odd']],
  ['-key:"CI key"', but('chat', 'odd')],
  ['key:none', []],
  ['has:key', ALL],
  ['is:slow', ['chat']],
  ['is:expensive', ['responses']],
  ['is:cut', ['anthropic', 'gemini']],
  ['is:root', but('anthropic')],
  ['is:failed', ['chat', 'responses']],
  ['-is:unpriced is:unmeasured', []],
  ['is:unmeasured', ['gemini']],
  ['has:env', ['odd']],
  ['has:parent', ['anthropic']],
  ['has:reasoning', ['bedrock']],
  ['has:ttft', []],
  ['latency:10s..30s', ['chat']],
  ['cost:0.4..0.5', ['responses']],
])('%s', async (q, found) => {
  expect(await find(q)).toEqual(found.toSorted());
});

test('a request says which key logged it', () => {
  expect(loggedBy.get('chat')).toBe(ciKey.id);
  expect(loggedBy.get('odd')).toBe(ciKey.id);
  expect(loggedBy.get('gemini')).toMatch(/^[0-9a-f-]{36}$/);
  expect(loggedBy.get('gemini')).not.toBe(ciKey.id);
});

test('a key is found by its id and prefix, and by its id after it was deleted', async () => {
  expect(await find(`key:${ciKey.key_prefix}`)).toEqual(expect.arrayContaining(['chat', 'odd']));
  expect(await find(`key:${ciKey.id}`)).toEqual(['chat', 'odd']);
  expect((await app.call('DELETE', `/api/v1/api-keys/${ciKey.id}`)).status).toBe(200);
  expect(await find('key:"CI key"')).toEqual([]);
  expect(await find(`key:${ciKey.id}`)).toEqual(['chat', 'odd']);
  expect(await find(`key:${ciKey.id}`, app.orgB.key)).toEqual([]);
});

test('whatever is asked of tools, errors and keys, it is no error of the database', async () => {
  const text = fc.oneof(
    fc.string({ minLength: 1, maxLength: 12 }),
    fc.constantFrom('%', '_', '\\', '*', '{', '[]', '\u{1F600}', "'"),
  );
  const field = fc.constantFrom('tool', 'called', 'key', 'error.type', 'error.code', 'error.message', 'response_model');
  await fc.assert(
    fc.asyncProperty(field, text, async (name, value) => {
      const q = `${name}:"${value.replaceAll(/["\\]/g, '\\$&')}"`;
      const called = await app.call('GET', `/api/v1/requests?payload=false&q=${encodeURIComponent(q)}`);
      expect([q, called.status < 500]).toEqual([q, true]);
    }),
    { numRuns: 60 },
  );
});
