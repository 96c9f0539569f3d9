/** C: streams are recorded once, as the call would have been recorded without streaming, and only as far as they were read. */
import { sweep } from '../src/abandoned';
import { ChatStreamAssembler } from '../src/openai/chatStream';
import {
  chatAnswer,
  chunk,
  delta,
  responseAnswer,
  responseEvents,
  sendEvents,
  sendJson,
  textChunks,
  USAGE,
  type Json,
} from './fakeOpenAI';
import { createHarness, expectValid, HELLO, until, type Harness } from './harness';
import { MAJORS, V6 } from './majors';
import { runScript } from './runScript';

const STREAM = { ...HELLO, stream: true as const };

async function readAll(stream: AsyncIterable<unknown>): Promise<any[]> {
  const pieces: unknown[] = [];
  for await (const piece of stream) pieces.push(piece);
  return pieces;
}

describe.each(MAJORS)('$name', (major) => {
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
    const own = ['id', 'started_at', 'latency_ms', 'ttft_ms', 'stream', 'provider_request_id', 'parameters'];
    const compared = (log: any) => Object.fromEntries(Object.entries(log).filter(([key]) => !own.includes(key)));
    delete streamed?.metadata.time_to_first_chunk_ms;
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
      input_tokens: 11,
      output_tokens: 5,
    });
    const { output_text: _, ...answer } = plain?.response;
    expect(streamed?.response).toMatchObject(answer);
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
    const readable = (await h.client.chat.completions.create(STREAM)).toReadableStream() as any;
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
      delta({ reasoning_content: 'think' }),
      delta({ reasoning_content: 'ing' }),
      chunk([
        {
          index: 1,
          delta: { role: 'assistant', refusal: 'I ' },
          logprobs: { content: null, refusal: [{ token: 'I' }] },
          finish_reason: null,
        },
      ]),
      chunk([
        {
          index: 1,
          delta: { refusal: 'cannot' },
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
      ],
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
  });

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
    const assembler = new ChatStreamAssembler('chat.completion', 1_000_000);
    for (let i = 0; i < text.length; i += size) assembler.add(delta({ content: text.slice(i, i + size) }));
    assembler.add(delta({}, 'stop'));
    expect((assembler.result() as any).choices[0].message.content).toBe(text);
  }
});

test('C5 tool calls without an index are found by id, else taken as the last one', () => {
  const assembler = new ChatStreamAssembler('chat.completion', 1_000_000);
  assembler.add(delta({ tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{' } }] }));
  assembler.add(delta({ tool_calls: [{ function: { arguments: '}' } }] }));
  assembler.add(delta({ tool_calls: [{ id: 'b', function: { name: 'g', arguments: '[' } }] }));
  assembler.add(delta({ tool_calls: [{ id: 'b', function: { arguments: ']' } }] }));
  const { tool_calls } = (assembler.result() as any).choices[0].message;
  expect(tool_calls.map((call: Json) => [call.id, call.function.name, call.function.arguments])).toEqual([
    ['a', 'f', '{}'],
    ['b', 'g', '[]'],
  ]);
});

test('C8 what is kept of a stream is capped; the rest is counted', () => {
  const assembler = new ChatStreamAssembler('chat.completion', 10_000);
  const piece = 'y'.repeat(1_000);
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 200_000; i++) assembler.add(delta({ content: piece }));
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(60_000_000);
  const text = (assembler.result() as any).choices[0].message.content as string;
  expect(text).toHaveLength(10_000 + '…[truncated, 200000000 characters in all]'.length);
  expect(text.endsWith('…[truncated, 200000000 characters in all]')).toBe(true);
});

test('C9 a stream that is collected unread is recorded', async () => {
  const h = await createHarness(V6);
  const { stdout, stderr } = await runScript(
    `(async () => {
      const client = promptlab.track(newClient({ baseURL: ${JSON.stringify(h.fake.url)}, fetch: undefined }));
      await (async () => { await client.chat.completions.create({ ...HELLO, stream: true }); })();
      await (async () => { const it = (await client.chat.completions.create({ ...HELLO, stream: true }))[Symbol.asyncIterator](); await it.next(); await it.next(); })();
      for (let i = 0; i < 40 && promptlab.stats().queued + promptlab.stats().sent < 2; i++) {
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
