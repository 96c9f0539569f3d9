import type { JsonValue } from '#shared/primitives';
import { calledTools, parseConversation } from './conversation.ts';

const parse = (messages: JsonValue, response: JsonValue | null = null, response_content: string | null = null) =>
  parseConversation({ messages, response, response_content });

test('chat messages keep their roles and words', () => {
  const { sent, answer } = parse(
    [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ],
    null,
    'Hello!',
  );
  expect(sent.map(({ role, parts }) => [role, parts])).toEqual([
    ['system', [{ kind: 'text', text: 'Be brief.' }]],
    ['user', [{ kind: 'text', text: 'Hi' }]],
  ]);
  expect(answer).toEqual([
    { role: 'assistant', name: null, toolCallId: null, parts: [{ kind: 'text', text: 'Hello!' }] },
  ]);
});

test('tool calls and their results are paired by id', () => {
  const conversation = parse([
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Oslo"}' } }],
    },
    { role: 'tool', tool_call_id: 'call_1', content: '{"temp":-3}' },
  ]);
  expect(conversation.sent[0]?.parts).toEqual([
    { kind: 'tool_call', id: 'call_1', name: 'get_weather', args: '{\n  "city": "Oslo"\n}' },
  ]);
  expect(conversation.sent[1]).toMatchObject({ role: 'tool', toolCallId: 'call_1' });
  expect(calledTools(conversation).get('call_1')).toBe('get_weather');
});

test('arguments that are not JSON are shown as they came', () => {
  const [message] = parse([{ role: 'assistant', function_call: { name: 'f', arguments: '{"cut of' } }]).sent;
  expect(message?.parts).toEqual([{ kind: 'tool_call', id: null, name: 'f', args: '{"cut of' }]);
});

test('pictures, sound and files are described, with their size where it is known', () => {
  const [message] = parse([
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Look' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAAAAAA' } },
        { type: 'input_image', image_url: 'https://example.com/a.png?secret=1' },
        { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
        { type: 'file', file: { filename: 'bill.pdf', file_data: 'data:application/pdf;base64,AAAA' } },
      ],
    },
  ]).sent;
  expect(message?.parts).toEqual([
    { kind: 'text', text: 'Look' },
    { kind: 'media', media: 'image', source: 'image/png', sizeBytes: 6 },
    { kind: 'media', media: 'image', source: 'example.com', sizeBytes: null },
    { kind: 'media', media: 'audio', source: 'wav', sizeBytes: 3 },
    { kind: 'media', media: 'file', source: 'bill.pdf', sizeBytes: 3 },
  ]);
});

test('several choices are told apart, and a refusal is one', () => {
  const { answer } = parse([], {
    choices: [
      { message: { role: 'assistant', content: 'A' } },
      { message: { role: 'assistant', content: null, refusal: 'No.' } },
    ],
  });
  expect(answer.map(({ name }) => name)).toEqual(['choice 1', 'choice 2']);
  expect(answer[1]?.parts).toEqual([{ kind: 'refusal', text: 'No.' }]);
});

test('a response without words is completed by response_content, and words are not shown twice', () => {
  const call = {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'c', function: { name: 'f', arguments: '{}' } }],
  };
  expect(parse([], { choices: [{ message: call }] }, 'text').answer).toHaveLength(2);
  expect(parse([], { choices: [{ message: { role: 'assistant', content: 'text' } }] }, 'text').answer).toHaveLength(1);
});

test('the Responses endpoint reads as a conversation', () => {
  const { sent, answer } = parse(
    { instructions: 'Be kind.', input: [{ role: 'user', content: [{ type: 'input_text', text: 'Hi' }] }] },
    {
      output: [
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Thinking' }] },
        { type: 'function_call', call_id: 'c1', name: 'look', arguments: '{}' },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Done' }] },
      ],
    },
  );
  expect(sent.map(({ role }) => role)).toEqual(['system', 'user']);
  expect(answer.flatMap(({ parts }) => parts.map(({ kind }) => kind))).toEqual(['reasoning', 'tool_call', 'text']);
});

test('an input of another endpoint is text or JSON, never lost', () => {
  expect(parse('embed me').sent[0]?.parts).toEqual([{ kind: 'text', text: 'embed me' }]);
  expect(parse(['a', 'b']).sent).toHaveLength(2);
  expect(parse([{ weird: true }]).sent[0]?.parts).toEqual([{ kind: 'json', value: { weird: true } }]);
  expect(parse([[1, 2]]).sent[0]?.parts).toEqual([{ kind: 'json', value: [1, 2] }]);
});

test('an answer that is no message is shown as what it is', () => {
  const { answer } = parse(['sea', 'sky'], { object: 'list', data: { count: 2, dimensions: 8 } });
  expect(answer).toMatchObject([{ role: 'output', parts: [{ kind: 'json' }] }]);
});
