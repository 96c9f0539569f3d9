/** A8 to A11, A15, A16: the caller holds the stream of the library, reads as much of it as he likes, and sees its chunks alone. */
import { inspect } from 'node:util';
import type OpenAI from 'openai';
import { chunk, delta, responseEvents, sendEvents, textChunks, USAGE, type Json, type Loose } from './fakeOpenAI';
import { createHarness, harnessOfEachTest, HELLO, readAll, until, type Harness } from './harness';
import { MAJORS, V6 } from './majors';

describe.each(MAJORS)('$name', (major) => {
  const { openai, name } = major;
  let h: Harness;
  harnessOfEachTest(major, (made) => (h = made));

  test("A8 the stream is the library's own: controller, tee() and toReadableStream()", async () => {
    const stream = await h.client.chat.completions.create({ ...HELLO, stream: true });
    const rawStream = await h.raw.chat.completions.create({ ...HELLO, stream: true });
    expect(stream.constructor).toBe(rawStream.constructor);
    expect(Object.keys(stream)).toEqual(Object.keys(rawStream));
    expect(inspect(stream)).toBe(inspect(rawStream));
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

  test('A16 a raw body that the caller reads is the one without us', async () => {
    const { client } = h.make({ streamUsage: 'always' });
    const rawText = async (of: Loose) =>
      (await of.chat.completions.create({ ...HELLO, stream: true }).asResponse()).text();
    expect(await rawText(client)).toBe(await rawText(h.raw));
    expect(h.fake.requests[0]?.text).toBe(h.fake.requests[1]?.text);
    const { data, response } = await client.chat.completions.create({ ...HELLO, stream: true }).withResponse();
    expect(await readAll(data)).toHaveLength(4);
    expect(response.status).toBe(200);
    expect((await h.logs()).map(({ input_tokens }) => input_tokens)).toEqual([undefined, 11]);
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

function* endless(): Generator<Json> {
  for (let i = 0; i < 10_000; i++) yield delta({ content: `word${i} ` });
}
