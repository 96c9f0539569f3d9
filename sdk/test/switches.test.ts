/** E: masking, sampling, and the switches. */
import { PromptLab, track, type PromptLabOptions } from '../src/index';
import { sharedState } from '../src/state';
import { chatAnswer, sendError, sendJson } from './fakeOpenAI';
import { captureWarnings, createHarness, expectValid, HELLO, LAB_KEY, type Harness } from './harness';
import { V6 } from './majors';
import { runScript } from './runScript';

let h: Harness;
beforeEach(async () => {
  h = await createHarness(V6);
});
afterEach(async () => {
  await h.close();
  expectValid(h);
});

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

test('E3 an async mask does not delay the call', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const { client } = h.make({ mask: async (record) => (await held, record) });
  const started = performance.now();
  await client.chat.completions.create(HELLO);
  expect(performance.now() - started).toBeLessThan(500);
  release();
  expect(await h.logs()).toHaveLength(1);
});

test('E4 captureInput and captureOutput false keep usage, times and status', async () => {
  await callBoth({ captureInput: false, captureOutput: false });
  const [log] = await h.logs();
  expect(log).toMatchObject({
    input_tokens: 11,
    output_tokens: 5,
    status: 'success',
    model: 'gpt-4o-mini',
    messages: [],
    finish_reason: 'stop',
  });
  for (const field of ['response', 'response_content', 'tools', 'parameters']) expect(log).not.toHaveProperty(field);
  expect(log?.metadata).not.toHaveProperty('mail');
  const { client } = h.make({ captureInput: false });
  for await (const part of await client.chat.completions.create({ ...HELLO, stream: true })) void part;
  expect((await h.logs())[2]).toMatchObject({ messages: [], stream: true });
});

test('E5 sampling decides once per trace, and keeps errors', async () => {
  const { client, lab } = h.make({ sampleRate: 0.5 });
  h.fake.on('/chat/completions', (seen, res) =>
    seen.body.model === 'bad' ? sendError(res, 400, { message: 'no' }) : sendJson(res, chatAnswer()),
  );
  for (let i = 0; i < 60; i++) {
    for (let j = 0; j < 2; j++) await client.chat.completions.create({ ...HELLO, trace_id: `trace-${i}` });
  }
  await client.chat.completions.create({ ...HELLO, model: 'bad', trace_id: 'trace-0' }).catch(() => {});
  const logs = await h.logs();
  const byTrace = new Map<string, number>();
  for (const { trace_id, status } of logs)
    if (status !== 'error') byTrace.set(trace_id, (byTrace.get(trace_id) ?? 0) + 1);
  expect(new Set(byTrace.values())).toEqual(new Set([2]));
  expect(byTrace.size).toBeGreaterThan(15);
  expect(byTrace.size).toBeLessThan(45);
  expect(logs.filter(({ status }) => status === 'error')).toHaveLength(1);
  expect(logs[0]?.metadata.sample_rate).toBe(0.5);
  expect(lab.stats().dropped.sampled_out).toBe(120 - byTrace.size * 2);
  const none = h.make({ sampleRate: 0, keepErrors: false });
  await none.client.chat.completions.create({ ...HELLO, model: 'bad' }).catch(() => {});
  expect(none.lab.stats().queued).toBe(0);
});

test('E5 a wrong option warns once, by name, and falls back', () => {
  const warnings = captureWarnings();
  const wrong = {
    sampleRate: 7,
    mask: 'x',
    tags: 5,
    baseUrl: 'nowhere',
    batch: 3,
    limits: { queueRecords: -1 },
    enabled: 'yes',
  } as never;
  for (let i = 0; i < 3; i++) expect(new PromptLab({ apiKey: LAB_KEY, ...(wrong as object) }).stats().queued).toBe(0);
  for (const name of ['sampleRate', 'mask', 'tags', 'baseUrl', 'batch', 'queueRecords', 'enabled']) {
    expect(warnings.lines.filter((line) => line.includes(`"${name}"`))).toHaveLength(1);
  }
  warnings.restore();
});

describe('environment', () => {
  const saved = { ...process.env };
  beforeEach(() => sharedState().instances.clear());
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (name.startsWith('PROMPTLAB_')) delete process.env[name];
    Object.assign(process.env, saved);
  });

  test('E6 without a key: one warning that names the variable, calls untouched, no record', async () => {
    const warnings = captureWarnings();
    const client = track(new V6.openai.OpenAI({ apiKey: 'k', baseURL: h.fake.url }));
    const again = track(new V6.openai.OpenAI({ apiKey: 'k', baseURL: h.fake.url }), {});
    expect((await client.chat.completions.create({ ...HELLO, prompt_slug: 'p' })).id).toBe('chatcmpl-1');
    await again.chat.completions.create(HELLO);
    expect(h.fake.requests[0]?.body).toEqual(HELLO);
    expect(warnings.lines).toHaveLength(1);
    expect(warnings.lines[0]).toContain('PROMPTLAB_API_KEY');
    expect(() => new PromptLab().api.logRequest({ model: 'm', provider: 'p', messages: [] })).not.toThrow();
    await expect(new PromptLab().api.logRequestNow({ model: 'm', provider: 'p', messages: [] })).rejects.toThrow(
      /API key/,
    );
    warnings.restore();
  });

  test('E7 PROMPTLAB_ENABLED=false and enabled: false switch off silently', async () => {
    const warnings = captureWarnings();
    process.env.PROMPTLAB_ENABLED = 'false';
    process.env.PROMPTLAB_API_KEY = LAB_KEY;
    process.env.PROMPTLAB_BASE_URL = h.receiver.url;
    const clients = [track(new V6.openai.OpenAI({ apiKey: 'k', baseURL: h.fake.url }))];
    delete process.env.PROMPTLAB_API_KEY;
    clients.push(track(new V6.openai.OpenAI({ apiKey: 'k', baseURL: h.fake.url }), { enabled: false }));
    for (const client of clients) await client.chat.completions.create({ ...HELLO, prompt_slug: 'p' });
    expect(h.fake.requests[1]?.body).toEqual(HELLO);
    expect(warnings.lines).toEqual([]);
    expect(h.receiver.batches).toHaveLength(0);
    warnings.restore();
  });

  test('E8 the environment is read when track() is called', async () => {
    process.env.PROMPTLAB_API_KEY = LAB_KEY;
    process.env.PROMPTLAB_BASE_URL = `${h.receiver.url}/`;
    process.env.PROMPTLAB_ENVIRONMENT = 'staging';
    process.env.PROMPTLAB_RELEASE = 'v9';
    const client = track(new V6.openai.OpenAI({ apiKey: 'k', baseURL: h.fake.url }));
    await client.chat.completions.create(HELLO);
    const [lab] = sharedState().instances.values();
    await lab?.flush();
    expect(h.receiver.logs).toMatchObject([{ environment: 'staging', release: 'v9' }]);
    expect(h.receiver.batches[0]?.headers.authorization).toBe(`Bearer ${LAB_KEY}`);
    await lab?.shutdown();
  });
});

test('E9 silent by default; debug prints one line per call with its link', async () => {
  const { stdout, stderr } = await runScript(
    `(async () => {
      const quiet = promptlab.track(newClient());
      await quiet.chat.completions.create(HELLO);
      await promptlab.flush();
      const loud = promptlab.track(newClient(), { debug: true });
      const answer = await loud.chat.completions.create(HELLO);
      console.log(promptlab.getRequestUrl(answer));
      await promptlab.flush();
    })();`,
    { baseUrl: h.receiver.url },
  );
  const lines = stdout.trim().split('\n');
  expect(stderr).toBe('');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^\[promptlab\] chat\.completions · gpt-4o-mini · success · \d+ ms · 11 in, 5 out · http/);
  expect(lines[0]?.endsWith(lines[1] as string)).toBe(true);
});

test("E9 getRequestUrl() knows answers, streams, helpers' results and nothing else", async () => {
  const { getRequestUrl } = jest.requireActual<typeof import('../src/index')>('../src/index');
  const answer = await h.client.chat.completions.create(HELLO);
  const stream = await h.client.chat.completions.create({ ...HELLO, stream: true });
  for await (const part of stream) void part;
  const parsed = await h.client.chat.completions.parse(HELLO);
  const logs = await h.logs();
  const urls = logs.map(({ id }) => `${h.receiver.url}/requests?id=${id}`);
  expect(getRequestUrl(stream)).toBe(urls[1]);
  expect(getRequestUrl(parsed)).toBe(urls[2]);
  expect(getRequestUrl(answer)).toBe(urls[0]);
  for (const other of [undefined, null, 1, 'x', {}, { id: 5 }, await h.raw.models.list()])
    expect(getRequestUrl(other)).toBeUndefined();
});
