/** What users of such products report: streams that fail with status 200, and streams in pieces of many makes. */
import { delta, sendEvents, type Json } from './fakeOpenAI';
import { harnessOfEachTest, HELLO, readAll, type Harness } from './harness';
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

const LONG = '}'.repeat(100);

test.each<[string, readonly unknown[], readonly string[]]>([
  [
    'a long call whose name comes again with each piece',
    [
      calls(call('f', '{"a":"', { index: 0 })),
      ...Array.from({ length: 300 }, () => calls(call('f', LONG, { index: 0 }))),
      calls(call('f', '"}', { index: 0 })),
    ],
    [`f {"a":"${LONG.repeat(300)}"}`],
  ],
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
  [
    'an id that is new for each piece, and a name that is said with it',
    [calls(call('f', '{"a"', { index: 0, id: 'x' })), calls(call('f', ':1}', { index: 0, id: 'y' }))],
    ['f {"a":1}'],
  ],
  [
    'whole calls with ids of their own, all at the index 0',
    [calls(call('f', '{"a":1}', { index: 0, id: 'x' })), calls(call('f', '{}', { index: 0, id: 'y' }))],
    ['f {"a":1}', 'f {}'],
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

test('a message that says again what the deltas said is not joined to them', async () => {
  const both = (piece: string, whole: string, finish: string | null) => ({
    ...delta({}),
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        finish_reason: finish,
        message: { role: 'assistant', content: whole },
        delta: { role: 'assistant', content: piece },
      },
    ],
  });
  const log = await streamed([
    both('Cold', 'Cold', null),
    both(' here', 'Cold here', null),
    both('', 'Cold here', 'stop'),
  ]);
  expect(log).toMatchObject({ status: 'success', response_content: 'Cold here' });
});

test('thoughts that a list of the deltas and the message at its end say are kept once', async () => {
  const reasoning_steps = [{ thought: 'Look', type: 'web_search' }];
  const done = { index: 0, delta: { content: '' }, message: { role: 'assistant', content: '', reasoning_steps } };
  const log = await streamed([
    delta({ content: '', reasoning_steps }),
    { ...delta({}), object: 'chat.reasoning.done', choices: [done] },
    delta({ content: 'Cold' }, 'stop'),
  ]);
  expect((log.response as Json).choices[0].message.reasoning_steps).toEqual(reasoning_steps);
});

test('a message at the end says what the deltas did not say', async () => {
  const tool_calls = [call('f', '{"a":1}', { id: 'x' })];
  const end = { index: 0, finish_reason: 'tool_calls', message: { role: 'assistant', content: 'Cold', tool_calls } };
  const log = await streamed([delta({ content: 'Co' }), delta({ content: 'ld' }), { ...delta({}), choices: [end] }]);
  expect(log.response_content).toBe('Cold');
  expect((log.response as Json).choices[0].message.tool_calls).toEqual(tool_calls);
});

test.each<[string, readonly Json[], Json]>([
  [
    'a text',
    [{ type: 'response.output_text.done', output_index: 0, content_index: 0, text: 'Cold' }],
    { response_content: 'Cold' },
  ],
  [
    'a text after a delta that is empty',
    [
      { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: '' },
      { type: 'response.output_text.done', output_index: 0, content_index: 0, text: 'Cold' },
    ],
    { response_content: 'Cold' },
  ],
  [
    'a refusal',
    [{ type: 'response.refusal.done', output_index: 0, content_index: 0, refusal: 'No.' }],
    { response_content: 'No.' },
  ],
  [
    'thoughts, and arguments',
    [
      { type: 'response.reasoning_summary_text.done', output_index: 0, summary_index: 0, text: 'Hm' },
      {
        type: 'response.output_item.added',
        output_index: 1,
        item: { type: 'function_call', name: 'f', arguments: '' },
      },
      { type: 'response.function_call_arguments.done', output_index: 1, arguments: '{"a":1}' },
    ],
    {
      response: {
        output: [
          { summary: [{ type: 'summary_text', text: 'Hm' }] },
          { type: 'function_call', name: 'f', arguments: '{"a":1}' },
        ],
      },
    },
  ],
])('a stream of Responses that says its parts at their end alone keeps them: %s', async (_, events, expected) => {
  const end = {
    type: 'response.completed',
    response: { id: 'r', object: 'response', status: 'completed', output: [] },
  };
  h.fake.on('/responses', (seen, res) => sendEvents(seen, res, [...events, end]));
  await readAll(await h.client.responses.create({ model: 'm', input: 'Hi', stream: true }));
  expect(await h.log()).toMatchObject({ status: 'success', ...expected });
});
