/** C: streams are recorded once, as the call would have been recorded without streaming, and only as far as they were read. */
import { settleUnconsumed, sweep } from '../src/runtime/unconsumedStreams';
import { ChatStreamAccumulator } from '../src/providers/openai/streams/chatStream';
import { MediaStreamAccumulator } from '../src/providers/openai/streams/mediaStream';
import type { StreamAccumulator } from '../src/record/streamAccumulator';
import { ResponsesStreamAccumulator } from '../src/providers/openai/streams/responsesStream';
import {
  chatAnswer,
  chunk,
  delta,
  imageEvents,
  responseAnswer,
  responseEvents,
  sendEvents,
  sendJson,
  textChunks,
  TRANSCRIPT,
  USAGE,
  type Json,
  type Loose,
} from './fakeOpenAI';
import { createHarness, expectValid, HELLO, until, type Harness } from './harness';
import { MAJORS, V6 } from './majors';
import { runScript } from './runScript';

const STREAM = { ...HELLO, stream: true as const };
/** What a streamed record may have of its own. */
const OF_THE_CALL = [
  'id',
  'started_at',
  'latency_ms',
  'ttft_ms',
  'stream',
  'provider_request_id',
  'parameters',
  'messages',
];
const LONG = 11 * 60_000;

/** A record without what differs from call to call. */
function compared({ metadata, ...log }: Record<string, Loose> = {}): unknown {
  const { time_to_first_chunk_ms: _, ...rest } = metadata;
  return { ...Object.fromEntries(Object.entries(log).filter(([key]) => !OF_THE_CALL.includes(key))), metadata: rest };
}

async function readAll(stream: AsyncIterable<unknown>): Promise<Loose[]> {
  const pieces: unknown[] = [];
  for await (const piece of stream) pieces.push(piece);
  return pieces;
}

describe.each(MAJORS)('$name', (major) => {
  const { name, openai } = major;
  const isV4 = name.endsWith('v4');
  let h: Harness;
  beforeEach(async () => {
    h = await createHarness(major);
  });
  afterEach(async () => {
    await h.close();
    expectValid(h);
  });

  const answerWith = (chunks: Iterable<Json>, options?: object) =>
    h.fake.on('/chat/completions', (seen, res) => sendEvents(seen, res, chunks, options));

  test('C1 full consumption is recorded once, as the call without streaming would be', async () => {
    await readAll(await h.client.chat.completions.create({ ...STREAM, stream_options: { include_usage: true } }));
    await h.client.chat.completions.create(HELLO);
    const [streamed, plain] = await h.logs();
    expect(compared(streamed)).toEqual(compared(plain));
    expect(streamed?.stream).toBe(true);
    expect(plain?.stream).toBe(false);
    expect(streamed?.ttft_ms).toBeGreaterThan(0);
    expect(streamed?.ttft_ms).toBeLessThanOrEqual(streamed?.latency_ms);
  });

  test('C1 the same for responses', async () => {
    await readAll(await h.client.responses.create({ model: 'm', input: 'Hi', stream: true }));
    await h.client.responses.create({ model: 'm', input: 'Hi' });
    const [streamed, plain] = await h.logs();
    expect(streamed).toMatchObject({
      status: 'success',
      response_content: 'Hello there',
      response: { output_text: 'Hello there' },
      input_tokens: 11,
      output_tokens: 5,
    });
    expect(compared(streamed)).toEqual(compared(plain));
  });

  test('C1 the same for tool calls', async () => {
    const calls = ['f', 'g'].map((name, index) => ({
      id: `call_${index}`,
      type: 'function',
      function: { name, arguments: name === 'f' ? '{"x":1}' : '' },
    }));
    const message = { role: 'assistant', content: null, refusal: null, tool_calls: calls };
    h.fake.on('/chat/completions', (seen, res) => {
      if (!seen.body.stream) return sendJson(res, chatAnswer(message, 'tool_calls'));
      const begun = calls.map((call, index) => ({ ...call, index, function: { ...call.function, arguments: '' } }));
      const chunks = [
        delta({ role: 'assistant', content: null }),
        delta({ tool_calls: begun }),
        delta({ tool_calls: [{ index: 0, function: { arguments: '{"x"' } }] }),
        delta({ tool_calls: [{ index: 0, function: { arguments: ':1}' } }] }),
        delta({}, 'tool_calls'),
        chunk([], { usage: USAGE }),
      ];
      return sendEvents(seen, res, chunks);
    });
    await readAll(await h.client.chat.completions.create({ ...STREAM, stream_options: { include_usage: true } }));
    await h.client.chat.completions.create(HELLO);
    const [streamed, plain] = await h.logs();
    expect(plain?.response.choices[0].message.tool_calls).toEqual(calls);
    expect(compared(streamed)).toEqual(compared(plain));
  });

  test('C1 the same for transcriptions', async () => {
    const file = await openai.toFile(Buffer.from('sound'), 'a.mp3', { type: 'audio/mpeg' });
    const params = { file, model: 'gpt-4o-transcribe' };
    await readAll(await h.client.audio.transcriptions.create({ ...params, stream: true }));
    await h.client.audio.transcriptions.create(params);
    const [streamed, plain] = await h.logs();
    expect(streamed).toMatchObject({ response_content: 'Spoken words', input_tokens: 9, response: TRANSCRIPT });
    expect(streamed?.ttft_ms).toBeGreaterThan(0);
    expect(compared(streamed)).toEqual(compared(plain));

    for await (const event of await h.client.audio.transcriptions.create({ ...params, stream: true })) {
      if ((event as Json).type.endsWith('.delta')) break;
    }
    expect((await h.logs()).at(-1)).toMatchObject({ status: 'aborted', response: { text: 'Spoken' } });
  });

  // openai 4 cannot stream pictures.
  if (!isV4) {
    test.each(['generate', 'edit'] as const)('C1 the same for images.%s', async (method) => {
      const image = await openai.toFile(Buffer.from('pixels'), 'a.png', { type: 'image/png' });
      const params = { model: 'gpt-image-1', prompt: 'a cat', ...(method === 'edit' ? { image } : {}) };
      const images = h.client.images as Loose;
      await readAll(await images[method]({ ...params, stream: true }));
      await images[method](params);
      const [streamed, plain] = await h.logs();
      expect(streamed).toMatchObject({ status: 'success', output_tokens: 4, response: { created: 1_700_000_000 } });
      expect(streamed?.response.data[0].b64_json).toMatch(/^\[base64 data, 3000 bytes/);
      expect(compared(streamed)).toEqual(compared(plain));

      for await (const event of await images[method]({ ...params, stream: true })) if (event) break;
      expect((await h.logs()).at(-1)).toMatchObject({ status: 'aborted', response: { data: [], size: '1024x1024' } });
    });
  }

  test('C1 every picture of a stream is kept', () => {
    const accumulator = new MediaStreamAccumulator(true, 1_000_000);
    for (const event of [...imageEvents('image_generation'), ...imageEvents('image_generation')])
      accumulator.add(event);
    expect(accumulator.result().data).toHaveLength(2);
  });

  test('C2 an early break is recorded once, aborted, with the text so far and no more', async () => {
    answerWith(Array.from({ length: 200 }, (_, i) => delta({ content: `w${i} ` })));
    let count = 0;
    for await (const part of await h.client.chat.completions.create(STREAM)) if (part && ++count === 3) break;
    const log = await h.log();
    expect(log).toMatchObject({ status: 'aborted', response_content: 'w0 w1 w2 ' });
    expect(log.finish_reason).toBeUndefined();
    expect(log.input_tokens).toBeUndefined();
  });

  test('C2 a break after the last word is a success', async () => {
    answerWith(textChunks(['done']));
    for await (const part of await h.client.chat.completions.create(STREAM)) if (part.choices[0]?.finish_reason) break;
    expect(await h.log()).toMatchObject({ status: 'success', response_content: 'done' });
  });

  test('C3 controller.abort() and a signal are recorded once, as aborted', async () => {
    const endless = () => answerWith(Array.from({ length: 5_000 }, () => delta({ content: 'x' })));
    endless();
    const stream = await h.client.chat.completions.create(STREAM);
    let count = 0;
    for await (const part of stream) if (part && ++count === 3) stream.controller.abort();
    const abort = new AbortController();
    const signalled = await h.client.chat.completions.create(STREAM, { signal: abort.signal });
    count = 0;
    try {
      for await (const part of signalled) if (part && ++count === 3) abort.abort();
    } catch {
      // Some majors end quietly, some throw.
    }
    expect((await h.logs()).map(({ status }) => status)).toEqual(['aborted', 'aborted']);
  });

  test('C4 tee() and toReadableStream() are recorded once', async () => {
    const [left, right] = (await h.client.chat.completions.create(STREAM)).tee();
    await Promise.all([readAll(left), readAll(right)]);
    const readable = (await h.client.chat.completions.create(STREAM)).toReadableStream() as Loose;
    await readAll(readable);
    const logs = await h.logs();
    expect(logs.map(({ status, response_content }) => [status, response_content])).toEqual([
      ['success', 'Hello there'],
      ['success', 'Hello there'],
    ]);
  });

  test('C4 a second consumption throws as without us, and does not end the record of the first', async () => {
    const stream = await h.client.chat.completions.create(STREAM);
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    await expect(readAll(stream)).rejects.toThrow(/consumed/);
    while (!(await iterator.next()).done);
    expect(await h.log()).toMatchObject({ status: 'success', response_content: 'Hello there' });
  });

  test('C5 parallel tool calls, several choices, refusals, logprobs and unknown texts are kept', async () => {
    const call = (index: number, rest: Json) => ({ tool_calls: [{ index, ...rest }] });
    answerWith([
      delta({ role: 'assistant', content: null }),
      delta(call(0, { id: 'a', type: 'function', function: { name: 'f', arguments: '' } })),
      delta(call(1, { id: 'b', type: 'function', function: { name: 'g', arguments: '' } })),
      delta(call(1, { function: { arguments: '{"y":' } })),
      delta(call(0, { function: { arguments: '{"x":' } })),
      delta({
        tool_calls: [
          { index: 0, function: { arguments: '1}' } },
          { index: 1, function: { arguments: '2}' } },
        ],
      }),
      chunk([
        {
          index: 0,
          delta: call(2, { id: 'c', type: 'custom', custom: { name: 'sql', input: 'select ' } }),
          logprobs: { content: [{ token: 'a', top_logprobs: [] }], refusal: null },
          finish_reason: null,
        },
      ]),
      delta(call(2, { custom: { input: '1' } })),
      chunk([{ index: 0, delta: {}, logprobs: { content: [{ token: 'b', top_logprobs: [] }] }, finish_reason: null }]),
      delta({ reasoning_content: 'think' }),
      delta({ reasoning_content: 'ing' }),
      chunk([
        {
          index: 1,
          delta: { role: 'assistant', refusal: 'I ', audio: { id: 'audio_1', transcript: 'Spo', data: 'AAAA' } },
          logprobs: { content: null, refusal: [{ token: 'I' }] },
          finish_reason: null,
        },
      ]),
      chunk([
        {
          index: 1,
          delta: { refusal: 'cannot', audio: { transcript: 'ken', data: 'AAAA', expires_at: 9 } },
          logprobs: { content: null, refusal: [{ token: 'cannot' }] },
          finish_reason: 'stop',
        },
      ]),
      delta({ function_call: { name: 'old', arguments: '{' } }, null, 2),
      delta({ function_call: { arguments: '}' } }, 'function_call', 2),
      delta({}, 'tool_calls'),
    ]);
    await readAll(await h.client.chat.completions.create({ ...STREAM, n: 3 }));
    const log = await h.log();
    const [first, second, third] = log.response.choices;
    expect(first.message).toEqual({
      role: 'assistant',
      content: null,
      refusal: null,
      reasoning_content: 'thinking',
      tool_calls: [
        { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
        { id: 'b', type: 'function', function: { name: 'g', arguments: '{"y":2}' } },
        { id: 'c', type: 'custom', custom: { name: 'sql', input: 'select 1' } },
      ],
    });
    const tokens = ['a', 'b'].map((token) => ({ token, top_logprobs: [] }));
    expect(first.logprobs).toEqual({ content: tokens, refusal: null });
    expect(second.message.audio).toEqual({
      id: 'audio_1',
      expires_at: 9,
      transcript: 'Spoken',
      data: '[base64 audio, 6 bytes]',
    });
    expect(second.message.refusal).toBe('I cannot');
    expect(second.logprobs.refusal).toEqual([{ token: 'I' }, { token: 'cannot' }]);
    expect(third.message.function_call).toEqual({ name: 'old', arguments: '{}' });
    expect(log).toMatchObject({ status: 'success', finish_reason: 'tool_calls' });
  });

  test('C6 chunks without choices, without delta, with null usage break nothing', async () => {
    answerWith([
      { id: '', object: '', created: 0, model: '', choices: [], prompt_filter_results: [{ prompt_index: 0 }] },
      { ...chunk([]), usage: null, choices: undefined },
      chunk([{ index: 0, finish_reason: null, content_filter_results: { hate: { filtered: false } } }], {
        usage: null,
      }),
      delta({ content: 'ok' }),
      delta({}, 'stop'),
      chunk([], { usage: USAGE }),
    ] as Json[]);
    const pieces = await readAll(
      await h.client.chat.completions.create({ ...STREAM, stream_options: { include_usage: true } }),
    );
    expect(pieces).toHaveLength(6);
    expect(await h.log()).toMatchObject({
      status: 'success',
      response_content: 'ok',
      input_tokens: 11,
      response_model: 'gpt-4o-mini-2024-07-18',
      response: { prompt_filter_results: [{ prompt_index: 0 }] },
    });
  });

  test('C7 the first token is timed when it is handed over, and a role is no token', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    async function* slow(): AsyncGenerator<Json> {
      yield delta({ role: 'assistant', content: '' });
      await held;
      yield delta({ content: 'word' });
      yield delta({}, 'stop');
    }
    h.fake.on('/chat/completions', (seen, res) => sendEvents(seen, res, slow()));
    const iterator = (await h.client.chat.completions.create(STREAM))[Symbol.asyncIterator]();
    await iterator.next();
    await new Promise((resolve) => setTimeout(resolve, 30));
    release();
    while (!(await iterator.next()).done);
    const log = await h.log();
    expect(log.ttft_ms).toBeGreaterThan(29);
    expect(log.metadata.time_to_first_chunk_ms).toBeLessThan(log.ttft_ms - 20);
  });

  test('C7 a token that waits for the caller is timed when he takes it, whatever the wall clock does', async () => {
    answerWith(textChunks(['all', 'at', 'once']));
    const iterator = (await h.client.chat.completions.create(STREAM))[Symbol.asyncIterator]();
    await until(() => h.fake.requests[0]?.sentPieces === 5);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() - 3_600_000);
    try {
      while (!(await iterator.next()).done);
    } finally {
      clock.mockRestore();
    }
    const log = await h.log();
    expect(log.ttft_ms).toBeGreaterThan(30);
    expect(log.ttft_ms).toBeLessThan(3_000);
    expect(log.latency_ms).toBeGreaterThanOrEqual(log.ttft_ms);
  });

  test('C8, D8, D9 what is cut of a stream says how long it was', async () => {
    const { client } = h.make({ limits: { fieldBytes: 1_000 } });
    answerWith(textChunks(Array.from({ length: 100 }, () => 'y'.repeat(100))));
    await readAll(await client.chat.completions.create(STREAM));
    // Each text has room of its own: an answer is not lost behind long thoughts.
    answerWith([
      delta({ reasoning_content: 'r'.repeat(5_000) }),
      delta({ content: 'z'.repeat(900) }),
      delta({
        tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: 'x'.repeat(90) } }],
      }),
      delta({}, 'tool_calls'),
    ]);
    await readAll(await client.chat.completions.create(STREAM));
    const events = responseEvents(
      responseAnswer({ output: [{ type: 'message', content: [{ type: 'output_text', text: 'w'.repeat(5_000) }] }] }),
    );
    h.fake.on('/responses', (seen, res) => sendEvents(seen, res, events, { done: false, named: true }));
    await readAll(await client.responses.create({ model: 'm', input: 'x', stream: true }));
    const [long, shared, response] = await h.logs();
    for (const text of [long?.response_content, long?.response.choices[0].message.content]) {
      expect(text).toMatch(/^y{900,}…\[truncated, 10000 characters in all\]$/);
      expect(text.length).toBeLessThanOrEqual(1_000);
    }
    expect(shared?.response_content).toBe('z'.repeat(900));
    expect(shared?.response.choices[0].message.tool_calls[0].function.arguments).toBe('x'.repeat(90));
    expect(response?.response.output[0].content[0].text).toMatch(/w…\[truncated, 5000 characters in all\]$/);
    for (const log of [long, shared, response]) expect(log?.metadata.truncated).toBe(true);
  });

  test('A6, C9, D10 what nobody looks at has the status and the time of its response', async () => {
    const { chat } = h.client;
    const held: unknown[] = [
      chat.completions.create(HELLO),
      chat.completions.create(STREAM),
      await chat.completions.create(HELLO).asResponse(),
      await chat.completions.create(STREAM).asResponse(),
      await chat.completions.create(STREAM),
    ];
    const iterator = (await chat.completions.create(STREAM))[Symbol.asyncIterator]();
    await iterator.next();
    const handedOn = (await chat.completions.create(STREAM).asResponse()).body;
    held.push(iterator, handedOn);
    await until(() => h.fake.requests.length === 7);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const later = jest.spyOn(performance, 'now').mockReturnValue(performance.now() + LONG);
    try {
      sweep();
      // An iterator that was begun waits for collection; the end of the process does not wait.
      settleUnconsumed();
    } finally {
      later.mockRestore();
    }
    const logs = await h.logs();
    expect(logs.map(({ status, metadata }) => [status, metadata.abandoned, metadata.raw_response])).toEqual([
      ['success', undefined, 'unseen'],
      ['aborted', true, undefined],
      ['success', undefined, 'unseen'],
      ['aborted', true, undefined],
      ['aborted', true, undefined],
      ['aborted', true, undefined],
      ['success', undefined, 'unseen'],
    ]);
    for (const { latency_ms } of logs) {
      expect(latency_ms).toBeGreaterThan(0);
      expect(latency_ms).toBeLessThan(1_000);
    }
    expect(held).toHaveLength(7);
  });

  test('C9 a call that is awaited late is not taken for one that nobody looks at', async () => {
    const call = h.client.chat.completions.create(STREAM);
    await until(() => h.fake.requests.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const iterator = (await call)[Symbol.asyncIterator]();
    await iterator.next();
    sweep(performance.now() + LONG);
    while (!(await iterator.next()).done);
    expect(await h.log()).toMatchObject({ status: 'success', response_content: 'Hello there' });
  });

  test('C9 a stream that is never read is recorded as abandoned, once', async () => {
    const stream = await h.client.chat.completions.create(STREAM);
    sweep(performance.now() + 5 * 60_000);
    expect(await h.logs()).toHaveLength(0);
    sweep(performance.now() + 11 * 60_000);
    expect(await h.log()).toMatchObject({ status: 'aborted', metadata: { abandoned: true } });
    await readAll(stream);
    expect(await h.logs()).toHaveLength(1);
  });

  test('C10 a hundred streams at once never mix', async () => {
    h.fake.on('/chat/completions', (seen, res) => {
      const word = seen.body.messages[0].content as string;
      return sendEvents(seen, res, textChunks(Array.from({ length: 5 }, (_, i) => `${word}${i} `)));
    });
    await Promise.all(
      Array.from({ length: 100 }, async (_, i) =>
        readAll(await h.client.chat.completions.create({ ...STREAM, messages: [{ role: 'user', content: `s${i}-` }] })),
      ),
    );
    const logs = await h.logs();
    expect(logs).toHaveLength(100);
    for (const { messages, response_content } of logs) {
      const word = messages[0].content as string;
      expect(response_content).toBe([0, 1, 2, 3, 4].map((i) => `${word}${i} `).join(''));
    }
    // A busy machine takes its time over a hundred sockets.
  }, 20_000);

  test('C2 a responses stream that is left midway keeps its pieces', async () => {
    const events = responseEvents(
      responseAnswer({
        output: [
          {
            id: 'msg_1',
            type: 'message',
            role: 'assistant',
            content: [{ type: 'output_text', text: 'Hello there', annotations: [] }],
          },
        ],
      }),
    );
    events.splice(4, 0, { type: 'response.brand_new_thing', more: true });
    h.fake.on('/responses', (seen, res) => sendEvents(seen, res, events, { done: false, named: true }));
    for await (const event of await h.client.responses.create({ model: 'm', input: 'x', stream: true })) {
      if ((event as Json).delta === ' there') break;
    }
    expect(await h.log()).toMatchObject({
      status: 'aborted',
      response_content: 'Hello there',
      response: {
        id: 'resp_1',
        output: [{ type: 'message', content: [{ type: 'output_text', text: 'Hello there' }] }],
      },
    });
  });

  test('C1 failed and incomplete responses end a stream as they end a call', async () => {
    for (const answer of [
      responseAnswer({ status: 'failed', error: { code: 'server_error', message: 'broke' } }),
      responseAnswer({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }),
    ]) {
      h.fake.on('/responses', (seen, res) =>
        sendEvents(seen, res, responseEvents(answer), { done: false, named: true }),
      );
      await readAll(await h.client.responses.create({ model: 'm', input: 'x', stream: true }));
    }
    expect((await h.logs()).map(({ status, input_tokens }) => [status, input_tokens])).toEqual([
      ['error', 11],
      ['incomplete', 11],
    ]);
  });

  test('C3 a connection that ends before the answer is whole is incomplete', async () => {
    answerWith(textChunks(['Hello']).slice(0, 2), { done: false });
    await readAll(await h.client.chat.completions.create(STREAM));
    expect(await h.log()).toMatchObject({ status: 'incomplete', response_content: 'Hello' });
  });

  test('C1 legacy completions stream', async () => {
    const piece = (text: string, finish_reason: string | null = null) => ({
      ...chunk([{ index: 0, text, logprobs: null, finish_reason }]),
      object: 'text_completion',
    });
    h.fake.on('/completions', (seen, res) => sendEvents(seen, res, [piece('Once'), piece(' upon'), piece('', 'stop')]));
    await readAll(await h.client.completions.create({ model: 'i', prompt: 'x', stream: true }));
    expect(await h.log()).toMatchObject({
      status: 'success',
      response_content: 'Once upon',
      response: { object: 'text_completion' },
    });
  });
});

test('C5 however a text is cut into chunks, it is put together again', async () => {
  const text = 'Grüße 🌍 — "quoted" {json}\n';
  for (let size = 1; size < 8; size++) {
    const accumulator = new ChatStreamAccumulator('chat.completion', 1_000_000);
    for (let i = 0; i < text.length; i += size) accumulator.add(delta({ content: text.slice(i, i + size) }));
    accumulator.add(delta({}, 'stop'));
    expect((accumulator.result() as Loose).choices[0].message.content).toBe(text);
  }
});

test('C5 what other servers stream is kept: one whole message, lists of parts, calls that share an index', () => {
  const result = (...chunks: unknown[]) => {
    const accumulator = new ChatStreamAccumulator('chat.completion', 100_000);
    for (const one of chunks) accumulator.add(one);
    return (accumulator.result() as Loose).choices[0];
  };
  const whole = { choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }] };
  expect(result(whole)).toMatchObject({ message: { content: 'hello' }, finish_reason: 'stop' });
  const thinking = { type: 'thinking', thinking: [{ type: 'text', text: 'so' }] };
  expect(
    result(delta({ content: [thinking] }), delta({ content: 'ans' }), delta({ content: 'wer' })).message.content,
  ).toEqual([thinking, { type: 'text', text: 'answer' }]);
  const call = (id: string, name: string) =>
    delta({ tool_calls: [{ index: 0, id, function: { name, arguments: `"${id}"` } }] });
  const { tool_calls } = result(
    call('a', 'f'),
    call('b', 'g'),
    delta({ tool_calls: [{ index: 0, function: { arguments: '!' } }] }),
  ).message;
  expect(tool_calls.map((one: Json) => [one.id, one.function])).toEqual([
    ['a', { name: 'f', arguments: '"a"' }],
    ['b', { name: 'g', arguments: '"b"!' }],
  ]);
  expect(result(delta({ content: 'a' }, 'stop'), delta({ content: '' }, '')).finish_reason).toBe('stop');
  expect(Object.keys(result(delta({ content: 'a' }))).at(-1)).toBe('logprobs');
});

test('C2 a responses stream whose last event has lost the output keeps what was streamed', () => {
  const accumulator = new ResponsesStreamAccumulator(100_000);
  const item = { type: 'message', content: [{ type: 'output_text', text: 'hello' }] };
  accumulator.add({ type: 'response.output_item.done', output_index: 0, item });
  accumulator.add({ type: 'response.completed', response: { status: 'completed', output: [] } });
  expect(accumulator.result()).toMatchObject({ status: 'completed', output: [item] });
});

test('C5 tool calls that begin out of order are kept in the order of their index', () => {
  const accumulator = new ChatStreamAccumulator('chat.completion', 1_000);
  for (const index of [2, 0, 1])
    accumulator.add(delta({ tool_calls: [{ index, id: `c${index}`, function: { name: 'f', arguments: '' } }] }));
  const [choice] = (accumulator.result() as Loose).choices;
  expect(choice.message.tool_calls.map(({ id }: { id: string }) => id)).toEqual(['c0', 'c1', 'c2']);
});

test('C5 tool calls without an index are found by id, else taken as the last one', () => {
  const accumulator = new ChatStreamAccumulator('chat.completion', 1_000_000);
  accumulator.add(delta({ tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{' } }] }));
  accumulator.add(delta({ tool_calls: [{ function: { arguments: '}' } }] }));
  accumulator.add(delta({ tool_calls: [{ id: 'b', function: { name: 'g', arguments: '[' } }] }));
  accumulator.add(delta({ tool_calls: [{ id: 'b', function: { arguments: ']' } }] }));
  const { tool_calls } = (accumulator.result() as Loose).choices[0].message;
  expect(tool_calls.map((call: Json) => [call.id, call.function.name, call.function.arguments])).toEqual([
    ['a', 'f', '{}'],
    ['b', 'g', '[]'],
  ]);
});

test('C8 what is kept of a stream is capped; the rest is counted', () => {
  const accumulator = new ChatStreamAccumulator('chat.completion', 10_000);
  const piece = 'y'.repeat(1_000);
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 200_000; i++) accumulator.add(delta({ content: piece }));
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(60_000_000);
  const text = (accumulator.result() as Loose).choices[0].message.content as string;
  expect(text.length).toBeLessThanOrEqual(10_000);
  expect(text.endsWith('…[truncated, 200000000 characters in all]')).toBe(true);
});

describe('C8, D9 what is no text is capped too, and the record says so', () => {
  const big = () => String.fromCodePoint(97 + Math.floor(Math.random() * 26)).repeat(50_000);
  const topLogprobs = Array.from({ length: 20 }, (_, i) => ({ token: `token ${i}`, logprob: -i, bytes: [1, 2, 3] }));
  const part = { type: 'output_text', text: '', annotations: [] };
  const at = { output_index: 0, content_index: 0 };
  const chat = () => new ChatStreamAccumulator('chat.completion', 100_000);
  const responses = () => new ResponsesStreamAccumulator(100_000);
  test.each<[string, () => StreamAccumulator, (i: number) => Json]>([
    ['unknown lists', chat, () => delta({ reasoning_details: [{ type: 'reasoning.encrypted', data: `${big()} ` }] })],
    ['unknown fields', chat, (i) => ({ ...delta({}), [`field_${i}`]: big() })],
    ['fields of a choice', chat, (i) => chunk([{ index: 0, delta: {}, [`field_${i}`]: big() }])],
    [
      'logprobs',
      chat,
      () =>
        chunk([
          { index: 0, delta: {}, logprobs: { content: Array(50).fill({ token: 'a', top_logprobs: topLogprobs }) } },
        ]),
    ],
    ['choices', chat, (i) => delta({ content: 'a' }, null, i)],
    ['tool calls', chat, (i) => delta({ tool_calls: [{ index: i, type: 'function', extra: big() }] })],
    ['names of texts', chat, (i) => delta({ [`text_${i}`]: 'a' })],
    [
      'items',
      responses,
      (i) => ({ type: 'response.output_item.done', output_index: i, item: { type: 'x', data: big() } }),
    ],
    [
      'parts',
      responses,
      (i) => ({ type: 'response.content_part.done', ...at, content_index: i, part: { ...part, text: big() } }),
    ],
    [
      'annotations',
      responses,
      () => ({ type: 'response.output_text.annotation.added', ...at, annotation: { url: big() } }),
    ],
    [
      'segments',
      () => new MediaStreamAccumulator(false, 100_000),
      () => ({ type: 'transcript.text.segment', text: big() }),
    ],
    [
      'pictures',
      () => new MediaStreamAccumulator(true, 100_000),
      () => ({ type: 'image_generation.completed', b64_json: `${big()} ` }),
    ],
  ])('%s', (_, create, piece) => {
    const accumulator = create();
    for (let i = 0; i < 1_500; i++) accumulator.add(piece(i));
    expect(accumulator.isTruncated).toBe(true);
    expect(JSON.stringify(accumulator.result()).length).toBeLessThan(300_000);
  });

  test('the token counts come through all the same', () => {
    const accumulator = chat();
    for (let i = 0; i < 200; i++)
      accumulator.add(delta({ content: 'word ', reasoning_details: [{ data: `${big()} ` }] }));
    accumulator.add(delta({}, 'stop'));
    accumulator.add(chunk([], { usage: USAGE }));
    const { usage, choices } = accumulator.result() as Loose;
    expect(usage).toEqual(USAGE);
    expect(choices[0].message.content).toBe('word '.repeat(200));
  });

  test('a field that comes with each chunk counts once', () => {
    const accumulator = chat();
    for (let i = 0; i < 500; i++)
      accumulator.add({ ...delta({ content: 'a' }), citations: [big().slice(0, 20_000)], usage: USAGE });
    expect(accumulator.isTruncated).toBe(false);
    expect((accumulator.result() as Loose).citations[0]).toHaveLength(20_000);
  });
});

test('C2 a done item without room is kept as it grew', () => {
  const accumulator = new ResponsesStreamAccumulator(60_000);
  const at = { output_index: 0, content_index: 0 };
  accumulator.add({ type: 'response.output_item.added', output_index: 0, item: { type: 'message', content: [] } });
  accumulator.add({ type: 'response.output_text.delta', ...at, delta: 'v'.repeat(50_000) });
  const content = [
    { type: 'output_text', text: 'v'.repeat(50_000), annotations: Array(50).fill({ url: 'u'.repeat(2_000) }) },
  ];
  accumulator.add({
    type: 'response.output_item.done',
    output_index: 0,
    item: { type: 'message', status: 'completed', content },
  });
  const [item] = (accumulator.result() as Loose).output;
  expect(item.status).toBe('completed');
  expect(item.content[0].text).toBe('v'.repeat(50_000));
});

test('C9 a stream that is collected unread is recorded', async () => {
  const h = await createHarness(V6);
  const { stdout, stderr } = await runScript(
    `(async () => {
      const client = promptlab.track(newClient({ baseURL: ${JSON.stringify(h.fake.url)}, fetch: undefined }));
      await (async () => { await client.chat.completions.create({ ...HELLO, stream: true }); })();
      await (async () => { const it = (await client.chat.completions.create({ ...HELLO, stream: true }))[Symbol.asyncIterator](); await it.next(); await it.next(); })();
      for (let i = 0; i < 200 && promptlab.stats().queued + promptlab.stats().sent < 2; i++) {
        globalThis.gc();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      console.log(JSON.stringify(await promptlab.flush()));
      process.exit(0);
    })();`,
    { baseUrl: h.receiver.url, nodeArgs: ['--expose-gc'] },
  );
  expect([stdout.trim(), stderr]).toEqual(['{"ok":true,"pending":0}', '']);
  expect(h.receiver.logs.map(({ status, metadata }) => [status, metadata.abandoned])).toEqual([
    ['aborted', true],
    ['aborted', true],
  ]);
  await h.close();
});

test('A15, C1 nothing of a chunk is kept but copies', async () => {
  const h = await createHarness(V6);
  h.fake.on('/chat/completions', (seen, res) => sendEvents(seen, res, textChunks(['Hello'], { usage: USAGE })));
  for await (const part of await h.client.chat.completions.create({
    ...STREAM,
    stream_options: { include_usage: true },
  })) {
    if (part.usage) part.usage.prompt_tokens = 999;
    if (part.choices[0]) part.choices[0].delta = { content: 'changed' };
  }
  expect(await h.log()).toMatchObject({ response_content: 'Hello', input_tokens: 11, metadata: { usage: USAGE } });
  h.fake.on('/chat/completions', (_, res) => sendJson(res, chatAnswer()));
  await until(() => true);
  await h.close();
});
