import { parseConversation } from './conversation.ts';
import { pairTools } from './pairTools.ts';
import type { JsonValue } from '#shared/primitives';

function paired(messages: JsonValue) {
  const { messages: left, resultOf } = pairTools(
    parseConversation({ messages, response: null, response_content: null }).sent,
  );
  const calls = left.flatMap(({ parts }) => parts.filter((part) => part.kind === 'tool_call'));
  return {
    left: left.map(({ role, parts }) => `${role}: ${parts.map(({ kind }) => kind).join(' ')}`),
    results: calls.map((call) => [call.name, resultOf.get(call)?.parts.map((part) => 'text' in part && part.text)]),
  };
}

const call = (id: string, name: string) => ({ id, type: 'function', function: { name, arguments: '{}' } });

test('results of chat completions stand with their calls, whatever order they came in', () => {
  expect(
    paired([
      { role: 'user', content: 'Both?' },
      { role: 'assistant', content: 'I look.', tool_calls: [call('a', 'stock'), call('b', 'price')] },
      { role: 'tool', tool_call_id: 'b', content: '9' },
      { role: 'tool', tool_call_id: 'a', content: '3' },
    ]),
  ).toEqual({
    left: ['user: text', 'assistant: text tool_call tool_call'],
    results: [
      ['stock', ['3']],
      ['price', ['9']],
    ],
  });
});

test('results of Anthropic leave the words of the user beside them', () => {
  expect(
    paired([
      { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'stock', input: {} }] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 't1', content: '3' },
          { type: 'text', text: 'And now?' },
        ],
      },
    ]),
  ).toEqual({ left: ['assistant: tool_call', 'user: text'], results: [['stock', ['3']]] });
});

test('items of Responses and calls without ids are paired too', () => {
  expect(
    paired([
      { type: 'function_call', call_id: 'c', name: 'stock', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c', output: '3' },
    ]).results,
  ).toEqual([['stock', ['3']]]);
  expect(
    paired([
      { role: 'assistant', function_call: { name: 'stock', arguments: '{}' } },
      { role: 'function', name: 'stock', content: '3' },
      { role: 'assistant', function_call: { name: 'stock', arguments: '{}' } },
      { role: 'function', name: 'stock', content: '4' },
    ]).results,
  ).toEqual([
    ['stock', ['3']],
    ['stock', ['4']],
  ]);
});

test('what has no partner stays: a result before its call, a second result, a foreign id', () => {
  const { left } = paired([
    { role: 'tool', tool_call_id: 'a', content: 'early' },
    { role: 'assistant', content: null, tool_calls: [call('a', 'stock')] },
    { role: 'tool', tool_call_id: 'a', content: '3' },
    { role: 'tool', tool_call_id: 'a', content: 'again' },
    { role: 'tool', tool_call_id: '__proto__', content: 'x' },
  ]);
  expect(left).toEqual(['tool: text', 'assistant: tool_call', 'tool: text', 'tool: text']);
});
