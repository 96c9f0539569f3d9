/** The section "Logging" of docs/api.md: batches, receipts, and a retry that never makes a second row. */
import { gzipSync } from 'node:zlib';
import { GIVEN_TEXTS, type LogReceipt } from '#shared/request';
import { newId } from '#server/ids';
import { expectContract, expectError } from '#tests/support/expectContract';
import { aLogInput } from '#tests/support/factories';
import { startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const post = (body: unknown, key: string = app.orgA.key) => app.call('POST', '/api/v1/logs', { body, key });
const read = (id: string, key: string = app.orgA.key) => app.call('GET', `/api/v1/requests/${id}`, { key });
const statuses = (results: LogReceipt[]) => results.map((receipt) => receipt.status);

async function countRows(id: string): Promise<number> {
  const rows = await app.deps.db.query('SELECT FROM requests WHERE id = $1', [id]);
  return rows.length;
}

test('a batch of good logs is 201 with a receipt each, in order', async () => {
  const logs = [newId(), newId(), newId()].map((id) => aLogInput({ id }));
  const called = await post({ logs, sent_at: new Date().toISOString() });
  expectContract('createLogs', called, 201);
  expect(called.body).toEqual({
    created: 3,
    duplicate: 0,
    rejected: 0,
    results: logs.map((log, index) => ({ index, id: log.id, status: 'created' })),
  });
  for (const log of logs) expect((await read(log.id ?? '')).status).toBe(200);
});

test('a batch with a bad log is 207: it is rejected by name, its neighbours are stored', async () => {
  const logs = [aLogInput({ id: newId() }), { ...aLogInput(), model: 5 }, 'no object', aLogInput({ id: newId() })];
  const called = await post({ logs });
  expectContract('createLogs', called, 207);
  expect(called.body).toMatchObject({ created: 2, duplicate: 0, rejected: 2 });
  expect(statuses(called.body.results)).toEqual(['created', 'rejected', 'rejected', 'created']);
  expect(called.body.results[1]).toMatchObject({
    index: 1,
    id: null,
    error: { type: 'invalid_request_error', code: 'invalid_value', param: 'model' },
  });
  expect(called.body.results[2].error.code).toBe('invalid_value');
});

test('a rejected log keeps the id it came with, so that its sender can tell which one it was', async () => {
  const id = newId();
  const called = await post({ logs: [{ id, model: 'm' }] });
  expect(called.body.results[0]).toMatchObject({ id, status: 'rejected' });
});

test('a batch in which every log is bad is 400, with the receipts', async () => {
  const called = await post({ logs: [{}, { model: 'm', provider: 'p', messages: 5 }] });
  expectContract('createLogs', called, 400);
  expect(called.body).toMatchObject({ created: 0, rejected: 2 });
});

test.each([
  ['logs', 'log'],
  ['spans', 'span'],
])('an empty batch of %s is a mistake, and says so', async (field, noun) => {
  const called = await app.call('POST', `/api/v1/${field}`, { body: { [field]: [] } });
  expectError(called, 'invalid_value', { param: field, message: new RegExp(`at least one ${noun}`) });
});

test('1,000 logs fit in a batch; of them the bad one alone is rejected', async () => {
  const logs: unknown[] = Array.from({ length: 1_000 }, () => aLogInput({ id: newId() }));
  logs[500] = { ...aLogInput(), latency_ms: 'slow' };
  const called = await post({ logs });
  expectContract('createLogs', called, 207);
  expect(called.body).toMatchObject({ created: 999, rejected: 1 });
  expect(called.body.results[500]).toMatchObject({ index: 500, status: 'rejected', error: { param: 'latency_ms' } });
});

test('1,001 logs are 413 too_many_items and nothing is stored', async () => {
  const id = newId();
  const called = await post({ logs: Array.from({ length: 1_001 }, () => aLogInput({ id })) });
  expectError(called, 'too_many_items', { param: 'logs', message: /1000/ });
  expect(await countRows(id)).toBe(0);
});

test.each([
  ['an object', {}],
  ['null', null],
  ['a string', '[]'],
])('`logs` that is %s is a 400 that names it', async (_, logs) => {
  expectError(await post({ logs }), 'invalid_value', { param: 'logs', message: /must be an array/ });
});

test.each([['yesterday'], [5], [{}]])('`sent_at` of %j is a 400 that names it', async (sent_at) => {
  expectError(await post({ logs: [aLogInput()], sent_at }), 'invalid_value', { param: 'sent_at' });
});

test('a gzip body is accepted, single and batch', async () => {
  const id = newId();
  const send = (body: unknown) =>
    app.call('POST', '/api/v1/logs', {
      rawBody: gzipSync(JSON.stringify(body)),
      headers: { 'content-encoding': 'gzip', 'content-type': 'application/json' },
    });
  expectContract('createLogs', await send(aLogInput({ id })), 201);
  const batch = await send({ logs: [aLogInput({ id }), aLogInput()] });
  expect(statuses(batch.body.results)).toEqual(['duplicate', 'created']);
});

describe('the same id again', () => {
  test('is 200 with X-PromptLab-Duplicate and the stored request of the first write', async () => {
    const id = newId();
    const first = await post(aLogInput({ id, model: 'first', response_content: 'first words' }));
    expect(first.headers.get('x-promptlab-duplicate')).toBeNull();
    const second = await post(aLogInput({ id, model: 'second', response_content: 'other words' }));
    expectContract('createLogs', second, 200);
    expect(second.headers.get('x-promptlab-duplicate')).toBe('true');
    expect(second.body).toEqual({ ...first.body, conflict: true });
    expect((await read(id)).body).toEqual(first.body);
    expect(await countRows(id)).toBe(1);
  });

  test('in upper case is the same id', async () => {
    const id = newId();
    await post(aLogInput({ id }));
    const again = await post(aLogInput({ id: id.toUpperCase() }));
    expect(again.status).toBe(200);
    expect(again.body.id).toBe(id);
  });

  test('inside one batch makes one row, of the first of them', async () => {
    const id = newId();
    const called = await post({ logs: ['one', 'two', 'three'].map((model) => aLogInput({ id, model })) });
    expectContract('createLogs', called, 201);
    expect(called.body).toMatchObject({ created: 1, duplicate: 2, rejected: 0 });
    expect(statuses(called.body.results)).toEqual(['created', 'duplicate', 'duplicate']);
    expect((await read(id)).body.model).toBe('one');
    expect(await countRows(id)).toBe(1);
  });

  test('posted 50 times at once makes one row: one created, 49 duplicates that all answer it', async () => {
    const id = newId();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => post(aLogInput({ id, model: `m${index}` }))),
    );
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
    expect(answers.filter((answer) => answer.headers.get('x-promptlab-duplicate') === 'true')).toHaveLength(49);
    const winner = answers.find((answer) => answer.status === 201);
    for (const { status, body } of answers) {
      expect(body).toEqual(status === 201 ? winner?.body : { ...winner?.body, conflict: true });
    }
    expect(await countRows(id)).toBe(1);
  });

  test('in organization B makes a row of its own there, and neither can tell', async () => {
    const id = newId();
    const ours = await post(aLogInput({ id, model: 'ours' }));
    const theirs = await post(aLogInput({ id, model: 'theirs' }), app.orgB.key);
    expect([ours.status, theirs.status]).toEqual([201, 201]);
    expect(theirs.headers.get('x-promptlab-duplicate')).toBeNull();
    expect((await read(id)).body).toMatchObject({ model: 'ours', org_id: app.orgA.id });
    expect((await read(id, app.orgB.key)).body).toMatchObject({ model: 'theirs', org_id: app.orgB.id });
    expect(await countRows(id)).toBe(2);
  });

  test('an organization named in the body is not the one it is stored in', async () => {
    const called = await post({ ...aLogInput(), org_id: app.orgB.id });
    expect(called.body.org_id).toBe(app.orgA.id);
    expect((await read(called.body.id, app.orgB.key)).status).toBe(404);
  });
});

describe('fields of a log', () => {
  test('every optional field is stored and read back as given', async () => {
    const fields = {
      ...Object.fromEntries(Object.keys(GIVEN_TEXTS).map((name) => [name, `some ${name}`])),
      id: newId(),
      started_at: '2026-01-31T12:00:00.000Z',
      status: 'error' as const,
      error: { type: 'server_error', code: 'overloaded', message: 'Try later', http_status: 503, param: null },
      endpoint: 'chat.completions',
      parent_id: newId(),
      response: { choices: [{ message: { role: 'assistant', content: null, refusal: 'no' } }] },
      stream: true,
      ttft_ms: 120.5,
      input_tokens: 100,
      output_tokens: 50,
      cached_input_tokens: 40,
      cache_write_tokens: 0,
      reasoning_tokens: 10,
      audio_input_tokens: 1,
      audio_output_tokens: 2,
      cost_usd: '0.0012',
      tools: [{ type: 'function', function: { name: 'look_up' } }],
      prompt_version: '7',
      prompt_variables: { city: 'Paris', nested: { deep: [1, null, true] } },
      metadata: { b: 1, a: { z: [] } },
      sdk: { name: 'promptlab', version: '0.1.0', runtime: 'node 20' },
    };
    const now = new Date('2026-02-01T00:00:00Z');
    const frozen = await startTestApp({ clock: () => now });
    try {
      const called = await frozen.call('POST', '/api/v1/logs', { body: aLogInput(fields) });
      expectContract('createLogs', called, 201);
      expect(called.body).toMatchObject({ ...fields, cost_source: 'provided', created_at: now.toISOString() });
      const stored = await frozen.call('GET', `/api/v1/requests/${fields.id}`);
      expect(stored.body).toEqual(called.body);
      // The order of keys is the caller's.
      expect(stored.text).toContain('"metadata":{"b":1,"a":{"z":[]}}');
    } finally {
      await frozen.stop();
    }
  });

  test('started_at is the time of arrival less the latency where the caller gave none', async () => {
    const called = await post(aLogInput({ latency_ms: 60_000 }));
    expect(Date.parse(called.body.created_at) - Date.parse(called.body.started_at)).toBe(60_000);
  });

  test('a time with an offset is answered in UTC', async () => {
    const started = new Date(Date.now() - 3_600_000);
    const withOffset = new Date(started.getTime() + 2 * 3_600_000).toISOString().replace('Z', '+02:00');
    expect((await post(aLogInput({ started_at: withOffset }))).body.started_at).toBe(started.toISOString());
  });

  test('a log with an error has status error unless it says otherwise', async () => {
    const error = { message: 'boom' };
    expect((await post(aLogInput({ error }))).body.status).toBe('error');
    expect((await post(aLogInput({ error, status: 'aborted' }))).body.status).toBe('aborted');
  });

  test('unknown fields are kept under metadata, below what the caller put there', async () => {
    const called = await post({
      ...aLogInput({ metadata: { both: 'mine' } }),
      both: 'top',
      temperature: 0.2,
      nested: { a: [1] },
    });
    expectContract('createLogs', called, 201);
    expect(called.body.metadata).toEqual({ both: 'mine', temperature: 0.2, nested: { a: [1] } });
    expect((await read(called.body.id)).body.metadata).toEqual(called.body.metadata);
  });

  test.each([
    ['prompt_version as a number', { prompt_version: 3 }, { prompt_version: '3' }],
    ['cost_usd as a number', { cost_usd: 0.1 }, { cost_usd: '0.1', cost_source: 'provided' }],
    ['cost_usd of zero, which is known and not unknown', { cost_usd: 0 }, { cost_usd: '0', cost_source: 'provided' }],
    ['a priced model', {}, { cost_usd: '0.0000039', cost_source: 'builtin' }],
    ['an unknown model', { model: 'nobody-1' }, { cost_usd: null, cost_source: null }],
    ['messages of an embedding as given', { endpoint: 'embeddings', messages: 'some text' }, { messages: 'some text' }],
    ['a message with null content', { messages: [{ role: 'assistant', content: null }] }, {}],
    [
      'null for every optional field',
      { tags: null, metadata: null, error: null, started_at: null, id: null },
      { tags: {} },
    ],
    ['a model name with spaces around it', { model: '  gpt-4o ' }, { model: 'gpt-4o' }],
  ])('takes %s', async (_, given, expected) => {
    const called = await post({ ...aLogInput(), ...given });
    expectContract('createLogs', called, 201);
    expect(called.body).toMatchObject(expected);
    expect((await read(called.body.id)).body).toEqual(called.body);
  });

  test.each([
    ['model', 5, 'model'],
    ['model', '', 'model'],
    ['model', ' ', 'model'],
    ['model', 'x'.repeat(257), 'model'],
    ['model', 'a\nb', 'model'],
    ['provider', null, 'provider'],
    ['messages', 'words', 'messages'],
    ['messages', {}, 'messages'],
    ['messages', ['words'], 'messages[0]'],
    ['messages', [{ content: 'x' }], 'messages[0].role'],
    ['messages', [{ role: 'user', content: 'x' }, { role: 5 }], 'messages[1].role'],
    ['response_content', 5, 'response_content'],
    ['parameters', [], 'parameters'],
    ['tags', { env: 'x'.repeat(257) }, 'tags.env'],
    ['tags', [], 'tags'],
    ['tags', { '': 'x' }, 'tags.'],
    ['metadata', 'x', 'metadata'],
    ['trace_id', 7, 'trace_id'],
    ['stream', 'yes', 'stream'],
    ['status', 'fine', 'status'],
    ['error', 'boom', 'error'],
    ['error', { http_status: 'x' }, 'error.http_status'],
    ['sdk', { version: '1' }, 'sdk.name'],
    ['cost_usd', '1 dollar', 'cost_usd'],
    ['input_tokens', 1_000_000_001, 'input_tokens'],
  ])('`%s` of %j is a 400 that names %s', async (field, value, param) => {
    expectError(await post({ ...aLogInput(), [field]: value }), 'invalid_value', { param });
  });
});
