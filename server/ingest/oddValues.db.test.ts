/** One odd value never costs the log: it is put in words, its digits are kept, and the answer says what was changed. */
import type { JsonValue } from '#shared/primitives';
import { newId } from '#server/ids';
import { expectContract, expectError } from '#tests/support/expectContract';
import { aLogInput, aSpanInput } from '#tests/support/factories';
import { type Called, startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const post = (body: unknown): Promise<Called> => app.call('POST', '/api/v1/logs', { body });
const read = (id: string): Promise<Called> => app.call('GET', `/api/v1/requests/${id}`);
/** The documented log with further members, as JSON text: JavaScript cannot write all that JSON can. */
const postText = (members: string): Promise<Called> =>
  app.call('POST', '/api/v1/logs', { rawBody: `${JSON.stringify(aLogInput()).slice(0, -1)},${members}}` });

describe('content that is neither a text, a list nor nothing', () => {
  test.each([
    ['an object', { readers: ['ann'], writers: [] }, '{"readers":["ann"],"writers":[]}'],
    ['a number', 5, '5'],
    ['a switch', false, 'false'],
  ])('%s is put in words, by REST and by tRPC', async (_, content, words) => {
    const log = aLogInput({
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'tool', tool_call_id: 'c', content },
      ],
    });
    const stored = [
      { role: 'user', content: 'Hi' },
      { role: 'tool', tool_call_id: 'c', content: words },
    ];
    const called = await post(log);
    expectContract('createLogs', called);
    expect((await read(called.body.id)).body.messages).toEqual(stored);

    const id = newId();
    const trpc = await app.call('POST', '/trpc/requests.log', { body: { logs: [{ ...log, id }] } });
    expect(trpc.body.result.data).toMatchObject({ created: 1 });
    expect((await read(id)).body.messages).toEqual(stored);
  });

  test('null and a missing content stay what they are, and other endpoints take anything', async () => {
    const messages: JsonValue[] = [
      { role: 'assistant', content: null },
      { role: 'assistant' },
      { role: 'user', content: [] },
    ];
    expect((await post(aLogInput({ messages }))).body.messages).toEqual(messages);
    const embedding = aLogInput({ endpoint: 'embeddings', messages: [{ role: 'user', content: 5 }] });
    expect((await post(embedding)).body.messages).toEqual([{ role: 'user', content: 5 }]);
  });

  test('a structured answer is kept as JSON text', async () => {
    const called = await post({ ...aLogInput(), response_content: { city: 'Oslo' } });
    expect(called.body).toMatchObject({ response_content: '{"city":"Oslo"}', output_preview: '{"city":"Oslo"}' });
  });

  test('a provider that numbers its errors is understood', async () => {
    const error = { code: 429, message: { detail: 'slow down' }, type: true, http_status: 429 };
    expect((await post({ ...aLogInput(), error })).body.error).toEqual({
      code: '429',
      message: '{"detail":"slow down"}',
      type: 'true',
      http_status: 429,
    });
  });
});

describe('tags', () => {
  const ODD =
    '{"customer":42,"price":10.50,"order":107505301260286117,"beta":true,"none":null,"list":["a",1],"o":{"a":{}}}';
  const WORDS = {
    customer: '42',
    price: '10.50',
    order: '107505301260286117',
    beta: 'true',
    list: '["a",1]',
    o: '{"a":{}}',
  };

  test('that are no strings are put in words, of a log and of a span, and are found by them', async () => {
    const called = await postText(`"tags":${ODD}`);
    expectContract('createLogs', called);
    expect((await read(called.body.id)).body.tags).toEqual(WORDS);
    expect((await app.call('GET', '/api/v1/requests?tag=customer:42&tag=beta:true')).body).toHaveLength(1);

    const span = JSON.stringify(aSpanInput({ trace_id: 'odd-tags' })).slice(0, -1);
    await app.call('POST', '/api/v1/spans', { rawBody: `{"spans":[${span},"tags":${ODD}}]}` });
    expect((await app.call('GET', '/api/v1/traces/odd-tags')).body.spans[0].tags).toEqual(WORDS);
  });

  test('whose words are long are cut, as track() cuts them', async () => {
    const called = await post({ ...aLogInput(), tags: { list: ['x'.repeat(500)] } });
    expect(called.body.tags.list).toBe(`["${'x'.repeat(254)}`);
  });

  test('named __proto__ or constructor are kept, listed and found', async () => {
    const called = await postText('"tags":{"__proto__":"p","constructor":"c"}');
    expect(called.text).toContain('"tags":{"__proto__":"p","constructor":"c"}');
    const stored = await read(called.body.id);
    expect(Object.entries(stored.body.tags)).toEqual([
      ['__proto__', 'p'],
      ['constructor', 'c'],
    ]);
    expect((await app.call('GET', '/api/v1/requests?tag=__proto__:p')).body).toHaveLength(1);
    const page = await app.call('GET', `/trpc/requests.list?input=${encodeURIComponent('{"tag":["__proto__:p"]}')}`);
    expect(page.text).toContain('"__proto__":"p"');
  });

  test.each([
    ['a list', '["prod"]', 'tags'],
    ['a number', '10.50', 'tags'],
    ['a name of a control character', '{"a\\u0000":"x"}', 'tags.a\uFFFD'],
  ])('that are %s are a 400 that says what is accepted', async (_, json, param) => {
    expectError(await postText(`"tags":${json}`), 'invalid_value', {
      param,
      message: /object of strings|must not contain control characters/,
    });
  });
});

describe('numbers keep the digits they were sent with', () => {
  const NUMBERS =
    '{"order":107505301260286117,"max":9223372036854775807,"wei":19876543210987654321,"price":10.50,"one":1.0,"zero":-0,' +
    '"e":1E5,"small":0.0000001,"rate":0.1,"__proto__":{"n":2.50},"list":[1.0,[2.0]],"text":"10.50, 1.0"}';

  test.each(['metadata', 'parameters', 'prompt_variables', 'response', 'tools', 'an_unknown_field'])(
    'in %s',
    async (field) => {
      const called = await postText(`"${field}":${NUMBERS}`);
      expectContract('createLogs', called);
      const listed = await app.call('GET', '/api/v1/requests?limit=1');
      for (const { text } of [called, await read(called.body.id), listed]) expect(text).toContain(`:${NUMBERS}`);
    },
  );

  test('in messages, at any depth, and in content that is put in words', async () => {
    const messages = `[{"role":"user","content":[{"type":"x","n":${NUMBERS}}]},{"role":"tool","content":10.50}]`;
    const called = await postText(`"messages":${messages}`);
    expect(called.text).toContain(`"n":${NUMBERS}`);
    expect(called.text).toContain('{"role":"tool","content":"10.50"}');
    expect((await read(called.body.id)).text).toContain(`"n":${NUMBERS}`);
  });

  test('of a span too', async () => {
    const span = JSON.stringify(aSpanInput({ trace_id: 'exact' })).slice(0, -1);
    const rawBody = `{"spans":[${span},"metadata":{"n":10.50},"latency_ms":12.0}]}`;
    expectContract('createSpans', await app.call('POST', '/api/v1/spans', { rawBody }));
    const trace = await app.call('GET', '/api/v1/traces/exact');
    expect(trace.body.spans[0]).toMatchObject({ latency_ms: 12 });
    expect(trace.text).toContain('"metadata":{"n":10.50}');
  });

  test('in columns they are numbers, whatever way they are written', async () => {
    const called = await postText(
      '"latency_ms":12.0,"input_tokens":1e3,"output_tokens":5.0,"cost_usd":0.10,"error":{"http_status":500.0}',
    );
    expect(called.body).toMatchObject({
      latency_ms: 12,
      input_tokens: 1_000,
      output_tokens: 5,
      cost_usd: '0.1',
      error: { http_status: 500 },
    });
  });

  test.each([
    ['beyond what any reader holds', '1e400', /finite/],
    ['longer than anybody needs', `0.${'1'.repeat(5_000)}`, /more than 1000 characters/],
    ['of 5,000 digits', '1'.repeat(5_000), /finite/],
  ])('a number %s is a 400, alone and in a batch', async (_, json, message) => {
    expectError(await postText(`"metadata":{"n":${json}}`), 'invalid_value', { message });
    const good = JSON.stringify(aLogInput());
    const rawBody = `{"logs":[${good},${good.slice(0, -1)},"metadata":[${json}]}]}`;
    expect((await app.call('POST', '/api/v1/logs', { rawBody })).body).toMatchObject({ created: 1, rejected: 1 });
  });

  test.each(['metadata', 'messages', 'model', 'id', 'parameters'])(
    '%s that is a number is still a 400',
    async (field) => {
      expectError(await postText(`"${field}":10.50`), 'invalid_value', { param: field });
    },
  );
});

describe('what was changed is said', () => {
  test('sanitized: a character was replaced, in the request, the list and the receipt', async () => {
    const odd = aLogInput({ id: newId(), response_content: 'a\u0000b' });
    const called = await post(odd);
    expect(called.body).toMatchObject({ sanitized: true, truncated: false, response_content: 'a\uFFFDb' });
    expect((await read(called.body.id)).body.sanitized).toBe(true);
    expect((await post(aLogInput())).body.sanitized).toBe(false);

    const batch = await post({ logs: [aLogInput(), aLogInput({ metadata: { '\ud800': 1 } })] });
    expectContract('createLogs', batch);
    expect(batch.body.results[0]).not.toHaveProperty('sanitized');
    expect(batch.body.results[1]).toMatchObject({ status: 'created', sanitized: true });
    const spans = await app.call('POST', '/api/v1/spans', {
      body: { spans: [aSpanInput({ metadata: { a: '\u0000' } })] },
    });
    expect(spans.body.results[0]).toMatchObject({ status: 'created', sanitized: true });
  });

  test('truncated: in the receipt too', async () => {
    const batch = await post({ logs: [aLogInput({ response_content: 'x'.repeat(1_000_001) })] });
    expect(batch.body.results[0]).toMatchObject({ status: 'created', truncated: true });
  });
});

describe('a span', () => {
  test('keeps fields that we do not know below its metadata, as a log does', async () => {
    const span = {
      ...aSpanInput({ trace_id: 'unknown-fields' }),
      metadata: { a: 1, kind: 'mine' },
      kind: 'tool',
      n: [2],
    };
    const called = await app.call('POST', '/api/v1/spans', { body: { spans: [span] } });
    expectContract('createSpans', called);
    const trace = await app.call('GET', '/api/v1/traces/unknown-fields');
    expect(trace.body.spans[0].metadata).toEqual({ a: 1, kind: 'mine', n: [2] });
  });

  test('that is refused is told about the span', async () => {
    const deep = JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`) as [];
    const called = await app.call('POST', '/api/v1/spans', {
      body: {
        spans: [
          aSpanInput({ metadata: { deep } }),
          aSpanInput({ metadata: Object.fromEntries(Array.from({ length: 1_001 }, (_, key) => [String(key), 1])) }),
          aSpanInput({ metadata: { ['k'.repeat(300)]: 1 } }),
          { ...aSpanInput(), name: undefined },
        ],
      },
    });
    expectContract('createSpans', called, 400);
    const messages = called.body.results.map((receipt: { error: { message: string } }) => receipt.error.message);
    expect(messages).toEqual([
      expect.stringMatching(/^The span is nested/),
      expect.stringMatching(/^An object of the span/),
      expect.stringMatching(/^A key of the span/),
      '`name` is required.',
    ]);
  });
});
