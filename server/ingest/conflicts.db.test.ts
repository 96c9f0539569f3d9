/** The same id with another body: the first is kept, and the second is told that it differs. */
import type { LogInput } from '#shared/request';
import { newId } from '#server/ids';
import { expectContract } from '#tests/support/expectContract';
import { aLogInput, aSpanInput } from '#tests/support/factories';
import { type Called, startTestApp, type TestApp } from '#tests/support/testApp';

let now = new Date('2026-06-15T12:00:00.000Z');
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ clock: () => now });
});
afterAll(() => app.stop());

const post = (body: unknown): Promise<Called> => app.call('POST', '/api/v1/logs', { body });

/** Whether the second of two logs with one id is a conflict, told alone and in a batch. */
async function isConflict(first: unknown, second: unknown): Promise<boolean> {
  const id = newId();
  expect((await post({ ...(first as object), id })).status).toBe(201);
  now = new Date(now.getTime() + 1_234);
  const alone = await post({ ...(second as object), id });
  expectContract('createLogs', alone, 200);
  const batch = await post({ logs: [{ ...(second as object), id }] });
  expectContract('createLogs', batch, 201);
  expect(batch.body).toMatchObject({ created: 0, duplicate: 1 });
  expect(batch.body.results[0].conflict).toBe(alone.body.conflict);
  expect(alone.headers.get('x-promptlab-conflict')).toBe(alone.body.conflict === undefined ? null : 'true');
  return alone.body.conflict === true;
}

const FULL: Partial<LogInput> = {
  started_at: '2026-06-15T11:00:00Z',
  status: 'error',
  error: { message: 'boom', code: 'x' },
  tags: { env: 'prod', team: 'a' },
  metadata: { a: 1, b: [2] },
  parameters: { temperature: 0.5 },
  tools: [{ type: 'function' }],
  prompt_variables: { x: 'y' },
  response: { choices: [] },
  stream: false,
  ttft_ms: 1.5,
  cost_usd: '0.5',
  finish_reason: 'stop',
  sdk: { name: 'sdk' },
};

test.each<[string, Partial<LogInput>, Partial<LogInput>]>([
  ['a log with little in it', {}, {}],
  ['a log with all in it', FULL, FULL],
  ['one that says what the other left to be filled in', {}, { status: 'success', tags: {}, stream: null }],
  ['tags in another order', { tags: { a: '1', b: '2' } }, { tags: { b: '2', a: '1' } }],
  [
    'the same time in another zone',
    { started_at: '2026-06-15T11:00:00Z' },
    { started_at: '2026-06-15T13:00:00+02:00' },
  ],
])('%s, sent again a little later, is the same', async (_, first, second) => {
  expect(await isConflict(aLogInput(first), aLogInput(second))).toBe(false);
});

test.each<[string, Partial<LogInput>]>([
  ['model', { model: 'other' }],
  ['messages', { messages: [{ role: 'user', content: 'Other' }] }],
  ['response_content', { response_content: 'Other' }],
  ['no response_content', { response_content: null }],
  ['response', { response: { choices: [1] } }],
  ['latency_ms', { latency_ms: 813 }],
  ['output_tokens', { output_tokens: 4 }],
  ['no input_tokens', { input_tokens: null }],
  ['error', { error: { message: 'other', code: 'x' } }],
  ['status', { status: 'aborted' }],
  ['tags', { tags: { env: 'dev', team: 'a' } }],
  ['metadata', { metadata: { a: 1, b: [3] } }],
  ['parameters', { parameters: { temperature: 0.6 } }],
  ['tools', { tools: [] }],
  ['prompt_variables', { prompt_variables: null }],
  ['started_at', { started_at: '2026-06-15T11:00:01Z' }],
  ['no started_at', { started_at: null }],
  ['cost_usd', { cost_usd: '0.6' }],
  ['no cost_usd', { cost_usd: null }],
  ['stream', { stream: true }],
  ['sdk', { sdk: { name: 'other' } }],
  ['trace_id', { trace_id: 'other' }],
])('another %s is a conflict', async (_, other) => {
  expect(await isConflict(aLogInput(FULL), aLogInput({ ...FULL, ...other }))).toBe(true);
});

test('an unknown field that differs is a conflict', async () => {
  expect(await isConflict({ ...aLogInput(), mine: 1 }, { ...aLogInput(), mine: 2 })).toBe(true);
});

test('in one batch the second of two with one id is compared with the first', async () => {
  const [same, other] = [newId(), newId()];
  const called = await post({
    logs: [
      aLogInput({ id: same }),
      aLogInput({ id: other }),
      aLogInput({ id: same }),
      aLogInput({ id: other, model: 'other' }),
    ],
  });
  expectContract('createLogs', called, 201);
  expect(
    called.body.results.map(({ status, conflict }: { status: string; conflict?: true }) => [status, conflict]),
  ).toEqual([
    ['created', undefined],
    ['created', undefined],
    ['duplicate', undefined],
    ['duplicate', true],
  ]);
});

test('the same id in another organization is no conflict', async () => {
  const id = newId();
  await post(aLogInput({ id }));
  const called = await app.call('POST', '/api/v1/logs', { body: aLogInput({ id, model: 'other' }), key: app.orgB.key });
  expectContract('createLogs', called, 201);
  expect(called.body).not.toHaveProperty('conflict');
});

test('a span says it too', async () => {
  const span = aSpanInput({ started_at: '2026-06-15T11:00:00Z', metadata: { a: 1 } });
  const send = (fields: object) => app.call('POST', '/api/v1/spans', { body: { spans: [{ ...span, ...fields }] } });
  expect((await send({})).body).toMatchObject({ created: 1 });
  expect((await send({})).body.results[0]).toEqual({ index: 0, id: span.id, status: 'duplicate' });
  for (const other of [
    { name: 'other' },
    { latency_ms: null },
    { metadata: { a: 2 } },
    { started_at: '2026-06-15T11:00:01Z' },
  ]) {
    expect((await send(other)).body.results[0]).toEqual({ index: 0, id: span.id, status: 'duplicate', conflict: true });
  }
});
