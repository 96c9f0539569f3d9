/** C5, C6: whatever pieces a stream comes in, of OpenAI or of others, its record has the whole. */
import { ChatStreamAccumulator } from '../src/providers/openai/streams/chatStream';
import { ResponsesStreamAccumulator } from '../src/providers/openai/streams/responsesStream';
import { chunk, delta, USAGE, type Json, type Loose } from './fakeOpenAI';
import { harnessOfEachTest, readAll, STREAM, type Harness } from './harness';
import { MAJORS } from './majors';

describe.each(MAJORS)('$name', (major) => {
  let h: Harness;
  harnessOfEachTest(major, (made) => (h = made));

  test('C5 parallel tool calls, several choices, refusals, logprobs and unknown texts are kept', async () => {
    const call = (index: number, rest: Json) => ({ tool_calls: [{ index, ...rest }] });
    h.fake.streamChat([
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
    h.fake.streamChat([
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
