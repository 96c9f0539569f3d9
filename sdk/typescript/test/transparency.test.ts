/** A: the tracked client behaves as the raw one. A22 is in types.test.ts, A23 in contain.test.ts. */
import type OpenAI from 'openai';
import { PromptLab, track } from '../src/index';
import { sweep } from '../src/runtime/unconsumedStreams';
import {
  chatAnswer,
  chunk,
  delta,
  responseEvents,
  sendEvents,
  sendJson,
  textChunks,
  USAGE,
  type Json,
  type Loose,
} from './fakeOpenAI';
import {
  captureWarnings,
  CLIENT_KEY,
  createHarness,
  expectValid,
  HELLO,
  LAB_KEY,
  until,
  type Harness,
} from './harness';
import { MAJORS, V6 } from './majors';

describe.each(MAJORS)('$name', ({ name, openai }) => {
  const isV4 = name.endsWith('v4');
  let h: Harness;
  /** The chat helpers live under `beta` in openai 4. */
  const helpers = (client: OpenAI) => (isV4 ? (client as Loose).beta.chat.completions : client.chat.completions);

  beforeEach(async () => {
    h = await createHarness({ name, openai });
  });
  afterEach(async () => {
    await h.close();
    expectValid(h);
  });

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
    const parsed = await helpers(h.client).parse({ ...HELLO, response_format: format, prompt_slug: 'p' });
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
    const runner = helpers(h.client).stream({ ...HELLO });
    expect(typeof runner.on).toBe('function');
    const seen: string[] = [];
    runner.on('content', (diff: string) => seen.push(diff));
    expect(await runner.finalContent()).toBe('Hello there');
    expect(seen.join('')).toBe('Hello there');

    const iterated = helpers(h.client).stream({ ...HELLO });
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

    const tools = helpers(h.client).runTools({ ...HELLO, tools: [] as Loose });
    expect(typeof tools.on).toBe('function');
    expect(await tools.finalContent()).toBe('Hello there');
    const streamed = helpers(h.client).runTools({ ...HELLO, tools: [] as Loose, stream: true });
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
      const runner = helpers(h.client).runFunctions({ ...HELLO, functions: [] as Loose });
      expect(await runner.finalContent()).toBe('Hello there');
      expect(await h.log()).toMatchObject({ endpoint: 'chat.completions', response_content: 'Hello there' });
      expect(h.receiver.spans).toMatchObject([{ name: 'runFunctions' }]);
    });
  }

  test("A8 the stream is the library's own: controller, tee() and toReadableStream()", async () => {
    const stream = await h.client.chat.completions.create({ ...HELLO, stream: true });
    const rawStream = await h.raw.chat.completions.create({ ...HELLO, stream: true });
    expect(stream.constructor).toBe(rawStream.constructor);
    expect(Object.keys(stream)).toEqual(Object.keys(rawStream));
    expect(stream.controller).toBeInstanceOf(AbortController);
    const [left, right] = stream.tee();
    const read = async (from: AsyncIterable<Loose>) => {
      let text = '';
      for await (const part of from) text += part.choices[0]?.delta.content ?? '';
      return text;
    };
    expect(await read(left)).toBe('Hello there');
    expect(await read(right)).toBe('Hello there');

    const readable = (await h.client.chat.completions.create({ ...HELLO, stream: true })).toReadableStream();
    let lines = '';
    for await (const part of readable as Loose) lines += new TextDecoder().decode(part);
    expect(lines.trim().split('\n')).toHaveLength(4);
    expect(await h.logs()).toHaveLength(2);
    rawStream.controller.abort();
  });

  test('A8 its iterator looks and works as the one of the library', async () => {
    const look = async (client: OpenAI) => {
      const stream = await client.chat.completions.create({ ...HELLO, stream: true });
      const iterator: Loose = stream[Symbol.asyncIterator]();
      const first = await iterator.next();
      const known = new Error('thrown into it');
      return {
        tag: Object.prototype.toString.call(iterator),
        keys: Reflect.ownKeys(iterator),
        isIterable: iterator[Symbol.asyncIterator]() === iterator,
        constructor: iterator.constructor === (async function* () {}.constructor as Loose).prototype,
        first: first.value.choices[0].delta,
        thrown: await iterator.throw(known).catch((thrown: unknown) => thrown === known),
        after: await iterator.next(),
        returned: await iterator.return('value'),
        aborted: stream.controller.signal.aborted,
      };
    };
    const looked = await look(h.client);
    expect(looked).toEqual(await look(h.raw));
    expect(looked).toMatchObject({ thrown: true, keys: [], isIterable: true, constructor: true });
    // openai 7 puts a generator of its own around the stream, which only closes what is inside it.
    expect(await h.log()).toMatchObject(
      name.endsWith('v7') ? { status: 'aborted' } : { status: 'error', error: { message: 'thrown into it' } },
    );
  });

  test('A9 an early break closes the connection', async () => {
    h.fake.on('/chat/completions', (seen, res) => sendEvents(seen, res, endless()));
    const stream = await h.client.chat.completions.create({ ...HELLO, stream: true });
    let count = 0;
    for await (const part of stream) if (part && ++count === 3) break;
    await until(() => h.fake.requests[0]?.isCutOff === true, 500);
  });

  test('A10 controller.abort() and options.signal abort upstream', async () => {
    h.fake.on('/chat/completions', (seen, res) => sendEvents(seen, res, endless()));
    const stream = await h.client.chat.completions.create({ ...HELLO, stream: true });
    let count = 0;
    for await (const part of stream) if (part && ++count === 2) stream.controller.abort();
    await until(() => h.fake.requests[0]?.isCutOff === true, 500);

    h.fake.on('/chat/completions', () => new Promise(() => {}));
    const abort = new AbortController();
    const call = h.client.chat.completions.create(HELLO, { signal: abort.signal });
    const failure = call.catch((error: unknown) => error);
    await until(() => h.fake.requests.length === 2);
    abort.abort();
    expect(await failure).toBeInstanceOf(openai.APIUserAbortError);
    await until(() => h.fake.requests[1]?.isCutOff === true, 500);

    h.fake.on('/chat/completions', (seen, res) => sendEvents(seen, res, endless()));
    const midway = new AbortController();
    const signalled = await h.client.chat.completions.create({ ...HELLO, stream: true }, { signal: midway.signal });
    try {
      count = 0;
      for await (const part of signalled) if (part && ++count === 2) midway.abort();
    } catch {
      // Some majors end quietly, some throw.
    }
    await until(() => h.fake.requests[2]?.isCutOff === true, 500);
    expect((await h.logs()).map(({ status }) => status)).toEqual(['aborted', 'aborted', 'aborted']);
  });

  test('A11 reading one chunk and pausing reads no further', async () => {
    // 40 MB in all; what the sockets and the library buffer is far less.
    const big = 'x'.repeat(64 * 1024);
    h.fake.on('/chat/completions', (seen, res) =>
      sendEvents(
        seen,
        res,
        Array.from({ length: 640 }, () => delta({ content: big })),
      ),
    );
    const piecesFor = async (client: OpenAI): Promise<number> => {
      const stream = await client.chat.completions.create({ ...HELLO, stream: true });
      const iterator = stream[Symbol.asyncIterator]();
      await iterator.next();
      const seen = h.fake.requests.at(-1);
      let pieces: number | undefined;
      while (pieces !== seen?.sentPieces) {
        pieces = seen?.sentPieces;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      await iterator.return?.();
      await until(() => seen?.isCutOff === true, 500);
      return pieces ?? 0;
    };
    // What the kernel buffers varies on a busy machine; who reads on does so each time.
    let difference = Infinity;
    for (let i = 0; i < 4 && difference > 20; i++) {
      const theirs = await piecesFor(h.raw);
      expect(theirs).toBeLessThan(600);
      difference = Math.abs((await piecesFor(h.client)) - theirs);
    }
    expect(difference).toBeLessThanOrEqual(20);
  }, 20_000);

  test('A12 the second argument reaches the library', async () => {
    h.fake.on('/chat/completions', (_, res) =>
      h.fake.requests.length < 3 ? sendJson(res, { error: { message: 'busy' } }, 500) : sendJson(res, chatAnswer()),
    );
    await h.client.chat.completions.create(HELLO, {
      headers: { 'x-mine': 'yes' },
      maxRetries: 2,
      idempotencyKey: 'once',
    });
    expect(h.fake.requests).toHaveLength(3);
    for (const { headers } of h.fake.requests) expect(headers['x-mine']).toBe('yes');
    expect(h.fake.requests.map(({ headers }) => headers['x-stainless-retry-count'])).toEqual(['0', '1', '2']);
    // The library sends no idempotency key unless the client names a header for it.
    for (const client of [h.client, h.raw] as Loose[]) {
      client.idempotencyHeader = 'idempotency-key';
      await client.chat.completions.create(HELLO, { idempotencyKey: 'once' });
      expect(h.fake.requests.at(-1)?.headers['idempotency-key']).toBe('once');
    }
    h.fake.on('/chat/completions', () => new Promise(() => {}));
    const [mine, theirs] = await Promise.all(
      [h.client, h.raw].map((client) =>
        client.chat.completions.create(HELLO, { timeout: 20 }).catch((error: Error) => error),
      ),
    );
    expect(mine).toBeInstanceOf(openai.APIConnectionError);
    expect(mine?.constructor).toBe(theirs?.constructor);
  });

  test('A13 the parameters are not changed, and frozen ones work', async () => {
    const params = { ...HELLO, tags: { env: 'test' }, prompt_slug: 'p', trace_id: 't', promptlab: { name: 'n' } };
    const before = JSON.stringify(params);
    await h.client.chat.completions.create(params);
    expect(JSON.stringify(params)).toBe(before);
    const frozen = Object.freeze({ ...params, messages: Object.freeze([Object.freeze({ ...HELLO.messages[0] })]) });
    await h.client.chat.completions.create(frozen as Loose);
    await h.client.embeddings.create(Object.freeze({ model: 'm', input: 'x', tags: { a: 'b' } }));
    const { client } = h.make({ streamUsage: 'always' });
    const streamed = Object.freeze({ ...HELLO, stream: true as const });
    for await (const part of await client.chat.completions.create(streamed)) void part;
    expect(h.fake.requests.at(-1)?.body.stream_options).toEqual({ include_usage: true });
    expect(Object.keys(streamed)).toEqual([...Object.keys(HELLO), 'stream']);
    expect(await h.logs()).toHaveLength(4);
  });

  test('A14 the extras never reach the wire, and are the only difference', async () => {
    const extras = {
      prompt_slug: 'p',
      promptSlug: 'p',
      prompt_version: 1,
      promptVersion: 1,
      trace_id: 't',
      traceId: 't',
      tags: { env: 'x' },
      promptlab: { name: 'n', metadata: { a: 1 } },
    };
    const image = { model: 'gpt-image-1', prompt: 'a cat' };
    const calls: ((client: Loose, more: object) => Promise<unknown>)[] = [
      (c, more) => c.chat.completions.create({ ...HELLO, temperature: 0.5, metadata: { k: 'v' }, user: 'u', ...more }),
      async (c, more) => {
        for await (const part of await c.chat.completions.create({ ...HELLO, stream: true, ...more })) void part;
      },
      (c, more) => helpers(c).parse({ ...HELLO, ...more }),
      (c, more) =>
        helpers(c)
          .stream({ ...HELLO, ...more })
          .finalContent(),
      (c, more) =>
        helpers(c)
          .runTools({ ...HELLO, tools: [], ...more })
          .finalContent(),
      (c, more) => c.responses.create({ model: 'gpt-4o-mini', input: 'Hi', ...more }),
      (c, more) => c.responses.parse({ model: 'gpt-4o-mini', input: 'Hi', ...more }),
      (c, more) => c.responses.stream({ model: 'gpt-4o-mini', input: 'Hi', ...more }).finalResponse(),
      (c, more) => c.embeddings.create({ model: 'e', input: ['a', 'b'], ...more }),
      (c, more) => c.completions.create({ model: 'i', prompt: 'Once', ...more }),
      (c, more) => c.moderations.create({ input: 'bad', ...more }),
      (c, more) => c.images.generate({ ...image, ...more }),
    ];
    for (const call of calls) {
      await call(h.raw, {});
      await call(h.client, extras);
      const [rawRequest, trackedRequest] = h.fake.requests.slice(-2);
      expect(trackedRequest?.text).toBe(rawRequest?.text);
    }
    const logs = await h.logs();
    expect(logs).toHaveLength(calls.length);
    for (const log of logs)
      expect(log).toMatchObject({ prompt_slug: 'p', trace_id: 't', tags: { env: 'x' }, name: 'n' });
  });

  test('A14 multipart calls are stripped too', async () => {
    const file = await openai.toFile(Buffer.from('sound'), 'a.mp3', { type: 'audio/mpeg' });
    await (h.client.audio.transcriptions as Loose).create({
      file,
      model: 'whisper-1',
      prompt_slug: 'p',
      tags: { a: 'b' },
    });
    expect(h.fake.requests[0]?.text).toContain('whisper-1');
    expect(h.fake.requests[0]?.text).not.toContain('prompt_slug');
    expect(h.fake.requests[0]?.text).not.toContain('tags');
    expect(await h.log()).toMatchObject({ prompt_slug: 'p', endpoint: 'audio.transcriptions' });
  });

  test('A15 chunks are never changed, before or after', async () => {
    const sent = [...textChunks(['a', 'b']), chunk([], { usage: USAGE })];
    h.fake.on('/chat/completions', (seen, res) => sendEvents(seen, res, sent));
    const kept: [piece: unknown, received: unknown][] = [];
    const keepAll = async (stream: AsyncIterable<unknown>) => {
      for await (const piece of stream) kept.push([piece, structuredClone(piece)]);
    };
    await keepAll(await h.client.chat.completions.create({ ...HELLO, stream: true }));
    expect(kept.map(([, received]) => received)).toEqual(sent);
    await keepAll(await h.client.responses.create({ model: 'm', input: 'x', stream: true }));
    expect(kept.slice(sent.length).map(([, received]) => received)).toEqual(responseEvents());
    await h.logs();
    for (const [piece, received] of kept) expect(piece).toEqual(received);
  });

  test('A16 the caller sees no chunk that he did not ask for', async () => {
    const { client } = h.make({ streamUsage: 'always' });
    const stream = await client.chat.completions.create({ ...HELLO, stream: true });
    const chunks: Loose[] = [];
    for await (const part of stream) chunks.push(part);
    expect(h.fake.requests[0]?.body.stream_options).toEqual({ include_usage: true });
    expect(chunks).toHaveLength(4);
    expect(chunks.every((part) => part.choices.length > 0)).toBe(true);
    // One who asks for it gets it.
    const asked: Loose[] = [];
    for await (const part of await client.chat.completions.create({
      ...HELLO,
      stream: true,
      stream_options: { include_usage: true },
    }))
      asked.push(part);
    expect(asked.at(-1)?.usage).toEqual(USAGE);
    const refused: Loose[] = [];
    for await (const part of await client.chat.completions.create({
      ...HELLO,
      stream: true,
      stream_options: { include_usage: false },
    }))
      refused.push(part);
    expect(h.fake.requests[2]?.body.stream_options).toEqual({ include_usage: false });
    const logs = await h.logs();
    expect(logs.map(({ input_tokens }) => input_tokens)).toEqual([11, 11, undefined]);
  });

  test('A16 `auto` asks hosts of OpenAI and Azure only', async () => {
    const bodies: Json[] = [];
    const fetch = async (_: unknown, init: { body?: unknown }) => {
      bodies.push(JSON.parse(String(init.body)));
      const text = textChunks(['x'], { usage: USAGE })
        .map((part) => `data: ${JSON.stringify(part)}\n\n`)
        .join('');
      return new Response(`${text}data: [DONE]\n\n`, { headers: { 'content-type': 'text/event-stream' } });
    };
    class Asked {
      readonly hidden = HELLO;
      readonly stream = true;
      toJSON() {
        return { ...this.hidden, stream: true };
      }
    }
    const own = h.lab.track(new openai.OpenAI({ apiKey: 'k', fetch: fetch as Loose }));
    for await (const part of (await own.chat.completions.create(new Asked() as Loose)) as Loose) void part;
    expect(bodies.pop()).toEqual({ ...HELLO, stream: true });
    const urls = [
      'https://api.openai.com/v1',
      'https://eu.api.openai.com/v1',
      'https://openrouter.ai/api/v1',
      'http://localhost:1234/v1',
    ];
    for (const baseURL of urls) {
      const client = h.lab.track(new openai.OpenAI({ apiKey: 'k', baseURL, fetch: fetch as Loose }));
      for await (const part of await client.chat.completions.create({ ...HELLO, stream: true })) void part;
    }
    const azure = h.lab.track(
      new openai.AzureOpenAI({
        apiKey: 'k',
        endpoint: 'https://x.openai.azure.com',
        apiVersion: 'v',
        fetch: fetch as Loose,
      }),
    );
    for await (const part of await azure.chat.completions.create({ ...HELLO, stream: true })) void part;
    expect(bodies.map(({ stream_options }) => stream_options?.include_usage)).toEqual([
      true,
      true,
      undefined,
      undefined,
      true,
    ]);
    expect((await h.logs()).map(({ provider }) => provider)).toEqual([
      'openai',
      'openai',
      'openai',
      'openrouter',
      'localhost:1234',
      'azure',
    ]);
  });

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

  test('A14, D3 the rarer methods are recorded too, and get no extras', async () => {
    const image = await openai.toFile(Buffer.from('pixels'), 'a.png', { type: 'image/png' });
    const { beta, images, responses } = h.client as Loose;
    const extras = { prompt_slug: 'p' };
    const calls: [endpoint: string, call: () => Promise<unknown>][] = [
      ['images.createVariation', () => images.createVariation({ image, model: 'dall-e-2', ...extras })],
    ];
    for (const owner of [responses, beta.responses]) {
      if (owner !== responses && owner)
        calls.push(['responses', () => owner.create({ model: 'm', input: 'Hi', ...extras })]);
      if (owner?.compact)
        calls.push(['responses.compact', () => owner.compact({ model: 'm', input: 'Hi', ...extras })]);
    }
    expect(calls).toHaveLength(/v[67]$/.test(name) ? 4 : 1);
    for (const [, call] of calls) await call();
    const logs = await h.logs();
    expect(logs.map(({ endpoint, status, prompt_slug }) => [endpoint, status, prompt_slug])).toEqual(
      calls.map(([endpoint]) => [endpoint, 'success', 'p']),
    );
    for (const { text } of h.fake.requests) expect(text).not.toContain('prompt_slug');
    for (const log of logs.filter(({ endpoint }) => endpoint !== 'images.createVariation'))
      expect(log).toMatchObject({ input_tokens: 11, messages: 'Hi' });
  });

  test('A14, D3 Azure, with its deployments in the path', async () => {
    const azure: Loose = h.lab.track(
      new openai.AzureOpenAI({
        apiKey: 'azure-key-0123456789',
        endpoint: new URL(h.fake.url).origin,
        apiVersion: '2024-10-21',
        maxRetries: 1,
      }),
    );
    h.fake.on('/chat/completions', (seen, res) =>
      h.fake.requests.length === 1
        ? sendJson(res, { error: { message: 'busy' } }, 500, { 'retry-after-ms': '1' })
        : seen.body.stream
          ? sendEvents(seen, res, textChunks(['Hello', ' there']))
          : sendJson(res, chatAnswer()),
    );
    await azure.chat.completions.create({ ...HELLO, prompt_slug: 'p' });
    for await (const part of await azure.chat.completions.create({ ...HELLO, stream: true })) void part;
    await helpers(azure).parse({ ...HELLO });
    await azure.responses.create({ model: 'gpt-4o-mini', input: 'Hi' });
    await azure.embeddings.create({ model: 'e', input: 'x' });
    await azure.images.generate({ model: 'gpt-image-1', prompt: 'a cat' });
    const logs = await h.logs();
    expect(logs.map(({ endpoint, provider, status }) => `${provider} ${endpoint} ${status}`)).toEqual([
      'azure chat.completions success',
      'azure chat.completions success',
      'azure chat.completions success',
      'azure responses success',
      'azure embeddings success',
      'azure images.generate success',
    ]);
    expect(logs[0]).toMatchObject({ prompt_slug: 'p', model: 'gpt-4o-mini', metadata: { attempts: 2 } });
    for (const { headers, text } of h.fake.requests) {
      expect(headers['api-key']).toBe('azure-key-0123456789');
      expect(text).not.toContain('prompt_slug');
    }
    expect(JSON.stringify(logs)).not.toContain('azure-key');
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

test('A8 a stream of another make, whose iterator answers without promises, works and is recorded', async () => {
  const h = await createHarness(V6);
  const known = new Error('the very one');
  const streamOf = (pieces: unknown[], failure?: Error) => ({
    [Symbol.asyncIterator]: () => ({
      next() {
        if (pieces.length === 0 && failure) throw failure;
        return pieces.length > 0 ? { done: false, value: pieces.shift() } : { done: true, value: undefined };
      },
    }),
  });
  const answers = [streamOf(textChunks(['Hello', ' there'])), streamOf(textChunks(['Hello']).slice(0, 2), known)];
  const client = h.lab.track({
    chat: { completions: { create: async (params: unknown) => (params ? answers.shift() : undefined) as Loose } },
  });
  const read = async () => {
    let text = '';
    for await (const part of await client.chat.completions.create({ ...HELLO, stream: true }))
      text += part.choices[0].delta.content ?? '';
    return text;
  };
  expect(await read()).toBe('Hello there');
  await expect(read()).rejects.toBe(known);
  expect((await h.logs()).map(({ status, response_content: text }) => [status, text])).toEqual([
    ['success', 'Hello there'],
    ['error', 'Hello'],
  ]);
  await h.close();
});

test('A21 a client that is no object is left alone with one warning', () => {
  const warnings = captureWarnings();
  expect(track(undefined as never, { apiKey: LAB_KEY })).toBeUndefined();
  expect(track('x' as never, { apiKey: LAB_KEY })).toBe('x');
  expect(warnings.lines).toHaveLength(1);
  warnings.restore();
});

function* endless(): Generator<Json> {
  for (let i = 0; i < 10_000; i++) yield delta({ content: `word${i} ` });
}
