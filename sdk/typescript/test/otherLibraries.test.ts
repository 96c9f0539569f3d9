/** Where the SDK meets others: wrappers of other libraries, Azure, clients of other providers, values that compute themselves, Workers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PromptLab, type PromptLabOptions } from '../src/index';
import { chatAnswer, sendEvents, textChunks, type Json, type Loose } from './fakeOpenAI';
import { captureWarnings, createHarness, expectValid, HELLO, LAB_KEY, until, type Harness } from './harness';
import { MAJORS, V6, type Major } from './majors';
import { refuse } from './receiver';
import { BUILD, runScript } from './runScript';

let h: Harness;

afterEach(async () => {
  expectValid(h);
  await h.close();
});

/** A Proxy as Sentry 10 and Langfuse put around a client: what is read through it is wrapped, and calls are counted. */
function wrap<T extends object>(target: T, seen: string[], path = ''): T {
  return new Proxy(target, {
    get(owner, key) {
      const value: unknown = Reflect.get(owner, key);
      const name = `${path}${String(key)}`;
      if (typeof value === 'function' && key === 'create') {
        return (...args: unknown[]) => {
          seen.push(name);
          return Reflect.apply(value as Loose, owner, args) as unknown;
        };
      }
      if (typeof value === 'function') return (value as Loose).bind(owner);
      return typeof value === 'object' && value !== null ? wrap(value, seen, `${name}.`) : value;
    },
  });
}

describe.each(MAJORS)('$name', (major: Major) => {
  beforeEach(async () => {
    h = await createHarness(major);
  });

  const helpers = (client: Loose) => (client.chat.completions.parse ? client.chat : client.beta.chat).completions;

  test.each(['before', 'after'])(
    'a Proxy of another library %s us: one record, one call of its wrapper',
    async (order) => {
      const seen: string[] = [];
      let client: Loose;
      if (order === 'before') client = h.lab.track(wrap(h.raw, seen));
      else client = wrap(h.client, seen);
      expect((await client.chat.completions.create(HELLO)).choices[0].message.content).toBe('Hello there');
      expect((await helpers(client).parse(HELLO)).choices[0].message.content).toBe('Hello there');
      h.fake.on('/chat/completions', (request, res) => sendEvents(request, res, textChunks(['Hello', ' there'])));
      expect(await helpers(client).stream(HELLO).finalContent()).toBe('Hello there');
      expect(seen).toEqual(['chat.completions.create']);
      expect(await h.logs()).toHaveLength(3);
    },
  );

  test('a wrapper set on the object itself before us is called once', async () => {
    const { raw } = h;
    const { completions } = raw.chat as Loose;
    const create = completions.create.bind(completions);
    let calls = 0;
    completions.create = (...args: unknown[]) => (calls++, create(...args));
    await h.lab.track(raw).chat.completions.create(HELLO);
    expect(calls).toBe(1);
    expect(await h.logs()).toHaveLength(1);
  });

  test('LangSmith before us: its Proxy of a promise works as without us, and the call is recorded', async () => {
    const { completions } = h.raw.chat as Loose;
    const create = completions.create.bind(completions);
    completions.create = (...args: unknown[]) => {
      const made = create(...args);
      const traced = Promise.resolve().then(() => made.then((answer: unknown) => answer));
      return new Proxy(made, {
        get: (target, name, receiver) =>
          name === 'then' ? traced.then.bind(traced) : (Reflect.get(target, name, receiver) as unknown),
      });
    };
    expect((await h.lab.track(h.raw).chat.completions.create(HELLO)).choices[0]?.message.content).toBe('Hello there');
    expect(await h.log()).toMatchObject({ status: 'success', response_content: 'Hello there' });
  });

  test('a method that is patched on the prototype after us is heard', async () => {
    const prototype = Object.getPrototypeOf(h.client.chat.completions) as Loose;
    const { create } = prototype;
    let calls = 0;
    prototype.create = function (this: unknown, ...args: unknown[]) {
      calls++;
      return create.apply(this, args);
    };
    try {
      await h.client.chat.completions.create(HELLO);
    } finally {
      prototype.create = create;
    }
    await h.client.chat.completions.create(HELLO);
    expect(calls).toBe(1);
    expect(await h.logs()).toHaveLength(2);
  });

  test('toJSON() and getters run as often as without us, and the record holds what was sent', async () => {
    const used = async (client: Loose) => {
      let calls = 0;
      const body = {
        model: 'm',
        messages: [{ role: 'user', content: 'Hi' }],
        tools: [{ type: 'function', function: { name: 'f', parameters: {}, toJSON: () => ({ name: `f${++calls}` }) } }],
        get temperature() {
          return ++calls / 10;
        },
        response_format: Object.defineProperty({ type: 'text' }, 'extra', { enumerable: true, get: () => ++calls }),
        metadata: { when: new Date(0), link: new URL('https://a.b/c') },
      };
      await client.chat.completions.create(body);
      return [calls, h.fake.requests.at(-1)?.body] as const;
    };
    const [rawCalls, rawBody] = await used(h.raw);
    const [calls, body] = await used(h.client);
    expect([calls, body]).toEqual([rawCalls, rawBody]);
    const log = await h.log();
    expect(log.tools).toEqual(body?.tools);
    expect(log.parameters).toEqual({
      temperature: body?.temperature,
      response_format: body?.response_format,
      metadata: body?.metadata,
    });
    expect(log.messages).toEqual(body?.messages);
    expect(log.metadata).toMatchObject({ when: '1970-01-01T00:00:00.000Z', link: 'https://a.b/c' });
  });

  test('a body that writes itself is recorded as it was written', async () => {
    let calls = 0;
    const body = { toJSON: () => ({ ...HELLO, user: `u${++calls}` }) };
    await h.client.chat.completions.create(body as Loose);
    expect(await h.log()).toMatchObject({ ...HELLO, user_id: `u${calls}` });
    expect(h.fake.requests[0]?.body.user).toBe(`u${calls}`);
  });

  test.each<[string, object, object, boolean]>([
    ['an older API version', { apiVersion: '2024-02-01' }, {}, false],
    ['an older preview', { apiVersion: '2024-08-01-preview' }, {}, false],
    ['a version that knows it', { apiVersion: '2024-10-21' }, {}, true],
    ['data of one’s own', { apiVersion: '2025-01-01-preview' }, { data_sources: [{ type: 'azure_search' }] }, false],
  ])('Azure, %s: asks for the tokens of a stream only where it may', async (_, options, params, isAsked) => {
    const bodies: Json[] = [];
    const fetch = async (_url: unknown, init: Loose) => {
      bodies.push(JSON.parse(init.body));
      return new Response('data: [DONE]\n\n', { headers: { 'content-type': 'text/event-stream' } });
    };
    const azure = new major.openai.AzureOpenAI({
      endpoint: 'https://me.openai.azure.com',
      deployment: 'd',
      apiKey: 'k',
      apiVersion: 'x',
      fetch: fetch as Loose,
      ...options,
    });
    const stream = await h.lab.track(azure).chat.completions.create({ ...HELLO, ...params, stream: true });
    for await (const part of stream) void part;
    expect('stream_options' in (bodies[0] as Json)).toBe(isAsked);
    expect(await h.log()).toMatchObject({ provider: 'azure' });
  });
});

describe('on one major', () => {
  beforeEach(async () => {
    h = await createHarness(V6);
  });

  test('a promise with methods of its own is handed on as it is, and its call is recorded', async () => {
    class OwnPromise<T> extends Promise<T> {
      withMore(): string {
        return 'more';
      }
    }
    const decorated = Object.assign(Promise.resolve(chatAnswer()), { withResponse: () => 'own' });
    const derived = OwnPromise.resolve(chatAnswer()) as OwnPromise<Json>;
    const failing = Object.assign(Promise.reject(new Error('no')), { withResponse: () => 'own' });
    const plain = Promise.resolve(chatAnswer());
    const promises = [decorated, derived, failing, plain] as Loose[];
    const client = h.lab.track({
      chat: { completions: { create: (params: object): Loose => params && promises.shift() } },
    });
    const create = () => client.chat.completions.create(HELLO);
    const first = create();
    expect(first).toBe(decorated);
    expect(first.withResponse()).toBe('own');
    expect(create().withMore()).toBe('more');
    await expect(create()).rejects.toThrow('no');
    expect(await create()).toEqual(chatAnswer());
    expect((await h.logs()).map(({ status }) => status).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      'error',
      'success',
      'success',
      'success',
    ]);
  });

  test('a client of another provider: one warning, nothing of ours on the wire; none where nothing is recorded', async () => {
    const warnings = captureWarnings();
    class Anthropic {
      readonly messages = new Messages();
    }
    const sent: object[] = [];
    class Messages {
      create(body: object): object {
        sent.push(body);
        return body;
      }
    }
    const off = new PromptLab({ apiKey: LAB_KEY, enabled: false });
    off.track(new Anthropic());
    expect(warnings.lines).toEqual([]);
    for (let i = 0; i < 2; i++) {
      const client = h.lab.track(new Anthropic());
      const body = { model: 'm', max_tokens: 1, prompt_slug: 'p', tags: { a: 'b' }, trace_id: 't', promptlab: {} };
      expect(client.messages.create(body)).toEqual({ model: 'm', max_tokens: 1 });
    }
    expect(warnings.lines).toHaveLength(1);
    expect(warnings.lines[0]).toMatch(/Nothing of Anthropic can be recorded.*logRequest/);
    expect(sent).toHaveLength(2);
    await off.shutdown();
    warnings.restore();
  });

  test('a runtime whose process.getActiveResourcesInfo throws gets no warning', async () => {
    const { stdout, stderr } = await runScript(
      `process.getActiveResourcesInfo = () => { throw new Error('not implemented'); };
      (async () => {
        await promptlab.track(newClient()).chat.completions.create(HELLO);
        await new Promise((resolve) => setTimeout(resolve, 300));
        console.log(JSON.stringify(await promptlab.flush()));
      })();`,
      { baseUrl: h.receiver.url },
    );
    expect([stdout.trim(), stderr]).toEqual(['{"ok":true,"pending":0}', '']);
  });

  test('the package has no import() for a bundler to stumble over', () => {
    expect(readFileSync(join(BUILD, 'cjs', 'index.cjs'), 'utf8')).not.toMatch(/\bimport\s*\(|\brequire\s*\(/);
  });
});

/** What Cloudflare Workers do to uploads: they end with the request that began them, and their answers never come. */
describe('where I/O is bound to a request', () => {
  const userAgent = Object.getOwnPropertyDescriptor(globalThis, 'navigator');

  beforeEach(async () => {
    h = await createHarness(V6);
    Object.defineProperty(globalThis, 'navigator', { value: { userAgent: 'Cloudflare-Workers' }, configurable: true });
  });

  afterEach(() => {
    if (userAgent) Object.defineProperty(globalThis, 'navigator', userAgent);
    else Reflect.deleteProperty(globalThis, 'navigator');
  });

  const LOG = { model: 'm', provider: 'p', messages: HELLO.messages };
  const make = (options: PromptLabOptions) => new PromptLab({ apiKey: LAB_KEY, baseUrl: h.receiver.url, ...options });

  test('a flush does not wait for the upload of a request that has ended, and nothing is lost', async () => {
    let uploads = 0;
    const lab = make({
      request: {
        timeoutMs: 50,
        // Deaf to its time limit as well: the timer is gone with the request.
        fetch: (url, init) => (++uploads === 1 ? new Promise(() => {}) : fetch(url, { ...init, signal: null })),
      },
    });
    lab.api.logRequest(LOG);
    const ended = lab.flush({ timeoutMs: 20 });
    await until(() => uploads === 1);
    lab.api.logRequest(LOG);
    const started = performance.now();
    expect(await lab.flush()).toEqual({ ok: true, pending: 0 });
    expect(performance.now() - started).toBeLessThan(1_000);
    expect((await ended).pending).toBe(1);
    expect(h.receiver.logs).toHaveLength(1);
    await until(() => lab.stats().queued === 0 || (void lab.flush(), false), 5_000);
    expect(h.receiver.logs).toHaveLength(2);
    await lab.shutdown({ timeoutMs: 0 });
  });

  test('requests that overlap each send their own record, more than two at a time', async () => {
    const lab = make({});
    let open = 0;
    let most = 0;
    const slow = make({
      request: {
        fetch: async (url, init) => {
          most = Math.max(most, ++open);
          await new Promise((resolve) => setTimeout(resolve, 50));
          open--;
          return fetch(url, init);
        },
      },
    });
    const flushes = Array.from({ length: 8 }, async () => {
      slow.api.logRequest(LOG);
      return slow.flush();
    });
    expect(await Promise.all(flushes)).toEqual(Array.from({ length: 8 }, () => ({ ok: true, pending: 0 })));
    expect(most).toBe(8);
    expect(h.receiver.logs).toHaveLength(8);
    await Promise.all([lab.shutdown(), slow.shutdown()]);
  });

  test('a server that fails is tried again within the flush', async () => {
    const lab = make({});
    h.receiver.misbehave(refuse(503, { 'retry-after': '0' }));
    lab.api.logRequest(LOG);
    expect(await lab.flush()).toEqual({ ok: true, pending: 0 });
    expect(h.receiver.logs).toHaveLength(1);
    await lab.shutdown();
  });
});
