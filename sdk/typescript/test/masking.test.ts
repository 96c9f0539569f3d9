/** E1 to E4: what a mask or a switch keeps back never leaves the process. */
import type { PromptLabOptions } from '../src/index';
import { chatAnswer, sendError, sendJson } from './fakeOpenAI';
import { captureWarnings, harnessOfEachTest, HELLO, type Harness } from './harness';
import { V6 } from './majors';

let h: Harness;
harnessOfEachTest(V6, (made) => (h = made));

const SECRET = 'ada@example.com';
const withSecret = {
  ...HELLO,
  messages: [{ role: 'user' as const, content: SECRET }],
  tags: { who: SECRET },
  metadata: { mail: SECRET },
  prompt_slug: 'kept',
};

async function callBoth(options: PromptLabOptions): Promise<void> {
  const { client } = h.make(options);
  h.fake.on('/chat/completions', (seen, res) =>
    seen.body.model === 'bad'
      ? sendError(res, 400, { message: `no ${SECRET}` })
      : sendJson(res, chatAnswer({ role: 'assistant', content: SECRET })),
  );
  await client.chat.completions.create(withSecret);
  await client.chat.completions.create({ ...withSecret, model: 'bad' }).catch(() => {});
}

test('E1 the mask covers input, output, error, metadata and tags', async () => {
  await callBoth({ mask: (record) => JSON.parse(JSON.stringify(record).replaceAll(SECRET, '[mail]')) });
  const logs = await h.logs();
  const text = JSON.stringify(logs);
  expect(text).not.toContain(SECRET);
  expect(logs).toHaveLength(2);
  expect(logs[0]).toMatchObject({
    response_content: '[mail]',
    tags: { who: '[mail]' },
    metadata: { mail: '[mail]', masked: true },
  });
  expect(logs[1]?.error.message).toContain('[mail]');
});

test('E1 the mask covers the steps of a trace', async () => {
  const { lab } = h.make({ mask: (record) => JSON.parse(JSON.stringify(record).replaceAll(SECRET, '[mail]')) });
  const failing = () => { throw new Error(`no ${SECRET}`); }; // prettier-ignore
  expect(() => lab.trace('a step', failing, { metadata: { mail: SECRET }, tags: { who: SECRET } })).toThrow(SECRET);
  await lab.flush();
  expect(JSON.stringify(h.receiver.spans)).not.toContain(SECRET);
  expect(h.receiver.spans).toMatchObject([
    { error: { message: 'no [mail]' }, tags: { who: '[mail]' }, metadata: { mail: '[mail]', masked: true } },
  ]);
});

test('E1 a mask may drop a record, which is counted and no loss', async () => {
  const { client, lab } = h.make({ mask: () => null });
  await client.chat.completions.create(HELLO);
  expect(await lab.flush()).toEqual({ ok: true, pending: 0 });
  expect(lab.stats().dropped).toEqual({ masked_out: 1 });
});

test('E2 a mask that fails never lets a word out, and never throws', async () => {
  const failing: PromptLabOptions['mask'][] = [
    () => {
      throw new Error('broken');
    },
    () => Promise.reject(new Error('broken')),
    () => 'junk' as never,
    () => undefined as never,
    () => ({}) as never,
    (record) => {
      (record as { model?: unknown }).model = SECRET.length;
      throw new Error('half done');
    },
  ];
  for (const mask of failing) await callBoth({ mask });
  const spans = h.make({ mask: failing[0] }).lab;
  spans.trace('a step', () => {}, { metadata: { mail: SECRET } });
  await spans.flush();
  const logs = await h.logs();
  expect(logs).toHaveLength(12);
  expect(JSON.stringify(logs) + JSON.stringify(h.receiver.spans)).not.toContain(SECRET);
  expect(logs[0]).toMatchObject({ prompt_slug: 'kept', input_tokens: 11, metadata: { masked: 'failed' } });
  expect(logs[0]?.messages).toEqual([{ role: 'unknown', content: '[mask failed]' }]);
  expect(h.receiver.spans[0]).toMatchObject({ name: 'a step', metadata: { masked: 'failed' } });
});

test('E2 what a mask makes of a record is sent, whatever its shape, and its neighbours too', async () => {
  const circular: { [key: string]: unknown } = { a: 1 };
  circular.self = circular;
  const throwing = { toJSON: () => { throw new Error('broken'); } }; // prettier-ignore
  const changes: Record<string, object> = {
    circular: { response: circular },
    throwing: { response: throwing, metadata: { throwing } },
    text: { messages: '[hidden]' },
    numbers: { messages: [1, { role: 'user', content: { a: 1 } }] },
    everywhere: { tags: '[hidden]', metadata: '[hidden]', error: '[hidden]', parameters: '[hidden]' },
    bigint: { response: { count: 1n } },
    neighbour: {},
  };
  const { client, lab } = h.make({
    batch: { intervalMs: 60_000 },
    mask: (record) => ({ ...record, ...changes[record.name as string] }) as typeof record,
  });
  for (const name of Object.keys(changes))
    await client.chat.completions.create({ ...HELLO, tags: { a: 'b' }, promptlab: { name } });
  const own = { name: 'numbers', model: 'm', provider: 'p' };
  lab.api.logRequest({ ...own, messages: [{ role: 'user', content: 'x' }] });
  lab.api.logRequest({ ...own, endpoint: 'embeddings', messages: 'x' });
  expect(await lab.flush()).toEqual({ ok: true, pending: 0 });
  const logs = await h.logs();
  expect(logs.map(({ name }) => name)).toEqual([...Object.keys(changes), 'numbers', 'numbers']);
  const byName = Object.fromEntries(logs.slice(0, -2).map((log) => [log.name, log]));
  expect(byName.circular?.response).toEqual({ a: 1, self: '[circular]' });
  expect(byName.text?.messages).toEqual([{ role: 'unknown', content: '[hidden]' }]);
  expect(byName.numbers?.messages).toEqual([
    { role: 'unknown', content: '1' },
    { role: 'user', content: '{"a":1}' },
  ]);
  expect(byName.everywhere).toMatchObject({ response_content: 'Hello there', metadata: { masked: true } });
  expect(byName.everywhere).not.toHaveProperty('tags');
  expect(byName.neighbour).toMatchObject({ messages: HELLO.messages, tags: { a: 'b' }, metadata: { masked: true } });
});

test('E2 a mask that fails lets no field of a log by hand out, and says so once', async () => {
  const warnings = captureWarnings();
  const { lab } = h.make({
    mask: (record) => {
      throw new Error(JSON.stringify(record));
    },
  });
  const log = {
    model: 'm',
    provider: 'p',
    messages: [{ role: 'user', content: SECRET }],
    inputTokens: 3,
    name: 'kept',
  };
  const words = { question: SECRET, promptVariables: { a: SECRET }, userId: SECRET, error: { message: SECRET } };
  for (const endpoint of [undefined, 'embeddings']) lab.api.logRequest({ ...log, ...words, endpoint });
  expect(await lab.flush()).toEqual({ ok: true, pending: 0 });
  warnings.restore();
  expect(JSON.stringify(h.receiver.logs)).not.toContain(SECRET);
  const [chat, other] = await h.logs();
  expect(chat).toMatchObject({ model: 'm', name: 'kept', input_tokens: 3, error: { message: '[mask failed]' } });
  expect(chat?.messages).toEqual([{ role: 'unknown', content: '[mask failed]' }]);
  expect(other?.messages).toBe('[mask failed]');
  expect(warnings.lines).toHaveLength(1);
  expect(warnings.lines[0]).toMatch(/mask/);
  expect(warnings.lines[0]).not.toContain(SECRET);
});

test('E3 an async mask does not delay the call', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const { client } = h.make({ mask: async (record) => (await held, record) });
  // Would never end if the call waited for the mask.
  await client.chat.completions.create(HELLO);
  release();
  expect(await h.logs()).toHaveLength(1);
});

test.each([
  { captureInput: false, captureOutput: true },
  { captureInput: true, captureOutput: false },
  { captureInput: false, captureOutput: false },
])(
  'E4 $captureInput, $captureOutput: each switch keeps its own words back, and neither usage, times and status',
  async (options) => {
    const { client } = h.make({ ...options, streamUsage: 'always' });
    await client.chat.completions.create({
      ...withSecret,
      temperature: 0.5,
      tools: [{ type: 'function', function: { name: 'f' } }],
      promptlab: { variables: { a: SECRET } },
    });
    for await (const part of await client.chat.completions.create({ ...HELLO, stream: true })) void part;
    const logs = await h.logs();
    expect(logs.map(({ stream }) => stream)).toEqual([false, true]);
    for (const log of logs) {
      expect(log).toMatchObject({ output_tokens: 5, status: 'success', model: 'gpt-4o-mini', finish_reason: 'stop' });
      expect(log.latency_ms).toBeGreaterThan(0);
      expect(log.messages).toEqual(options.captureInput ? expect.arrayContaining([expect.anything()]) : []);
      for (const field of ['response', 'response_content']) expect(field in log).toBe(options.captureOutput);
    }
    expect(logs[1]?.ttft_ms).toBeGreaterThan(0);
    for (const field of ['tools', 'parameters', 'prompt_variables'])
      expect(field in (logs[0] as object)).toBe(options.captureInput);
    expect('mail' in (logs[0]?.metadata ?? {})).toBe(options.captureInput);
  },
);
