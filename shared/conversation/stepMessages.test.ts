import type { JsonValue } from '#shared/primitives';
import { readMessages } from './stepMessages.ts';

const said = (value: JsonValue) =>
  readMessages(value)?.map(({ role, parts }) => [
    role,
    parts.map((part) => ('text' in part ? part.text : part.kind === 'tool_call' ? part.name : part.kind)).join(' '),
  ]) ?? null;

test('messages as LangChain, LangGraph and the API of OpenAI write them', () => {
  const conversation = [
    ['user', 'Weather?'],
    ['assistant', 'get_weather'],
    ['tool', 'sunny'],
  ];
  const langChain: JsonValue = [
    { type: 'human', data: { content: 'Weather?', additional_kwargs: {} } },
    { type: 'ai', data: { content: '', tool_calls: [{ name: 'get_weather', args: { city: 'Oslo' }, id: 'c1' }] } },
    { type: 'tool', data: { content: 'sunny', tool_call_id: 'c1' } },
  ];
  expect(said({ messages: langChain })).toEqual(conversation);
  expect(said(JSON.stringify({ messages: langChain }))).toEqual(conversation);
  expect(said([{ graph: null, update: { messages: langChain }, resume: null, goto: [] }])).toEqual(conversation);
  expect(
    said([
      { lc: 1, type: 'constructor', id: ['HumanMessage'], kwargs: { type: 'human', content: 'Weather?' } },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c1', function: { name: 'get_weather', arguments: '{}' } }],
      },
      { role: 'tool', content: 'sunny' },
    ]),
  ).toEqual(conversation);
});

test.each([
  ['words', 'Weather?'],
  ['nothing', null],
  ['an empty list', { messages: [] }],
  ['messages beside something else', { messages: [{ role: 'user', content: 'Hi' }], temperature: 0 }],
  ['a list in which one is no message', [{ role: 'user', content: 'Hi' }, { score: 1 }]],
  ['an object with a role', { role: 'user', content: 'Hi' }],
  ['arguments of a tool', [{ name: 'get_weather', args: {}, type: 'tool_call' }]],
] as const)('%s stays as it is', (_, value) => {
  expect(readMessages(value as JsonValue)).toBeNull();
});
