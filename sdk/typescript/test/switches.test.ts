/** E5 to E9: options and the environment, what is wrong with them, and what the SDK says. */
import { flush, getRequestUrl, PromptLab, shutdown, stats, track } from '../src/index';
import { registry } from '../src/client/instances';
import type { Loose } from './fakeOpenAI';
import { byText, captureWarnings, harnessOfEachTest, HELLO, LAB_KEY, type Harness } from './harness';
import { V6 } from './majors';
import { runScript } from './runScript';

let h: Harness;
harnessOfEachTest(V6, (made) => (h = made));

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
