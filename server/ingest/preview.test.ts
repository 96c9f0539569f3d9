import fc from 'fast-check';
import { parseExactJson } from '#shared/exactJson';
import type { JsonValue } from '#shared/primitives';
import { previewInput, previewOutput, previewStep } from './preview.ts';

const user = (content: JsonValue) => ({ role: 'user', content });

test.each<[string, JsonValue, string | null]>([
  ['the last thing the user said', [user('first'), { role: 'assistant', content: 'x' }, user('last')], 'last'],
  ['the user rather than a tool result after it', [user('question'), { role: 'tool', content: '42' }], 'question'],
  [
    'the last message where no user spoke',
    [
      { role: 'system', content: 'a' },
      { role: 'developer', content: 'b' },
    ],
    'b',
  ],
  [
    'the text among parts',
    [
      user([
        { type: 'image_url', image_url: { url: 'x' } },
        { type: 'text', text: 'what is it?' },
      ]),
    ],
    'what is it?',
  ],
  ['an input_text part of Responses', [user([{ type: 'input_text', text: 'hello' }])], 'hello'],
  ['a string, as embeddings take it', 'some text', 'some text'],
  ['the last of several texts', ['one', 'two'], 'two'],
  ['one line of many', [user('  a\n\n\tb   c\r\nd  ')], 'a b c d'],
  ['a text after much white space', [user(`${' '.repeat(1_000)}x`)], 'x'],
  ['a message in parts, as OpenTelemetry has it', [{ role: 'user', parts: [{ type: 'text', content: 'hi' }] }], 'hi'],
  ['a message in parts, as Gemini has it', { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }, 'hi'],
  ['the messages of a whole input', { instructions: 'be brief', input: [user('hi')] }, 'hi'],
  ['what was said before white space', [user('question'), user(' \n ')], 'question'],
  [
    'what the user said rather than what a tool gave to them',
    [user('question'), user([{ type: 'tool_result', content: [{ type: 'text', text: '-3' }] }])],
    'question',
  ],
  ['what a tool gave to a user', [user([{ type: 'tool_result', content: [{ type: 'text', text: '-3' }] }])], '-3'],
  [
    'what a search found, where nothing else is said',
    [
      user([
        {
          type: 'tool_result',
          content: [{ type: 'search_result', title: 'KB', content: [{ type: 'text', text: 'Body' }] }],
        },
      ]),
    ],
    'Body',
  ],
  ['a text after more white space than one looks at', [user(`${'\n'.repeat(50_000)}x`)], 'x'],
  ['nothing of a prototype', [{ role: 'user', content: JSON.parse('{"__proto__":{"text":"no"}}') }], null],
  ['nothing of no messages', [], null],
  ['nothing of a null content', [user(null)], null],
  ['nothing of white space', [user(' \n ')], null],
  ['nothing of an image alone', [user([{ type: 'image_url', image_url: { url: 'x' } }])], null],
  ['nothing of numbers', [[1, 2, 3]], null],
])('the preview of what was sent is %s', (_, messages, expected) => {
  expect(previewInput(messages)).toBe(expected);
});

const choice = (message: JsonValue) => ({ choices: [{ index: 0, message }] });
const toolCall = (name: string, args: string) => ({ type: 'function', function: { name, arguments: args } });

test.each<[string, string | null, JsonValue | null, string | null]>([
  ['the text of the answer', 'Paris.', choice({ content: 'other' }), 'Paris.'],
  ['the text of its first choice', null, choice({ content: 'from the choice' }), 'from the choice'],
  ['a refusal', null, choice({ content: null, refusal: 'I cannot' }), 'I cannot'],
  [
    'its tool calls',
    null,
    choice({ content: null, tool_calls: [toolCall('f', '{"a":1}'), toolCall('g', '')] }),
    'f({"a":1}), g()',
  ],
  ['its tool calls where the text is empty', '', choice({ content: '', tool_calls: [toolCall('f', '{}')] }), 'f({})'],
  ['the output_text of Responses', null, { output_text: 'hello', output: [] }, 'hello'],
  [
    'the first text in the output of Responses',
    null,
    { output: [{ type: 'message', content: [{ type: 'output_text', text: 'hi' }] }] },
    'hi',
  ],
  ['the first choice alone', null, { choices: [{ message: { content: null } }, { message: { content: 'b' } }] }, null],
  ['the text of a completion', null, { choices: [{ text: 'old' }] }, 'old'],
  [
    'a message of Anthropic, without its thoughts',
    null,
    {
      type: 'message',
      content: [
        { type: 'thinking', thinking: 'hm', text: 'hm' },
        { type: 'text', text: 'three' },
      ],
    },
    'three',
  ],
  ['parts of OpenTelemetry', null, { role: 'assistant', parts: [{ type: 'text', content: 'Cold.' }] }, 'Cold.'],
  [
    'a candidate of Gemini',
    null,
    { candidates: [{ content: { parts: [{ text: 'hm', thought: true }, { text: 'hi' }] } }] },
    'hi',
  ],
  ['a message of Bedrock', null, { output: { message: { content: [{ text: 'hi' }] } } }, 'hi'],
  ['a message of Ollama', null, { message: { role: 'assistant', content: 'hi' } }, 'hi'],
  [
    'its calls where there is only white space',
    '\n\n',
    choice({ content: '\n', tool_calls: [toolCall('f', '{}')] }),
    'f({})',
  ],
  [
    'a call of Responses',
    null,
    {
      output: [
        { type: 'reasoning', summary: [] },
        { type: 'function_call', name: 'f', arguments: '{"a":1}' },
      ],
    },
    'f({"a":1})',
  ],
  [
    'a call of a custom tool',
    null,
    choice({ tool_calls: [{ type: 'custom', custom: { name: 'sql', input: 'select 1' } }] }),
    'sql(select 1)',
  ],
  [
    'a custom call of Responses',
    null,
    { output: [{ type: 'custom_tool_call', name: 'sql', input: 'select 1' }] },
    'sql(select 1)',
  ],
  [
    'a call of the first functions',
    null,
    choice({ content: null, function_call: { name: 'f', arguments: '{}' } }),
    'f({})',
  ],
  ['a call of Anthropic', null, { content: [{ type: 'tool_use', name: 'f', input: { a: 1 } }] }, 'f({"a":1})'],
  [
    'a call of Gemini',
    null,
    { candidates: [{ content: { parts: [{ functionCall: { name: 'f', args: { a: 1 } } }] } }] },
    'f({"a":1})',
  ],
  ['a call of Bedrock', null, { output: { message: { content: [{ toolUse: { name: 'f', input: {} } }] } } }, 'f({})'],
  [
    'a call of the AI SDK',
    null,
    [{ role: 'assistant', content: [{ type: 'tool-call', toolName: 'f', input: {} }] }],
    'f({})',
  ],
  ['a call of OpenTelemetry', null, { parts: [{ type: 'tool_call', name: 'f', arguments: { a: 1 } }] }, 'f({"a":1})'],
  ['a search', null, { output: [{ type: 'web_search_call', action: { query: 'x' } }] }, 'web_search({"query":"x"})'],
  [
    'a call with numbers as they were sent',
    null,
    parseExactJson('{"content":[{"type":"tool_use","name":"f","input":{"n":10.50}}]}') as JsonValue,
    'f({"n":10.50})',
  ],
  ['the words beside a call', null, choice({ content: 'I look', tool_calls: [toolCall('f', '{}')] }), 'I look'],
  ['a response that is a string', null, 'words', 'words'],
  ['nothing of no answer', null, null, null],
  ['nothing of an answer that we do not know', null, { data: [{ embedding: [0.1] }] }, null],
  ['nothing of broken shapes', null, choice({ tool_calls: [null, 5, { function: 7 }, {}] }), null],
  ['nothing of choices that are none', null, { choices: 'x' }, null],
])('the preview of the answer is %s', (_, content, response, expected) => {
  expect(previewOutput(content, response)).toBe(expected);
});

test('a long text is cut, and never into half a character', () => {
  expect(previewInput('x'.repeat(500))).toBe(`${'x'.repeat(200)}…`);
  expect(previewInput(`x${'😀'.repeat(300)}`)?.isWellFormed()).toBe(true);
});

test('no JSON makes a preview fail, break a line or grow', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), fc.jsonValue(), (messages, response) => {
      for (const line of [previewInput(messages as JsonValue), previewOutput(null, response as JsonValue)]) {
        expect(
          line === null || (line.length <= 202 && !/[\n\r\t]/.test(line) && line.isWellFormed() && line.trim() !== ''),
        ).toBe(true);
      }
    }),
  );
});

describe('what a step was given and gave', () => {
  const question = { type: 'human', data: { content: 'Weather in Oslo?' } };
  const call = {
    type: 'ai',
    data: { content: '', tool_calls: [{ name: 'get_weather', args: { city: 'Oslo' }, id: 'c' }] },
  };
  const result = { type: 'tool', data: { content: 'sunny', tool_call_id: 'c' } };
  const answer = { type: 'ai', data: { content: 'It is sunny.' } };

  test.each([
    ['of an agent the question', { messages: [question, call, result] }, 'input', 'Weather in Oslo?'],
    ['of an agent the answer', { messages: [question, call, result, answer] }, 'output', 'It is sunny.'],
    [
      'of a model that wants a tool the call',
      [{ update: { messages: [call] } }],
      'output',
      'get_weather({"city":"Oslo"})',
    ],
    ['words that stand alone', { prompt: 'Say  hello' }, 'input', 'Say hello'],
    ['a text', ' Oslo\n', 'input', 'Oslo'],
    ['arguments of a tool', { city: 'Oslo' }, 'input', '{"city":"Oslo"}'],
    ['anything else', { prompt: 'Hi', n: 2 }, 'input', '{"prompt":"Hi","n":2}'],
    ['messages in which nobody says a word', { messages: [] }, 'input', '{"messages":[]}'],
    ['nothing', null, 'output', null],
  ] as const)('%s', (_, value, side, words) => {
    expect(previewStep(structuredClone(value) as JsonValue | null, side)).toBe(words);
  });
});

test('instructions in one message with what the user said are no preview', () => {
  const parts = [
    { part_kind: 'system-prompt', content: 'Be brief' },
    { part_kind: 'user-prompt', content: ['Hi'] },
  ];
  expect(previewInput([{ kind: 'request', parts }])).toBe('Hi');
  expect(previewInput([{ kind: 'request', parts: parts.slice(0, 1) }])).toBe('Be brief');
});

test('a document that was sent along is no preview, unless nothing else is said', () => {
  const document = { type: 'document', source: { type: 'text', data: 'The grass is green.' } };
  const said = { type: 'text', text: 'What colour?' };
  expect(previewInput([{ role: 'user', content: [document, said] }])).toBe('What colour?');
  expect(previewInput([{ role: 'user', content: [document] }])).toBe('The grass is green.');
});

test.each<[string, JsonValue, string]>([
  [
    'a tool of an MCP server that waits for a yes',
    { output: [{ type: 'mcp_approval_request', id: 'a', name: 'roll', server_label: 'dice', arguments: '{"n":2}' }] },
    'roll({"n":2})',
  ],
  [
    "Cohere's first version",
    { text: '', tool_calls: [{ name: 'weather', parameters: { city: 'Oslo' } }] },
    'weather({"city":"Oslo"})',
  ],
  ['Mistral on Bedrock', { outputs: [{ text: 'Hello', stop_reason: 'stop' }] }, 'Hello'],
  ["Anthropic's first endpoint", { type: 'completion', completion: ' Hello', stop_reason: 'stop_sequence' }, 'Hello'],
])('the answer of %s', (_, response, preview) => {
  expect(previewOutput(null, response)).toBe(preview);
});
