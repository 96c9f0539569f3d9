/** The query language over HTTP: what each term finds, that it is data and never SQL, and that others' rows stay theirs. */
import fc from 'fast-check';
import { parseQuery } from '#shared/query/parseQuery';
import { newId } from '#server/ids';
import { expectError } from '#tests/support/expectContract';
import { aLogInput } from '#tests/support/factories';
import { startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
const names = new Map<string, string>();

const LOGS = {
  plain: {
    model: 'gpt-4o',
    provider: 'openai',
    environment: 'prod',
    response_content: 'You get a refund.',
    latency_ms: 500,
  },
  slow: {
    model: 'gpt-4o-mini',
    latency_ms: 5_000,
    ttft_ms: 900,
    input_tokens: 6_000,
    output_tokens: 3_000,
    user_id: 'ann',
  },
  failed: {
    model: 'o3',
    status: 'error',
    error: { message: 'no' },
    environment: 'dev',
    tags: { team: 'a', 'odd key': '50%' },
  },
  tagged: {
    model: 'o3',
    tags: { team: 'b' },
    metadata: { region: 'eu', 'my key': 'x', n: 5 },
    tools: [{ type: 'function' }],
  },
  prompted: {
    model: 'claude',
    prompt_slug: 'support/reply',
    prompt_version: '7',
    cost_usd: '0.25',
    release: '100%_\\',
  },
  old: { model: 'old-model', started_at: '2026-01-05T12:00:00Z' },
};

beforeAll(async () => {
  app = await startTestApp();
  for (const [name, fields] of Object.entries(LOGS)) {
    const id = newId();
    names.set(id, name);
    await app.call('POST', '/api/v1/logs', { body: { ...bare(), ...fields, id } });
  }
  await app.call('POST', '/api/v1/logs', {
    key: app.orgB.key,
    body: { ...bare(), model: 'gpt-4o', environment: 'prod' },
  });
});
afterAll(() => app.stop());

/** Without the fields that a query may ask for. */
function bare() {
  const { model, provider, messages } = aLogInput();
  return { model, provider, messages };
}

const list = (q: string, key = app.orgA.key) =>
  app.call('GET', `/api/v1/requests?payload=false&limit=200&q=${encodeURIComponent(q)}`, { key });

async function find(q: string): Promise<(string | undefined)[]> {
  const called = await list(q);
  expect({ q, status: called.status, body: called.status === 200 ? null : called.body }).toEqual({
    q,
    status: 200,
    body: null,
  });
  return called.body.map(({ id }: { id: string }) => names.get(id)).toSorted();
}

test.each<[string, (keyof typeof LOGS)[]]>([
  ['', ['plain', 'slow', 'failed', 'tagged', 'prompted', 'old']],
  ['model:gpt-4o', ['plain']],
  ['model:gpt-4o*', ['plain', 'slow']],
  ['model:(gpt-4o OR o3)', ['plain', 'failed', 'tagged']],
  ['-model:o3', ['plain', 'slow', 'prompted', 'old']],
  ['-env:dev', ['plain', 'slow', 'tagged', 'prompted', 'old']],
  ['model:o3 -status:error', ['tagged']],
  ['model:gpt-4o OR status:error', ['plain', 'failed']],
  ['latency:>2s', ['slow']],
  ['latency:<=500ms', ['plain']],
  ['-latency:>2s', ['plain', 'failed', 'tagged', 'prompted', 'old']],
  ['ttft:<1s', ['slow']],
  ['tokens:>8k', ['slow']],
  ['cost:>=0.25', ['prompted']],
  ['has:error', ['failed']],
  ['has:usage', ['slow']],
  ['has:tools', ['tagged']],
  ['has:metadata', ['tagged']],
  ['has:tags', ['failed', 'tagged']],
  ['has:cost', ['slow', 'prompted']],
  ['tag.team:a', ['failed']],
  ['tag.team:*', ['failed', 'tagged']],
  ['tag."odd key":"50%"', ['failed']],
  ['tag.team:(a OR b)', ['failed', 'tagged']],
  ['meta.region:eu', ['tagged']],
  ['meta."my key":x', ['tagged']],
  ['meta.n:5', ['tagged']],
  ['prompt:support/reply', ['prompted']],
  ['prompt:support/*@7', ['prompted']],
  ['prompt:support/reply@8', []],
  ['preview:REFUND', ['plain']],
  ['REFUND', ['plain']],
  ['get "a refund."', ['plain']],
  ['get -refund', []],
  ['"get refund"', []],
  ['response:refund OR status:error', ['plain', 'failed']],
  ['input:refund', []],
  ['release:"100%_\\\\"', ['prompted']],
  ['release:"1*%_\\\\"', ['prompted']],
  ['release:"100_*"', []],
  ['started:2026-01-05', ['old']],
  ['started:<2026-02-01', ['old']],
  ['started:2h', ['plain', 'slow', 'failed', 'tagged', 'prompted']],
  ['user:ann', ['slow']],
  ['model:"x\' OR 1=1 --"', []],
])('%s', async (q, found) => {
  expect(await find(q)).toEqual(found.toSorted());
});

test('an id is found in capital letters too', async () => {
  const [id = ''] = names.keys();
  expect(await find(`id:${id.toUpperCase()}`)).toEqual(['plain']);
});

test('totals, lists by tRPC and deletes count the same', async () => {
  const q = 'model:o3 OR latency:>2s';
  const totals = await app.call('GET', `/api/v1/stats?q=${encodeURIComponent(q)}`);
  expect(totals.body.requests).toBe(3);
  const page = await app.call('GET', `/trpc/requests.list?input=${encodeURIComponent(JSON.stringify({ q }))}`);
  expect(page.body.result.data.requests).toHaveLength(3);
});

test('another organization finds its own', async () => {
  const called = await list('model:gpt-4o OR -model:none', app.orgB.key);
  expect(called.body).toHaveLength(1);
});

test('a query that cannot be read is a 400 on `q` that says why', async () => {
  expectError(await list('modle:x'), 'invalid_value', { param: 'q', message: /did you mean `model`/ });
  expectError(await list('a ""'), 'invalid_value', { param: 'q', message: /nothing between the quotation marks/ });
});

test('no query that can be read is an error of the database', async () => {
  const value = fc.oneof(
    fc.string({ minLength: 1, maxLength: 20 }),
    fc.constantFrom("'", '"', '\\', '%', '_', '*', '\u0000', '\ud800', '$1'),
  );
  const name = fc.constantFrom(
    'model',
    'id',
    'input',
    'response',
    'preview',
    'prompt',
    'tag.x',
    'meta.x',
    'tag."\u0000"',
    'release',
  );
  await fc.assert(
    fc.asyncProperty(name, value, async (field, text) => {
      const q = `-${field}:"${text.replaceAll(/["\\]/g, '\\$&')}"`;
      fc.pre(parseQuery(q).problem === null);
      const input = encodeURIComponent(JSON.stringify({ q }));
      expect((await app.call('GET', `/trpc/requests.list?input=${input}`)).status).toBe(200);
    }),
    { numRuns: 60 },
  );
});
