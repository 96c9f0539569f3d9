/** C8, D8, D9: what is kept of a stream is capped, and the record says how long it was. */
import { ChatStreamAccumulator } from '../src/providers/openai/streams/chatStream';
import { MediaStreamAccumulator } from '../src/providers/openai/streams/mediaStream';
import { ResponsesStreamAccumulator } from '../src/providers/openai/streams/responsesStream';
import type { StreamAccumulator } from '../src/record/streamAccumulator';
import {
  chunk,
  delta,
  responseAnswer,
  responseEvents,
  sendEvents,
  textChunks,
  USAGE,
  type Json,
  type Loose,
} from './fakeOpenAI';
import { harnessOfEachTest, readAll, STREAM, type Harness } from './harness';
import { MAJORS } from './majors';

describe.each(MAJORS)('$name', (major) => {
  let h: Harness;
  harnessOfEachTest(major, (made) => (h = made));

  test('C8, D8, D9 what is cut of a stream says how long it was', async () => {
    const { client } = h.make({ limits: { fieldBytes: 1_000 } });
    h.fake.streamChat(textChunks(Array.from({ length: 100 }, () => 'y'.repeat(100))));
    await readAll(await client.chat.completions.create(STREAM));
    // Each text has room of its own: an answer is not lost behind long thoughts.
    h.fake.streamChat([
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
