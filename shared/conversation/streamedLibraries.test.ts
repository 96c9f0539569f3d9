import type { JsonObject, JsonValue } from '#shared/primitives';
import { bodyOf } from './answerBody.ts';
import { readAnswerEnd } from './answerError.ts';
import { parseAnswer } from './conversation.ts';
import { readFinishReason } from './finishReason.ts';
import { readResponseModel } from './responseModel.ts';
import { readUsage } from './usage.ts';

const langChain = (chunk: JsonObject) => ({ type: 'AIMessageChunk', tool_calls: [], ...chunk });
const asConstructor = (kwargs: JsonObject) => ({
  lc: 1,
  type: 'constructor',
  id: ['langchain', 'schema', 'messages', 'AIMessageChunk'],
  kwargs,
});

const SAID = [
  { kind: 'reasoning', text: 'Hm.' },
  { kind: 'text', text: 'Hello' },
  { kind: 'tool_call', id: 'c', name: 'f', args: '{"a":1}' },
];

const LANGCHAIN: JsonObject[] = [
  { content: [], usage_metadata: { input_tokens: 20, output_tokens: 0, input_token_details: { cache_read: 5 } } },
  { content: [{ type: 'thinking', thinking: 'Hm', index: 0 }] },
  { content: [{ type: 'thinking', thinking: '.', index: 0 }] },
  { content: [{ type: 'text', text: 'Hel', index: 1 }] },
  { content: [{ type: 'text', text: 'lo', index: 1 }] },
  {
    content: [{ type: 'tool_use', id: 'c', name: 'f', input: {}, index: 2 }],
    tool_call_chunks: [{ index: 2, id: 'c', name: 'f', args: '' }],
  },
  {
    content: [{ type: 'input_json_delta', partial_json: '{"a":1}', index: 2 }],
    tool_call_chunks: [{ index: 2, id: null, name: null, args: '{"a":1}' }],
  },
  {
    content: '',
    response_metadata: { stop_reason: 'max_tokens', model_name: 'm-1' },
    usage_metadata: { input_tokens: 0, output_tokens: 9, input_token_details: { cache_read: 0 } },
  },
];

const STEP = {
  finishReason: 'length',
  usage: { inputTokens: 20, outputTokens: 9, cachedInputTokens: 5 },
  response: { modelId: 'm-1' },
};

test.each<[string, JsonObject[]]>([
  ['chunks of LangChain', LANGCHAIN.map(langChain)],
  ['the constructors of them', LANGCHAIN.map(asConstructor)],
  [
    'streamText',
    [
      { type: 'start' },
      { type: 'start-step', warnings: [] },
      { type: 'reasoning-start', id: '0' },
      { type: 'reasoning-delta', id: '0', text: 'Hm' },
      { type: 'text-start', id: '1' },
      { type: 'text-delta', id: '1', text: 'Hel' },
      { type: 'reasoning-delta', id: '0', text: '.' },
      { type: 'text-delta', id: '1', text: 'lo' },
      { type: 'text-end', id: '1' },
      { type: 'tool-input-start', id: 'c', toolName: 'f' },
      { type: 'tool-input-delta', id: 'c', delta: '{"a"' },
      { type: 'tool-call', toolCallId: 'c', toolName: 'f', input: '{"a":1}' },
      { type: 'finish-step', ...STEP },
      { type: 'finish', finishReason: 'length', totalUsage: STEP.usage },
    ],
  ],
  [
    'version 4 of it',
    [
      { type: 'step-start', messageId: 'm' },
      { type: 'reasoning', textDelta: 'Hm' },
      { type: 'reasoning', textDelta: '.' },
      { type: 'text-delta', textDelta: 'Hel' },
      { type: 'text-delta', textDelta: 'lo' },
      { type: 'tool-call-streaming-start', toolCallId: 'c', toolName: 'f' },
      { type: 'tool-call-delta', toolCallId: 'c', toolName: 'f', argsTextDelta: '{"a"' },
      { type: 'tool-call', toolCallId: 'c', toolName: 'f', args: '{"a":1}' },
      { type: 'finish', ...STEP, usage: { promptTokens: 20, completionTokens: 9, cachedInputTokens: 5 } },
    ],
  ],
  [
    'a model of version 6',
    [
      { type: 'stream-start', warnings: [] },
      { type: 'response-metadata', id: 'r', modelId: 'm-1' },
      { type: 'reasoning-delta', id: '0', delta: 'Hm.' },
      { type: 'text-delta', id: '1', delta: 'Hello' },
      { type: 'tool-call', toolCallId: 'c', toolName: 'f', input: '{"a":1}' },
      {
        type: 'finish',
        finishReason: { unified: 'length', raw: 'max_tokens' },
        usage: { inputTokens: { total: 20, noCache: 15, cacheRead: 5 }, outputTokens: { total: 9, text: 9 } },
      },
    ],
  ],
])('a list of %s is one answer', (_, pieces) => {
  expect(parseAnswer(pieces, null).map(({ role, parts }) => ({ role, parts }))).toEqual([
    { role: 'assistant', parts: SAID },
  ]);
  expect(readUsage(pieces)).toMatchObject({ input_tokens: 20, output_tokens: 9, cached_input_tokens: 5 });
  expect(readFinishReason(pieces)).toMatch(/^(?:length|max_tokens)$/);
  expect(readResponseModel(pieces)).toBe('m-1');
  expect(readAnswerEnd(pieces, false)?.status).toBe('incomplete');
});

const INTERFACE: JsonObject[] = [
  { type: 'start', messageId: 'm' },
  { type: 'text-delta', id: '1', delta: 'Hello' },
];

test.each<[string, JsonObject[], string | undefined]>([
  ['that ends', [...INTERFACE, { type: 'finish' }], undefined],
  ['that does not end', INTERFACE, 'incomplete'],
  ['with an error', [...INTERFACE, { type: 'error', errorText: 'Overloaded' }], 'error'],
])('a stream of the interface of the AI SDK %s', (_, pieces, status) => {
  expect(parseAnswer(pieces, null)[0]?.parts).toEqual([{ kind: 'text', text: 'Hello' }]);
  expect(readAnswerEnd(pieces, false)?.status).toBe(status);
});

test('the error in a stream of the AI SDK is told, and its steps with the same ids stay apart', () => {
  const error = { name: 'AI_APICallError', message: 'Overloaded' };
  expect(readAnswerEnd([...INTERFACE, { type: 'error', error }], false)?.error).toEqual({ message: 'Overloaded' });
  const steps: JsonValue = [
    { type: 'text-start', id: '0' },
    { type: 'text-delta', id: '0', text: 'First' },
    { type: 'text-end', id: '0' },
    { type: 'tool-call', toolCallId: 'c', toolName: 'f', input: {} },
    { type: 'tool-result', toolCallId: 'c', toolName: 'f', output: 'half', preliminary: true },
    { type: 'tool-result', toolCallId: 'c', toolName: 'f', output: 'all' },
    { type: 'text-start', id: '0' },
    { type: 'text-delta', id: '0', text: 'Second' },
    { type: 'finish', finishReason: 'stop' },
  ];
  const kinds = parseAnswer(steps, null)[0]?.parts.map((part) => ('text' in part ? part.text : part.kind));
  expect(kinds).toEqual(['First', 'tool_call', 'tool_result', 'Second']);
});

test('a list of calls that the AI SDK made is no stream that was cut', () => {
  const calls = ['f', 'g'].map((toolName) => ({ type: 'tool-call', toolCallId: toolName, toolName, input: {} }));
  expect(readAnswerEnd(calls, false)).toBeNull();
  expect(parseAnswer(calls, null)).toHaveLength(2);
});

test('what LangChain has no name for is read beside its message', () => {
  const parts = (additional_kwargs: JsonObject) =>
    parseAnswer({ type: 'ai', content: '', additional_kwargs }, null)[0]?.parts;
  expect(parts({ reasoning_content: 'Hm.' })).toEqual([{ kind: 'reasoning', text: 'Hm.' }]);
  expect(parts({ refusal: 'No.' })).toEqual([{ kind: 'refusal', text: 'No.' }]);
  expect(parts({ function_call: { name: 'f', arguments: '{}' } })).toMatchObject([{ kind: 'tool_call', name: 'f' }]);
});

test('chunks of LangGraph come with what it knows of the step', () => {
  const chunk = (content: string, more: JsonObject = {}): JsonValue => [
    { type: 'AIMessageChunk', content, ...more },
    { langgraph_step: 1, langgraph_node: 'agent' },
  ];
  const pieces = [chunk('Hel'), chunk('lo', { usage_metadata: { input_tokens: 3, output_tokens: 2 } })];
  expect(bodyOf(pieces)).toMatchObject({ content: 'Hello', usage_metadata: { input_tokens: 3, output_tokens: 2 } });
});

test('tokens of Hugging Face that were cut off are what they say, and incomplete', () => {
  const token = (text: string, special = false) => ({ token: { text, special }, generated_text: null, details: null });
  const begun = [token('Hel'), token('lo'), token('</s>', true)];
  expect(bodyOf(begun)).toMatchObject({ generated_text: 'Hello' });
  expect(readAnswerEnd(begun, false)?.status).toBe('incomplete');
  expect(readAnswerEnd([...begun, { ...token(''), generated_text: 'Hello' }], false)).toBeNull();
});

test('a text of Responses that is said at the end of its part alone', () => {
  const place = { output_index: 0, content_index: 0, item_id: 'i' };
  const pieces: JsonValue[] = [
    { type: 'response.created', response: { object: 'response', status: 'in_progress', output: [] } },
    { type: 'response.content_part.done', ...place, part: { type: 'output_text', text: 'Hello' } },
    { type: 'response.completed', response: { object: 'response', status: 'completed', output: [] } },
  ];
  expect(bodyOf(pieces)).toMatchObject({
    output: [{ type: 'message', content: [{ type: 'output_text', text: 'Hello' }] }],
  });
});
