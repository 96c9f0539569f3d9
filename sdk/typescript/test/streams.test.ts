/** C: streams are recorded once, as the call would have been recorded without streaming, and only as far as they were read. */
import { MediaStreamAccumulator } from '../src/providers/openai/streams/mediaStream';
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
import { createHarness, harnessOfEachTest, HELLO, readAll, STREAM, until, type Harness } from './harness';
import { MAJORS, V6 } from './majors';

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

/** A record without what differs from call to call. */
function compared({ metadata, ...log }: Record<string, Loose> = {}): unknown {
  const { time_to_first_chunk_ms: _, ...rest } = metadata;
  return { ...Object.fromEntries(Object.entries(log).filter(([key]) => !OF_THE_CALL.includes(key))), metadata: rest };
}

describe.each(MAJORS)('$name', (major) => {
  const { name, openai } = major;
  const isV4 = name.endsWith('v4');
  let h: Harness;
  harnessOfEachTest(major, (made) => (h = made));

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
    h.fake.streamChat(Array.from({ length: 200 }, (_, i) => delta({ content: `w${i} ` })));
    let count = 0;
    for await (const part of await h.client.chat.completions.create(STREAM)) if (part && ++count === 3) break;
    const log = await h.log();
    expect(log).toMatchObject({ status: 'aborted', response_content: 'w0 w1 w2 ' });
    expect(log.finish_reason).toBeUndefined();
    expect(log.input_tokens).toBeUndefined();
  });

  test('C2 a break after the last word is a success', async () => {
    h.fake.streamChat(textChunks(['done']));
    for await (const part of await h.client.chat.completions.create(STREAM)) if (part.choices[0]?.finish_reason) break;
    expect(await h.log()).toMatchObject({ status: 'success', response_content: 'done' });
  });

  test('C3 controller.abort() and a signal are recorded once, as aborted', async () => {
    const endless = () => h.fake.streamChat(Array.from({ length: 5_000 }, () => delta({ content: 'x' })));
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
    h.fake.streamChat(textChunks(['all', 'at', 'once']));
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
    h.fake.streamChat(textChunks(['Hello']).slice(0, 2), { done: false });
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
