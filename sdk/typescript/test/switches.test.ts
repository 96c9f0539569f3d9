/** E: masking, sampling, and the switches. */
import { flush, getRequestUrl, PromptLab, shutdown, stats, track, type PromptLabOptions } from '../src/index';
import { isSampled } from '../src/record/sampling';
import { registry } from '../src/client/instances';
import { loggedIds } from '../src/client/requestUrl';
import { chatAnswer, sendError, sendJson, type Loose } from './fakeOpenAI';
import { byText, captureWarnings, createHarness, expectValid, HELLO, LAB_KEY, type Harness } from './harness';
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

/** `trace-0` hashes into the half that is kept, `trace-1` … are looked for. */
const idsWhere = (isIn: boolean, count: number) =>
  Array.from({ length: 200 }, (_, i) => `trace-${i}`)
    .filter((id) => isSampled(id, 0.5) === isIn)
    .slice(0, count);

test('E5 sampling decides once per trace, the same in every process, and keeps errors', async () => {
  const first = h.make({ sampleRate: 0.5 });
  const second = h.make({ sampleRate: 0.5 });
  h.fake.on('/chat/completions', (seen, res) =>
    seen.body.model === 'bad' ? sendError(res, 400, { message: 'no' }) : sendJson(res, chatAnswer()),
  );
  const [kept, left] = [idsWhere(true, 15), idsWhere(false, 15)];
  for (const { client, lab } of [first, second]) {
    for (const trace_id of [...kept, ...left]) {
      for (let i = 0; i < 2; i++) await client.chat.completions.create({ ...HELLO, trace_id });
      lab.trace('a step', () => {}, { traceId: trace_id });
    }
  }
  const bad = { ...HELLO, model: 'bad', trace_id: left[0] as string };
  await expect(first.client.chat.completions.create(bad)).rejects.toThrow();
  const logs = await h.logs();
  const countByTrace = (records: readonly { [key: string]: Loose }[]) => {
    const counts: Record<string, number> = {};
    for (const { trace_id } of records) counts[trace_id] = (counts[trace_id] ?? 0) + 1;
    return counts;
  };
  const everyKept = (count: number) => Object.fromEntries(kept.map((id) => [id, count]));
  expect(countByTrace(logs.filter(({ status }) => status === 'success'))).toEqual(everyKept(4));
  expect(countByTrace(h.receiver.spans)).toEqual(everyKept(2));
  expect(logs.filter(({ status }) => status === 'error')).toMatchObject([{ trace_id: left[0] }]);
  expect(logs[0]?.metadata.sample_rate).toBe(0.5);
  for (const { lab } of [first, second]) expect(lab.stats().dropped).toEqual({ sampled_out: left.length * 3 });
});

test('E5 without keepErrors a failed call is sampled like any other, and a call that is left out has no link', async () => {
  // All answers here have one id, and other tests have logged some.
  loggedIds.clear();
  const { client, lab } = h.make({ sampleRate: 0, keepErrors: false });
  const answer = await client.chat.completions.create(HELLO);
  const stream = await client.chat.completions.create({ ...HELLO, stream: true });
  for await (const part of stream) void part;
  for (const result of [answer, stream, { id: answer.id }]) expect(getRequestUrl(result)).toBeUndefined();
  h.fake.on('/chat/completions', (_, res) => sendError(res, 400, { message: 'no' }));
  await expect(client.chat.completions.create(HELLO)).rejects.toThrow();
  await lab.flush();
  expect(lab.stats()).toMatchObject({ queued: 0, sent: 0, dropped: { sampled_out: 3 } });
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
  beforeEach(() => registry.byOptions.clear());
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
    // No work per call: a promise that is watched has a `parse` of its own.
    const [unwatched, watched] = [client, h.client].map((one) => one.chat.completions.create(HELLO));
    expect([unwatched, watched].map((promise) => Object.hasOwn(promise as object, 'parse'))).toEqual([false, true]);
    await Promise.all([unwatched, watched]);
    expect(h.fake.requests[0]?.body).toEqual(HELLO);
    expect(warnings.lines).toHaveLength(1);
    expect(warnings.lines[0]).toContain('PROMPTLAB_API_KEY');
    expect(() => new PromptLab().api.logRequest({ model: 'm', provider: 'p', messages: [] })).not.toThrow();
    await expect(new PromptLab().api.logRequestNow({ model: 'm', provider: 'p', messages: [] })).rejects.toThrow(
      /API key/,
    );
    warnings.restore();
  });

  test.each(['the variable', 'the option'])('E7 %s switches off silently', async (what) => {
    const warnings = captureWarnings();
    process.env.PROMPTLAB_API_KEY = LAB_KEY;
    process.env.PROMPTLAB_BASE_URL = h.receiver.url;
    if (what === 'the variable') process.env.PROMPTLAB_ENABLED = 'false';
    const client = new V6.openai.OpenAI({ apiKey: 'k', baseURL: h.fake.url });
    if (what === 'the variable') track(client);
    else track(client, { enabled: false });
    await client.chat.completions.create({ ...HELLO, prompt_slug: 'p' } as typeof HELLO);
    expect(h.fake.requests[0]?.body).toEqual(HELLO);
    expect(await flush()).toEqual({ ok: true, pending: 0 });
    expect(stats()).toMatchObject({ queued: 0, sent: 0, dropped: {} });
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
    const [lab] = registry.byOptions.values();
    await lab?.flush();
    expect(h.receiver.logs).toMatchObject([{ environment: 'staging', release: 'v9' }]);
    expect(h.receiver.batches[0]?.headers.authorization).toBe(`Bearer ${LAB_KEY}`);
    await lab?.shutdown();
  });

  test.each(['ENVIRONMENT', 'RELEASE'])('E8 a later track() sees a changed PROMPTLAB_%s', async (name) => {
    process.env.PROMPTLAB_API_KEY = LAB_KEY;
    process.env.PROMPTLAB_BASE_URL = h.receiver.url;
    for (const value of ['one', 'two']) {
      process.env[`PROMPTLAB_${name}`] = value;
      await track(new V6.openai.OpenAI({ apiKey: 'k', baseURL: h.fake.url })).chat.completions.create(HELLO);
    }
    await flush();
    expect(h.receiver.logs.map((log) => log[name.toLowerCase()]).toSorted(byText)).toEqual(['one', 'two']);
    await shutdown();
  });

  test("E8 Deno's environment is read where there is no process.env", async () => {
    const holder = globalThis as { Deno?: unknown };
    const names: Record<string, string> = { PROMPTLAB_API_KEY: LAB_KEY, PROMPTLAB_BASE_URL: h.receiver.url };
    delete process.env.PROMPTLAB_API_KEY;
    delete process.env.PROMPTLAB_BASE_URL;
    holder.Deno = { env: { get: (name: string) => names[name] } };
    await track(new V6.openai.OpenAI({ apiKey: 'k', baseURL: h.fake.url })).chat.completions.create(HELLO);
    // Denied: as if it were not set.
    holder.Deno = { env: { get: () => { throw new Error('denied'); } } }; // prettier-ignore
    expect(() => track(new V6.openai.OpenAI({ apiKey: 'k', baseURL: h.fake.url }))).not.toThrow();
    delete holder.Deno;
    await flush();
    expect(h.receiver.logs).toHaveLength(1);
    await shutdown();
  });

  test('E8 F15 equal options share an instance; those with a function anywhere in them have their own', async () => {
    const seen: string[] = [];
    const shared = { apiKey: LAB_KEY, baseUrl: h.receiver.url };
    const fetchAs = (name: string) => (url: Loose, init: Loose) => (seen.push(name), fetch(url, init));
    for (const options of [shared, { ...shared, apiKey: LAB_KEY }]) {
      await track(new V6.openai.OpenAI({ apiKey: 'k', baseURL: h.fake.url }), options).chat.completions.create(HELLO);
    }
    expect(registry.byOptions.size).toBe(1);
    for (const name of ['first', 'second']) {
      const options = { ...shared, request: { fetch: fetchAs(name) } };
      await track(new V6.openai.OpenAI({ apiKey: 'k', baseURL: h.fake.url }), options).chat.completions.create(HELLO);
    }
    await flush();
    expect(seen.sort()).toEqual(['first', 'second']);
    expect(h.receiver.logs).toHaveLength(4);
    await shutdown();
  });

  test('E5 options that JSON cannot say are reported, and calls are recorded all the same', async () => {
    const warnings = captureWarnings();
    const circular: { [key: string]: unknown } = {};
    circular.self = circular;
    for (const wrong of [
      { sampleRate: 1n },
      { tags: circular },
      {
        limits: {
          get fieldBytes() {
            throw new Error('no');
          },
        },
      },
    ] as object[]) {
      // prettier-ignore
      const options = { apiKey: LAB_KEY, baseUrl: h.receiver.url, ...wrong };
      await track(new V6.openai.OpenAI({ apiKey: 'k', baseURL: h.fake.url }), options).chat.completions.create(HELLO);
    }
    await flush();
    warnings.restore();
    expect(warnings.lines.filter((line) => line.includes('"sampleRate"'))).toHaveLength(1);
    expect(h.receiver.logs.length).toBeGreaterThanOrEqual(2);
    await shutdown();
  });

  test('E5 environment, release and provider are one line of 256 characters, with a warning', async () => {
    const warnings = captureWarnings();
    process.env.PROMPTLAB_RELEASE = 'v1\nbuilt today';
    const { client } = h.make({ environment: 'e'.repeat(300), provider: 'one\r\ntwo' });
    await client.chat.completions.create(HELLO);
    warnings.restore();
    expect(await h.log()).toMatchObject({
      environment: 'e'.repeat(256),
      release: 'v1 built today',
      provider: 'one two',
    });
    for (const name of ['environment', 'release', 'provider'])
      expect(warnings.lines.filter((line) => line.includes(`"${name}"`))).toHaveLength(1);
  });

  test('A21 a second track() of a client says that its options change nothing, once', () => {
    const warnings = captureWarnings();
    const options = { apiKey: LAB_KEY, baseUrl: h.receiver.url };
    const client = track(new V6.openai.OpenAI({ apiKey: 'k', baseURL: h.fake.url }), options);
    track(client);
    track(client, { ...options });
    expect(warnings.lines).toEqual([]);
    for (let i = 0; i < 2; i++) track(client, { ...options, apiKey: 'pl_live_other' });
    warnings.restore();
    expect(warnings.lines).toHaveLength(1);
    expect(warnings.lines[0]).toContain('tracked already');
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
