import type { JsonObject, JsonValue } from '#shared/primitives';
import { bodyOf } from './answerBody.ts';
import { parseAnswer } from './conversation.ts';
import { readFinishReason } from './finishReason.ts';
import { listPieces } from './streamedPieces.ts';
import { readUsage } from './usage.ts';

const chunk = (choice: JsonObject) => ({ choices: [{ index: 0, delta: {}, finish_reason: null, ...choice }] });

const CALLS = [
  { kind: 'tool_call', id: 'c1', name: 'a', args: '{"x":1}' },
  { kind: 'tool_call', id: 'c2', name: 'b', args: '{"x":2}' },
];

test.each<[string, JsonValue]>([
  [
    'chat completions, interleaved',
    [
      chunk({ delta: { tool_calls: [{ index: 0, id: 'c1', function: { name: 'a', arguments: '{"x"' } }] } }),
      chunk({ delta: { tool_calls: [{ index: 1, id: 'c2', function: { name: 'b', arguments: '' } }] } }),
      chunk({
        delta: {
          tool_calls: [
            { index: 0, function: { arguments: ':1}' } },
            { index: 1, function: { arguments: '{"x":2}' } },
          ],
        },
      }),
    ],
  ],
  [
    "Gemini's compatible endpoint, where each is the first",
    [
      chunk({ delta: { tool_calls: [{ index: 0, id: 'c1', function: { name: 'a', arguments: '{"x":1}' } }] } }),
      chunk({ delta: { tool_calls: [{ index: 0, id: 'c2', function: { name: 'b', arguments: '{"x":2}' } }] } }),
    ],
  ],
  [
    'Bedrock Converse',
    ['c1', 'c2'].flatMap((toolUseId, contentBlockIndex): JsonObject[] => [
      {
        contentBlockStart: {
          start: { toolUse: { toolUseId, name: 'ab'[contentBlockIndex] ?? '' } },
          contentBlockIndex,
        },
      },
      { contentBlockDelta: { delta: { toolUse: { input: '{"x":' } }, contentBlockIndex } },
      { contentBlockDelta: { delta: { toolUse: { input: `${contentBlockIndex + 1}}` } }, contentBlockIndex } },
    ]),
  ],
  [
    'Cohere',
    ['c1', 'c2'].flatMap((id, index): JsonObject[] => [
      {
        type: 'tool-call-start',
        index,
        delta: {
          message: { tool_calls: { id, type: 'function', function: { name: 'ab'[index] ?? '', arguments: '' } } },
        },
      },
      {
        type: 'tool-call-delta',
        index,
        delta: { message: { tool_calls: { function: { arguments: `{"x":${index + 1}}` } } } },
      },
    ]),
  ],
  [
    'Responses',
    ['c1', 'c2'].flatMap((call_id, output_index): JsonObject[] => [
      {
        type: 'response.output_item.added',
        output_index,
        item: { type: 'function_call', call_id, name: 'ab'[output_index] ?? '', arguments: '' },
      },
      { type: 'response.function_call_arguments.delta', output_index, delta: `{"x":${output_index + 1}}` },
    ]),
  ],
])('calls of tools that are streamed stay apart and whole: %s', (_, response) => {
  expect(parseAnswer(response, null).flatMap(({ parts }) => parts)).toEqual(CALLS);
});

test('Ollama streams each call of a tool in a piece of its own', () => {
  const pieces = ['a', 'b'].map((name) => ({
    message: { role: 'assistant', content: '', tool_calls: [{ function: { name, arguments: { x: 1 } } }] },
    done: false,
  }));
  expect(parseAnswer(pieces, null)[0]?.parts).toMatchObject([
    { name: 'a', args: { x: 1 } },
    { name: 'b', args: { x: 1 } },
  ]);
});

test('items of Responses that all have the same place stay apart', () => {
  const of = (item: JsonObject, isDone: boolean) => ({
    type: `response.output_item.${isDone ? 'done' : 'added'}`,
    output_index: 0,
    item,
  });
  const call = { type: 'function_call', call_id: 'c1', name: 'a', arguments: '' };
  const words = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hello' }] };
  const events: JsonObject[] = [
    of({ ...words, content: [] }, false),
    { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'Hello' },
    of(words, true),
    of(call, false),
    of({ ...call, arguments: '{"x":1}' }, true),
  ];
  expect(parseAnswer(events, null).flatMap(({ parts }) => parts)).toEqual([{ kind: 'text', text: 'Hello' }, CALLS[0]]);
});

test('items of Responses that go on at the same place and time are told apart by their ids', () => {
  const items: JsonObject[] = [
    { id: 'a', type: 'function_call', call_id: 'c1', name: 'a' },
    { id: 'b', type: 'function_call', call_id: 'c2', name: 'b' },
  ];
  const events: JsonObject[] = [
    ...items.map((item) => ({ type: 'response.output_item.added', output_index: 0, item: { ...item, arguments: '' } })),
    ...['a', 'b', 'a', 'b'].map((item_id, at) => ({
      type: 'response.function_call_arguments.delta',
      output_index: 0,
      item_id,
      delta: ['{"x"', '{"x"', ':1}', ':2}'][at] ?? '',
    })),
  ];
  const done = items.map((item, at) => ({
    type: 'response.output_item.done',
    output_index: 0,
    item: { ...item, arguments: `{"x":${at + 1}}` },
  }));
  for (const told of [events, [...events, ...done], done])
    expect(parseAnswer(told, null).flatMap(({ parts }) => parts)).toEqual(CALLS);
});

test.each<[string, JsonObject[], JsonValue[]]>([
  [
    'Responses that say a text and arguments at their end alone',
    [
      { type: 'response.output_text.done', output_index: 0, content_index: 0, text: 'Hello' },
      {
        type: 'response.output_item.added',
        output_index: 1,
        item: { id: 'b', type: 'function_call', call_id: 'c1', name: 'a' },
      },
      { type: 'response.function_call_arguments.done', output_index: 1, item_id: 'b', arguments: '{"x":1}' },
      { type: 'response.completed', response: { object: 'response', status: 'completed', output: [] } },
    ],
    [{ kind: 'text', text: 'Hello' }, CALLS[0] ?? null],
  ],
  [
    'blocks of Anthropic that go on at the same time',
    [
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_start', index: 1, content_block: { type: 'tool_use', id: 'c1', name: 'a', input: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"x":1}' } },
    ],
    [{ kind: 'text', text: 'Hello' }, CALLS[0] ?? null],
  ],
])('%s', (_, events, parts) => {
  expect(parseAnswer(events, null).flatMap((message) => message.parts)).toEqual(parts);
});

test('what a reader of server-sent events keeps between pieces and around them is none', () => {
  const pieces = [chunk({ delta: { content: 'Hel' } }), chunk({ delta: { content: 'lo' }, finish_reason: 'length' })];
  for (const told of [
    [...pieces, '[DONE]'],
    [{}, ...pieces, null],
    pieces.map((data) => ({ event: 'message', data })),
  ]) {
    expect(parseAnswer(told, null)[0]?.parts).toEqual([{ kind: 'text', text: 'Hello' }]);
    expect(readFinishReason(told)).toBe('length');
  }
});

test('words that stand beside each delta, all so far, are not said twice', () => {
  const pieces = ['Hel', 'Hello'].map((content, at) =>
    chunk({ delta: { content: ['Hel', 'lo'][at] ?? '' }, message: { role: 'assistant', content } }),
  );
  expect(parseAnswer(pieces, null)[0]?.parts).toEqual([{ kind: 'text', text: 'Hello' }]);
});

test('Hugging Face ends a stream with the whole text', () => {
  const token = (text: string) => ({ token: { id: 1, text }, generated_text: null, details: null });
  const pieces = [token('Hel'), { ...token('lo'), generated_text: 'Hello', details: { finish_reason: 'length' } }];
  expect(parseAnswer(pieces, null)[0]?.parts).toEqual([{ kind: 'text', text: 'Hello' }]);
  expect(readFinishReason(pieces)).toBe('length');
});

test('a transcription that is streamed', () => {
  const pieces: JsonObject[] = [
    { type: 'transcript.text.delta', delta: 'Hel' },
    { type: 'transcript.text.delta', delta: 'lo' },
  ];
  const done = { type: 'transcript.text.done', text: 'Hello.', usage: { input_tokens: 5, output_tokens: 2 } };
  expect(bodyOf(pieces)).toEqual({ text: 'Hello' });
  expect(parseAnswer([...pieces, done], null)[0]?.parts).toEqual([{ kind: 'text', text: 'Hello.' }]);
  expect(readUsage([...pieces, done])).toMatchObject({ input_tokens: 5, output_tokens: 2 });
});

test("words so far, as Anthropic's library tells them beside its events, are not said twice", () => {
  const events: JsonObject[] = [
    { type: 'message_start', message: { type: 'message', role: 'assistant', content: [] } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello' } },
    { type: 'text', text: 'Hello', snapshot: 'Hello' },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' } },
  ];
  expect(parseAnswer(events, null)[0]?.parts).toEqual([{ kind: 'text', text: 'Hello' }]);
  expect(readFinishReason(events)).toBe('end_turn');
});

test('choices that are streamed in turn stay apart', () => {
  const pieces = ['A', 'X', 'B', 'Y'].map((content, at) => chunk({ index: at % 2, delta: { content } }));
  expect(parseAnswer(pieces, null).map(({ parts }) => parts)).toEqual([
    [{ kind: 'text', text: 'AB' }],
    [{ kind: 'text', text: 'XY' }],
  ]);
});

test('a list of whole answers is no stream of one', () => {
  const whole = { choices: [{ finish_reason: 'stop', message: { role: 'assistant', content: 'Hello' } }] };
  expect(parseAnswer([whole, whole], null).map(({ parts }) => parts)).toEqual([
    [{ kind: 'text', text: 'Hello' }],
    [{ kind: 'text', text: 'Hello' }],
  ]);
});

test.each<[string, JsonValue[]]>([
  ['choices of a quiz', [{ choices: ['x', 'y'] }, { choices: ['z'] }]],
  ['candidates for a job', [{ candidates: [{ name: 'Ann' }] }, { candidates: [] }]],
  [
    'things to do',
    [
      { message: 'buy milk', done: true },
      { message: 'call', done: false },
    ],
  ],
  ['visits of a page', [{ event_type: 'content.view' }, { event_type: 'interaction.click' }]],
])('%s are no pieces of an answer', (_, list) => {
  expect(listPieces(list)).toBeNull();
});
