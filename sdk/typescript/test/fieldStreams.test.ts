/** What users of such products report: streams that fail with status 200, and streams in pieces of many makes. */
import { delta, sendEvents, type Json } from './fakeOpenAI';
import { harnessOfEachTest, HELLO, type Harness } from './harness';
import { V6 } from './majors';
import type { Record_ } from './receiver';

let h: Harness;
harnessOfEachTest(V6, (made) => (h = made));

async function streamed(events: readonly unknown[]): Promise<Record_> {
  h.fake.on('/chat/completions', (seen, res) => sendEvents(seen, res, events));
  try {
    for await (const _ of await h.client.chat.completions.create({ ...HELLO, stream: true })) void _;
  } catch {
    // The library throws at some of them.
  }
  return h.log();
}

test('token counts of which a server tells each side in another chunk are joined', async () => {
  const log = await streamed([
    { ...delta({ content: 'Cold' }), usage: { prompt_tokens: 11, completion_tokens: 0, total_tokens: 11 } },
    delta({}, 'stop'),
    { id: 'x', object: 'chat.completion.chunk', choices: [], usage: { completion_tokens: 7 } },
  ]);
  expect(log).toMatchObject({ input_tokens: 11, output_tokens: 7 });
});

test('words that stand beside each delta, all so far, are not said twice', async () => {
  const beside = (content: string, all: string) => ({
    ...delta({}),
    choices: [{ index: 0, delta: { content }, message: { role: 'assistant', content: all } }],
  });
  const log = await streamed([beside('Co', 'Co'), beside('ld', 'Cold'), delta({}, 'stop')]);
  expect(log.response_content).toBe('Cold');
});

test.each<[string, readonly unknown[]]>([
  [
    'its last choice',
    [delta({ content: 'Cold' }), { ...delta({}, 'error'), choices: [{ index: 0, delta: {}, finish_reason: 'error' }] }],
  ],
  [
    'an error of its last choice',
    [delta({ content: 'Cold' }), { ...delta({}), choices: [{ index: 0, delta: {}, error: { message: 'gone' } }] }],
  ],
  ['a chunk that is an error', [delta({ content: 'Cold' }), { error: { message: 'gone', code: 'server_error' } }]],
  ['an object that is an error', [delta({ content: 'Cold' }), { object: 'error', message: 'gone', code: 500 }]],
])('a stream that fails in %s is an error, and keeps its text', async (_, events) => {
  expect(await streamed(events)).toMatchObject({ status: 'error', response_content: 'Cold' });
});

const call = (name: string | undefined, args: string | object, more: object = {}) => ({
  ...more,
  ...(name === undefined ? {} : { type: 'function' }),
  function: { ...(name === undefined ? {} : { name }), arguments: args },
});
const calls = (...pieces: readonly unknown[]) => delta({ tool_calls: pieces });

test.each<[string, readonly unknown[], readonly string[]]>([
  [
    'whole calls without index and id',
    [calls(call('f', '{"a":1}')), calls(call('f', '{"a":2}'))],
    ['f {"a":1}', 'f {"a":2}'],
  ],
  [
    'whole calls in one chunk',
    [calls(call('f', '{"a":1}', { id: '' }), call('g', '{}', { id: '' }))],
    ['f {"a":1}', 'g {}'],
  ],
  [
    'an index that is a text',
    [
      calls(call('f', '{"a"', { index: '0' }), call('g', '{', { index: '1' })),
      calls(call(undefined, ':1}', { index: '0' }), call(undefined, '}', { index: '1' })),
    ],
    ['f {"a":1}', 'g {}'],
  ],
  ['calls without arguments in one chunk', [calls(call('f', ''), call('f', ''))], ['f ', 'f ']],
  [
    'whole calls that all have the index 0',
    [calls(call('f', '{"a":1}', { index: 0 })), calls(call('f', '{"a":2}', { index: 0 }))],
    ['f {"a":1}', 'f {"a":2}'],
  ],
  [
    'calls in pieces, one after the other',
    [calls(call('f', '{"a"')), calls(call(undefined, ':1}')), calls(call('g', '{"b"')), calls(call(undefined, ':2}'))],
    ['f {"a":1}', 'g {"b":2}'],
  ],
  ['a name that is said with each piece', [calls(call('f', '{"a"')), calls(call('f', ':1}'))], ['f {"a":1}']],
  [
    'a name that is said with each piece, and an index',
    [calls(call('f', '{"a"', { index: 0 })), calls(call('f', ':1}', { index: 0 })), calls(call('f', '', { index: 0 }))],
    ['f {"a":1}'],
  ],
  [
    'calls that go on by their places alone',
    [calls(call('f', ''), call('g', '')), calls(call(undefined, '{"a":1}'), call(undefined, '{"b":2}'))],
    ['f {"a":1}', 'g {"b":2}'],
  ],
  ['a call without a list', [delta({ tool_calls: call('f', '{"a":1}', { index: 0 }) })], ['f {"a":1}']],
  [
    'whole calls whose arguments are objects, without index and id',
    [calls(call('f', { a: 1 })), calls(call('f', { a: 2 }))],
    ['f {"a":1}', 'f {"a":2}'],
  ],
  [
    'whole calls whose arguments are objects, at the index 0',
    [calls(call('f', { a: 1 }, { index: 0 })), calls(call('f', { a: 2 }, { index: 0 }))],
    ['f {"a":1}', 'f {"a":2}'],
  ],
  ['a name first, then its arguments', [calls(call('f', '')), calls(call(undefined, '{"a":1}'))], ['f {"a":1}']],
])('streamed tool calls stay apart: %s', async (_, events, expected) => {
  const log = await streamed([...events, delta({}, 'tool_calls')]);
  const [choice] = (log.response as Json).choices;
  const textOf = (args: unknown) => (typeof args === 'string' ? args : JSON.stringify(args));
  expect(choice.message.tool_calls.map(({ function: f }: Json) => `${f.name} ${textOf(f.arguments)}`)).toEqual(
    expected,
  );
});

test('reasoning_details of a stream are joined by type and place; bytes and links stay apart', async () => {
  const text = (piece: string, index: number) => ({ type: 'reasoning.text', text: piece, index });
  const link = (url: string) => ({ type: 'url_citation', url_citation: { url } });
  const log = await streamed([
    delta({ reasoning_details: [text('First ', 0)] }),
    delta({ reasoning_details: [text('Oslo', 0), text('Then ', 1)] }),
    delta({ reasoning_details: [text('.', 0), text('Rome.', 1)] }),
    delta({
      reasoning_details: [
        { ...text('', 0), signature: 's' },
        { type: 'reasoning.encrypted', data: 'x', index: 2 },
      ],
    }),
    delta({ reasoning_details: [{ type: 'reasoning.summary', summary: 'A', index: 3 }] }),
    delta({ reasoning_details: [{ type: 'reasoning.summary', summary: 'B', index: 3 }] }),
    delta({ content: 'Cold.', annotations: [link('a')] }),
    delta({ annotations: [link('b')] }, 'stop'),
  ]);
  const { message } = (log.response as Json).choices[0];
  expect(message.reasoning_details).toEqual([
    { type: 'reasoning.text', text: 'First Oslo.', index: 0, signature: 's' },
    { type: 'reasoning.text', text: 'Then Rome.', index: 1 },
    { type: 'reasoning.encrypted', data: 'x', index: 2 },
    { type: 'reasoning.summary', summary: 'AB', index: 3 },
  ]);
  expect(message.annotations).toEqual([link('a'), link('b')]);
});

test('parts of an answer that come in pieces are joined', async () => {
  const thought = (piece: string) => ({ type: 'thinking', thinking: [{ type: 'text', text: piece }] });
  const log = await streamed([
    delta({ content: [thought('Oslo ')] }),
    delta({ content: [thought('is north.')] }),
    delta({ content: [{ type: 'text', text: 'Cold ' }] }),
    delta({ content: [{ type: 'text', text: 'and warm.' }] }, 'stop'),
  ]);
  expect((log.response as Json).choices[0].message.content).toEqual([
    thought('Oslo is north.'),
    { type: 'text', text: 'Cold and warm.' },
  ]);
  expect(log.response_content).toBe('Cold and warm.');
});
