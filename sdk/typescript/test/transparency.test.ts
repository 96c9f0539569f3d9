/** A: the tracked client behaves as the raw one. A22 is in types.test.ts, A23 in contain.test.ts. */
import { PromptLab, track } from '../src/index';
import { sweep } from '../src/runtime/unconsumedStreams';
import { chatAnswer, sendJson, type Json, type Loose } from './fakeOpenAI';
import { captureWarnings, CLIENT_KEY, harnessOfEachTest, HELLO, LAB_KEY, until, type Harness } from './harness';
import { chatHelpers, MAJORS } from './majors';

describe.each(MAJORS)('$name', (major) => {
  const { openai, name } = major;
  const isV4 = name.endsWith('v4');
  let h: Harness;
  harnessOfEachTest(major, (made) => (h = made));

  test('A1 the client keeps its class and every member', () => {
    expect(h.client).toBeInstanceOf(openai.OpenAI);
    expect(Object.keys(h.client)).toEqual(Object.keys(h.raw));
    for (const key in h.raw) expect(key in h.client).toBe(true);
    expect(Object.keys(h.client.chat.completions)).toEqual(Object.keys(h.raw.chat.completions));
    const azure = new openai.AzureOpenAI({
      apiKey: 'k',
      endpoint: 'https://x.openai.azure.com',
      apiVersion: '2024-10-21',
    });
    expect(track(azure, h.lab)).toBe(azure);
    expect(azure).toBeInstanceOf(openai.AzureOpenAI);
  });

  test('A2 the very object that the library parsed is handed on, with its _request_id', async () => {
    let parsed: unknown;
    const { json } = Response.prototype;
    h.fake.on('/chat/completions', (_, res) => sendJson(res, chatAnswer()));
    const [mine, theirs] = [await h.client.chat.completions.create(HELLO), await h.raw.chat.completions.create(HELLO)];
    expect(mine).toEqual(theirs);
    expect(Object.keys(mine)).toEqual(Object.keys(theirs));
    expect(mine._request_id).toMatch(/^req_/);
    // Same object for two awaits of one promise: nothing is rebuilt.
    const promise = h.client.chat.completions.create(HELLO);
    parsed = await promise;
    expect(await promise).toBe(parsed);
    expect(Response.prototype.json).toBe(json);

    // openai 7 parses the text of the body, the others ask for its JSON.
    let known: unknown = chatAnswer();
    const fetch = async () => {
      const response = new Response(JSON.stringify(known), { headers: { 'content-type': 'application/json' } });
      return Object.defineProperty(response, 'json', { value: async () => known });
    };
    const { client } = h.make({}, { fetch });
    const spy = jest.spyOn(JSON, 'parse');
    try {
      const answer = await client.chat.completions.create(HELLO);
      if (name.endsWith('v7')) known = spy.mock.results.find(({ value }) => value?.id === 'chatcmpl-1')?.value;
      expect(answer).toBe(known);
    } finally {
      spy.mockRestore();
    }
  });

  test('A3 asResponse() gives an unread Response, and what is read of it is recorded', async () => {
    const response = await h.client.chat.completions.create(HELLO).asResponse();
    expect(response.bodyUsed).toBe(false);
    expect(await response.json()).toEqual(chatAnswer());
    const log = await h.log();
    expect(log).toMatchObject({
      status: 'success',
      input_tokens: 11,
      output_tokens: 5,
      response_content: 'Hello there',
    });
  });

  test('A3 a raw body that only the caller reads is recorded by status and time', async () => {
    const response = await h.client.chat.completions.create({ ...HELLO, stream: true }).asResponse();
    const body = (response as Loose).body;
    let text = '';
    for await (const part of body) text += Buffer.from(part).toString();
    expect(text).toContain('[DONE]');
    expect(await h.log()).toMatchObject({ status: 'success', metadata: { http_status: 200, raw_response: 'unseen' } });
  });

  test('A3 text() and a clone are recorded by what was read, other readings by status and time', async () => {
    const raw = () => h.client.chat.completions.create(HELLO).asResponse();
    expect(JSON.parse(await (await raw()).text())).toEqual(chatAnswer());
    const cloned = await raw();
    expect(await cloned.clone().json()).toEqual(chatAnswer());
    expect(await cloned.json()).toEqual(chatAnswer());
    expect((await (await raw()).arrayBuffer()).byteLength).toBe(JSON.stringify(chatAnswer()).length);
    const logs = await h.logs();
    expect(logs.map(({ metadata, response_content: text }) => [metadata.raw_response, text])).toEqual([
      ['text', 'Hello there'],
      ['json', 'Hello there'],
      ['unseen', undefined],
    ]);
  });

  test('A3 a body that was only looked at can still be read', async () => {
    const response = await h.client.chat.completions.create(HELLO).asResponse();
    expect(response.body).toBeTruthy();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await response.json()).toEqual(chatAnswer());
    expect(await h.log()).toMatchObject({ response_content: 'Hello there', metadata: { raw_response: 'json' } });
  });

  test('A3 a reading that fails or throws does so for the caller, and is recorded', async () => {
    h.fake.on('/chat/completions', (_, res) =>
      res.writeHead(200, { 'content-type': 'application/json' }).end('{"broken'),
    );
    await expect(
      h.client.chat.completions
        .create(HELLO)
        .asResponse()
        .then((r) => r.json()),
    ).rejects.toThrow();
    const known = new Error('the very one');
    const fetch = async () =>
      Object.assign(new Response('{}'), {
        json: () => {
          throw known;
        },
        text: () => 'plain',
      });
    const { client } = h.make({}, { fetch });
    const [throwing, plain] = [
      await client.chat.completions.create(HELLO).asResponse(),
      await client.chat.completions.create(HELLO).asResponse(),
    ];
    expect(() => throwing?.json()).toThrow(known);
    expect(plain?.text()).toBe('plain');
    expect((await h.logs()).map(({ status }) => status)).toEqual(['error', 'error', 'incomplete']);
  });

  test('A4 withResponse() gives data, response and request id, for JSON and for streams', async () => {
    const { data, response, request_id } = await h.client.chat.completions.create(HELLO).withResponse();
    expect(data.choices[0]?.message.content).toBe('Hello there');
    expect(response.status).toBe(200);
    expect(request_id).toBe('req_1');
    const streamed = await h.client.chat.completions.create({ ...HELLO, stream: true }).withResponse();
    let text = '';
    for await (const part of streamed.data) text += part.choices[0]?.delta.content ?? '';
    expect(text).toBe('Hello there');
    expect(streamed.response.headers.get('x-request-id')).toBe(streamed.request_id);
    expect(await h.logs()).toHaveLength(2);
  });

  test('A5 _thenUnwrap() works, so parse() does', async () => {
    const unwrapped = await (h.client.chat.completions.create(HELLO) as Loose)._thenUnwrap((data: Json) => ({
      text: data.choices[0].message.content,
    }));
    expect(unwrapped).toEqual({ text: 'Hello there' });
    h.fake.on('/chat/completions', (_, res) =>
      sendJson(res, chatAnswer({ role: 'assistant', content: '{"a":1}', refusal: null })),
    );
    const format = { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object' } } } as const;
    const parsed = await chatHelpers(major, h.client).parse({ ...HELLO, response_format: format, prompt_slug: 'p' });
    expect(parsed.choices[0].message.content).toBe('{"a":1}');
    const response = await h.client.responses.parse({ model: 'gpt-4o-mini', input: 'Hi' });
    expect(response.output_text).toBe('Hello there');
    expect(await h.logs()).toHaveLength(3);
  });

  test('A6 the request goes out at call time, even if nobody awaits it', async () => {
    void h.client.chat.completions.create(HELLO);
    await until(() => h.fake.requests.length === 1);
    await until(() => h.lab.stats().queued + h.lab.stats().sent === 0);
    await until(() => {
      sweep(performance.now() + 11 * 60_000);
      return h.lab.stats().queued + h.lab.stats().sent === 1;
    });
    expect(await h.log()).toMatchObject({ status: 'success', messages: HELLO.messages });
  });

  test('A7 stream(), runTools() and responses.stream() return runners synchronously', async () => {
    const runner = chatHelpers(major, h.client).stream({ ...HELLO });
    expect(typeof runner.on).toBe('function');
    const seen: string[] = [];
    runner.on('content', (diff: string) => seen.push(diff));
    expect(await runner.finalContent()).toBe('Hello there');
    expect(seen.join('')).toBe('Hello there');

    const iterated = chatHelpers(major, h.client).stream({ ...HELLO });
    let chunks = 0;
    for await (const part of iterated) chunks += part ? 1 : 0;
    expect(chunks).toBe(4);

    const responses = h.client.responses.stream({ model: 'gpt-4o-mini', input: 'Hi' });
    expect((await responses.finalResponse()).output).toMatchObject([{ content: [{ text: 'Hello there' }] }]);

    const listened = h.client.responses.stream({ model: 'gpt-4o-mini', input: 'Hi' });
    const deltas: string[] = [];
    listened.on('response.output_text.delta', ({ delta: text }) => void deltas.push(text));
    await listened.done();
    expect(deltas.join('')).toBe('Hello there');
    const types: string[] = [];
    for await (const event of h.client.responses.stream({ model: 'gpt-4o-mini', input: 'Hi' })) types.push(event.type);
    expect(types.at(-1)).toBe('response.completed');

    const tools = chatHelpers(major, h.client).runTools({ ...HELLO, tools: [] as Loose });
    expect(typeof tools.on).toBe('function');
    expect(await tools.finalContent()).toBe('Hello there');
    const streamed = chatHelpers(major, h.client).runTools({ ...HELLO, tools: [] as Loose, stream: true });
    expect(typeof streamed.on).toBe('function');
    expect(await streamed.finalContent()).toBe('Hello there');
    expect((await h.logs()).map(({ endpoint, stream, status }) => [endpoint, stream, status])).toEqual([
      ...Array(2).fill(['chat.completions', true, 'success']),
      ...Array(3).fill(['responses', true, 'success']),
      ['chat.completions', false, 'success'],
      ['chat.completions', true, 'success'],
    ]);
    expect(h.receiver.spans).toHaveLength(2);
  });

  if (isV4) {
    test('A7 runFunctions() of openai 4', async () => {
      const runner = chatHelpers(major, h.client).runFunctions({ ...HELLO, functions: [] as Loose });
      expect(await runner.finalContent()).toBe('Hello there');
      expect(await h.log()).toMatchObject({ endpoint: 'chat.completions', response_content: 'Hello there' });
      expect(h.receiver.spans).toMatchObject([{ name: 'runFunctions' }]);
    });
  }

  if (!isV4) {
    test('A17 withOptions() gives a tracked client of the same class', async () => {
      const clone = h.client.withOptions({ timeout: 5_000 });
      expect(clone).not.toBe(h.client);
      expect(clone).toBeInstanceOf(openai.OpenAI);
      expect(clone.timeout).toBe(5_000);
      await clone.chat.completions.create({ ...HELLO, prompt_slug: 'clone' } as Loose);
      await clone.withOptions({ maxRetries: 1 }).chat.completions.create(HELLO);
      expect((await h.logs()).map(({ prompt_slug }) => prompt_slug)).toEqual(['clone', undefined]);
      class Mine extends openai.OpenAI {}
      const mine = h.lab.track(new Mine({ apiKey: 'k', baseURL: h.fake.url }));
      expect(mine.withOptions({})).toBeInstanceOf(Mine);
    });
  }

  test('A18 members that use private state work', async () => {
    const internals = h.client as Loose;
    expect(internals.buildURL('/models', null)).toContain('/models');
    const built = await internals.buildRequest({ method: 'get', path: '/models' });
    expect(built.url).toContain('/models');
    if (typeof internals.buildHeaders === 'function') expect(typeof internals.apiKey).toBe('string');
  });

  test("A18 the library's WebSocket classes connect with a tracked client", () => {
    const folder = `openai-${name.slice(-2)}/${name.endsWith('v4') ? 'beta/realtime' : 'realtime'}`;
    const { OpenAIRealtimeWebSocket } = jest.requireActual(`./majors/node_modules/${folder}/websocket`);
    const opened: unknown[][] = [];
    const holder = globalThis as { WebSocket?: unknown };
    const { WebSocket } = holder;
    holder.WebSocket = class extends EventTarget {
      constructor(...args: unknown[]) {
        super();
        opened.push(args);
      }
    };
    for (const client of [h.raw, h.client]) void new OpenAIRealtimeWebSocket({ model: 'gpt-realtime' }, client);
    holder.WebSocket = WebSocket;
    const [raw, tracked] = opened;
    expect(tracked).toEqual(raw);
    expect(tracked?.[0]).toBe(`${h.fake.url.replace('http', 'wss')}/realtime?model=gpt-realtime`);
    expect(tracked?.[1]).toEqual(expect.arrayContaining(['realtime', `openai-insecure-api-key.${CLIENT_KEY}`]));
  });

  test('A19 management calls and client.post pass untouched and unlogged', async () => {
    const ids: string[] = [];
    for await (const model of h.client.models.list()) ids.push(model.id);
    expect(ids).toEqual(['a', 'b']);
    const file = await openai.toFile(Buffer.from('{}'), 'a.jsonl');
    expect((await h.client.files.create({ file, purpose: 'batch' })).id).toBe('file-1');
    expect(await h.client.post('/chat/completions', { body: HELLO })).toMatchObject({ id: 'chatcmpl-1' });
    expect(await h.logs()).toHaveLength(0);
  });

  test('A20 the methods are stable, can be spied on, and are not enumerable', async () => {
    const { completions } = h.client.chat;
    expect(completions.create).toBe(completions.create);
    expect(completions.create.name).toBe(h.raw.chat.completions.create.name);
    expect(completions.create.length).toBe(h.raw.chat.completions.create.length);
    expect(Object.keys(completions)).not.toContain('create');
    const spy = jest.spyOn(completions, 'create').mockResolvedValue({ mocked: true } as never);
    expect(await completions.create(HELLO)).toEqual({ mocked: true });
    spy.mockRestore();
    expect((await completions.create(HELLO)).id).toBe('chatcmpl-1');
    expect(() => (0, completions.create)(HELLO)).toThrow();
  });

  test('A20 a mock that was there before us is still a mock, and what it answers is recorded', async () => {
    const create = jest.fn().mockResolvedValue(chatAnswer());
    const mocked = h.lab.track({ chat: { completions: { create } } }) as Loose;
    expect(await mocked.chat.completions.create({ ...HELLO, prompt_slug: 'mocked' })).toEqual(chatAnswer());
    expect(mocked.chat.completions.create).toHaveBeenCalledWith(HELLO);
    mocked.chat.completions.create.mockResolvedValueOnce('other');
    expect(await mocked.chat.completions.create(HELLO)).toBe('other');
    expect((await h.logs())[0]).toMatchObject({ prompt_slug: 'mocked', response_content: 'Hello there' });
  });

  test('A21 tracking twice logs once, also by another copy of the package', async () => {
    const twice = h.lab.track(h.lab.track(h.client));
    await twice.chat.completions.create(HELLO);
    let other: typeof PromptLab | undefined;
    jest.isolateModules(() => {
      other = jest.requireActual<{ PromptLab: typeof PromptLab }>('../src/index').PromptLab;
    });
    expect(other).not.toBe(PromptLab);
    new (other as typeof PromptLab)({ apiKey: LAB_KEY, baseUrl: h.receiver.url }).track(h.client);
    await h.client.chat.completions.create(HELLO);
    expect(await h.logs()).toHaveLength(2);
  });
});

test('A21 a client that is no object is left alone with one warning', () => {
  const warnings = captureWarnings();
  expect(track(undefined as never, { apiKey: LAB_KEY })).toBeUndefined();
  expect(track('x' as never, { apiKey: LAB_KEY })).toBe('x');
  expect(warnings.lines).toHaveLength(1);
  warnings.restore();
});
