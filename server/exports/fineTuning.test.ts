import type { JsonValue } from '#shared/primitives';
import { type LoggedChat, toFineTuningExample } from './fineTuning.ts';

const chat = (fields: Partial<LoggedChat> = {}): LoggedChat => ({
  status: 'success',
  endpoint: 'chat.completions',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hi' },
  ],
  response_content: 'Hello!',
  response: null,
  tools: null,
  ...fields,
});

test('a chat becomes its messages and the answer', () => {
  expect(toFineTuningExample(chat())).toEqual({
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello!' },
    ],
  });
  expect(toFineTuningExample(chat({ endpoint: null }))).not.toBeNull();
});

test('calls of tools, their results and the tools that were offered are part of it; what the format does not take is not', () => {
  const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } };
  const tools: JsonValue[] = [{ type: 'function', function: { name: 'f', parameters: {} } }, { type: 'web_search' }];
  expect(
    toFineTuningExample(
      chat({
        messages: [
          { role: 'user', content: [{ type: 'text', text: 'Now' }] },
          { role: 'assistant', content: null, tool_calls: [call], refusal: null, annotations: [] },
          { role: 'tool', tool_call_id: 'c', content: '5' },
        ],
        response: { choices: [{ message: { role: 'assistant', content: 'Five.', audio: null } }] },
        tools,
      }),
    ),
  ).toEqual({
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'Now' }] },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c', content: '5' },
      { role: 'assistant', content: 'Five.' },
    ],
    tools: [tools[0]],
  });
});

test.each<[string, Partial<LoggedChat>]>([
  ['that failed', { status: 'error' }],
  ['that was cut', { status: 'incomplete' }],
  ['without an answer', { response_content: null }],
  ['with an empty answer', { response_content: '' }],
  ['of another endpoint', { endpoint: 'embeddings', messages: 'text' }],
  ['whose messages are a text', { messages: 'text' }],
  ['without messages', { messages: [] }],
  ['with a role of another provider', { messages: [{ role: 'model', content: 'x' }] }],
  ['with parts of another provider', { messages: [{ role: 'user', content: [{ type: 'tool_use' }] }] }],
  ['with a result that names no call', { messages: [{ role: 'tool', content: 'x' }] }],
  ['that was refused', { response: { choices: [{ message: { content: null, refusal: 'No.' } }] } }],
  ['with odd messages', { messages: [5, null] }],
])('a request %s is left out', (_, fields) => {
  expect(toFineTuningExample(chat(fields))).toBeNull();
});
