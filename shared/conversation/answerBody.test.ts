import type { JsonObject, JsonValue } from '#shared/primitives';
import { bodyOf } from './answerBody.ts';
import { parseAnswer } from './conversation.ts';
import { readFinishReason } from './finishReason.ts';
import { readResponseModel } from './responseModel.ts';
import { readUsage } from './usage.ts';

const CHAT: JsonObject = {
  model: 'm-1',
  choices: [{ finish_reason: 'length', message: { role: 'assistant', content: 'Hello' } }],
  usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
};
const GEMINI: JsonObject = {
  candidates: [{ content: { role: 'model', parts: [{ text: 'Hello' }] }, finishReason: 'length' }],
  usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 2 },
  modelVersion: 'm-1',
};
const ANTHROPIC: JsonObject = {
  type: 'message',
  model: 'm-1',
  content: [{ type: 'text', text: 'Hello' }],
  stop_reason: 'length',
  usage: { input_tokens: 5, output_tokens: 2 },
};
const chunk = (choice: JsonObject) => ({
  model: 'm-1',
  choices: [{ index: 0, delta: {}, finish_reason: null, ...choice }],
});

test.each<[string, JsonValue]>([
  ['chat completions', CHAT],
  ["a line of OpenAI's batches", { custom_id: 'a', response: { status_code: 200, body: CHAT }, error: null }],
  ["a line of Anthropic's batches", { custom_id: 'a', result: { type: 'succeeded', message: ANTHROPIC } }],
  ["Gemini's library", { response: GEMINI }],
  ['a list of one', [CHAT]],
  ['Gemini, a stream of one piece', [GEMINI]],
  ['JSON text', JSON.stringify(CHAT)],
  ['JSON text of Anthropic', JSON.stringify({ ...ANTHROPIC, role: 'assistant' }, null, 2)],
  ['Cloudflare', { result: { ...CHAT }, success: true, errors: [] }],
  [
    'DashScope',
    { output: { choices: CHAT.choices ?? [], model: 'm-1' }, usage: { input_tokens: 5, output_tokens: 2 } },
  ],
  ['a library for HTTP', { status: 200, data: CHAT }],
  [
    'chunks of chat completions',
    [
      chunk({ delta: { role: 'assistant', content: 'Hel' } }),
      chunk({ delta: { content: 'lo' } }),
      chunk({ finish_reason: 'length' }),
      { choices: [], usage: CHAT.usage ?? null },
    ],
  ],
  [
    'chunks of Gemini',
    [
      {
        candidates: [{ content: { parts: [{ text: 'Hel' }] } }],
        usageMetadata: { promptTokenCount: 5 },
        modelVersion: 'm-1',
      },
      { ...GEMINI, candidates: [{ content: { parts: [{ text: 'lo' }] }, finishReason: 'length' }] },
    ],
  ],
  [
    'events of Anthropic',
    [
      {
        type: 'message_start',
        message: { ...ANTHROPIC, content: [], stop_reason: null, usage: { input_tokens: 5, output_tokens: 1 } },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hel' } },
      { type: 'ping' },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'lo' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'length' }, usage: { output_tokens: 2 } },
      { type: 'message_stop' },
    ],
  ],
  [
    'pieces of Ollama',
    [
      { model: 'm-1', message: { role: 'assistant', content: 'Hel' }, done: false },
      {
        model: 'm-1',
        message: { role: 'assistant', content: 'lo' },
        done: true,
        done_reason: 'length',
        prompt_eval_count: 5,
        eval_count: 2,
      },
    ],
  ],
  [
    'events of Responses without the last one',
    [
      { type: 'response.created', response: { object: 'response', status: 'in_progress', model: 'm-1', output: [] } },
      { type: 'response.output_item.added', output_index: 0, item: { type: 'message', content: [] } },
      { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'Hel' },
      { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'lo' },
      {
        type: 'response.incomplete',
        response: {
          object: 'response',
          incomplete_details: { reason: 'length' },
          usage: { input_tokens: 5, output_tokens: 2 },
        },
      },
    ],
  ],
])('%s: words, end, counts and model', (_, response) => {
  expect(parseAnswer(response, null).map(({ parts }) => parts)).toEqual([[{ kind: 'text', text: 'Hello' }]]);
  expect(readFinishReason(response)).toBe('length');
  expect(readUsage(response)).toMatchObject({ input_tokens: 5, output_tokens: 2 });
  expect(readResponseModel(response)).toBe('m-1');
});

test.each<[string, JsonValue]>([
  [
    'Bedrock Converse',
    [
      { messageStart: { role: 'assistant' } },
      { contentBlockDelta: { delta: { text: 'Hel' }, contentBlockIndex: 0 } },
      { contentBlockDelta: { delta: { text: 'lo' }, contentBlockIndex: 0 } },
      { contentBlockStop: { contentBlockIndex: 0 } },
      { messageStop: { stopReason: 'length' } },
      { metadata: { usage: { inputTokens: 5, outputTokens: 2 }, metrics: { latencyMs: 3 } } },
    ],
  ],
  [
    'Cohere',
    [
      { type: 'message-start', id: 'a', delta: { message: { role: 'assistant', content: [], tool_calls: [] } } },
      { type: 'content-start', index: 0, delta: { message: { content: { type: 'text', text: '' } } } },
      { type: 'content-delta', index: 0, delta: { message: { content: { text: 'Hel' } } } },
      { type: 'content-delta', index: 0, delta: { message: { content: { text: 'lo' } } } },
      { type: 'content-end', index: 0 },
      {
        type: 'message-end',
        delta: { finish_reason: 'length', usage: { tokens: { input_tokens: 5, output_tokens: 2 } } },
      },
    ],
  ],
  [
    'the first version of Cohere',
    [
      { event_type: 'stream-start', is_finished: false, generation_id: 'a' },
      { event_type: 'text-generation', is_finished: false, text: 'Hel' },
      { event_type: 'text-generation', is_finished: false, text: 'lo' },
      {
        event_type: 'stream-end',
        is_finished: true,
        finish_reason: 'length',
        response: {
          text: 'Hello',
          finish_reason: 'length',
          meta: { tokens: { input_tokens: 5, output_tokens: 2 } },
        },
      },
    ],
  ],
  [
    'llama.cpp',
    [
      { content: 'Hel', stop: false },
      { content: 'lo', stop: false },
      { content: '', stop: true, stop_type: 'length', tokens_evaluated: 5, tokens_predicted: 2 },
    ],
  ],
])('a stream of %s, which names no model: words, end and counts', (_, response) => {
  expect(parseAnswer(response, null).map(({ parts }) => parts)).toEqual([[{ kind: 'text', text: 'Hello' }]]);
  expect(readFinishReason(response)).toBe('length');
  expect(readUsage(response)).toMatchObject({ input_tokens: 5, output_tokens: 2 });
});

test.each<[string, string]>([
  ['JSON that a model wrote', '{"answer":5,"error":null}'],
  ['what it wrote of choices', '{"choices":["a","b"]}'],
  ['what it wrote of an error', '{"error":{"message":"not there"}}'],
  ['what is nested without an end', `{"choices":[{"a":${'['.repeat(9_000)}${']'.repeat(9_000)}}]}`],
  ['what breaks off', '{"choices":[{"message":'],
])('a text is text: %s', (_, text) => {
  expect(bodyOf(text)).toBeNull();
  expect(parseAnswer(text, null)[0]?.parts).toEqual([{ kind: 'text', text }]);
});

test('events of Responses: the last whole one counts', () => {
  const response = {
    object: 'response',
    status: 'completed',
    model: 'm-1',
    output: [{ type: 'message', content: [] }],
  };
  const events: JsonObject[] = [
    { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } },
    { type: 'response.output_text.delta', delta: 'Hi' },
    { type: 'response.completed', response },
  ];
  expect(bodyOf(events)).toEqual(response);
});

test('what a tool is called with comes in pieces, too', () => {
  const events: JsonObject[] = [
    { type: 'message_start', message: { type: 'message', content: [] } },
    { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: 't', name: 'weather', input: {} } },
    { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{"city":' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '"Oslo"}' } },
  ];
  expect(parseAnswer(events, null)[0]?.parts).toEqual([
    { kind: 'tool_call', id: 't', name: 'weather', args: '{"city":"Oslo"}' },
  ]);
});

test('a batch is its own service tier', () => {
  const line = { custom_id: 'a', response: { status_code: 200, body: { ...CHAT, service_tier: 'default' } } };
  expect(bodyOf(line)?.service_tier).toBe('batch');
});

test.each<[string, JsonValue]>([
  ['a list of other things', [{ label: 'a' }, { label: 'b' }]],
  [
    'a list of what is done',
    [
      { task: 'a', done: true },
      { task: 'b', done: false },
    ],
  ],
  ['a text', 'Hi'],
  ['nothing', null],
])('%s has no body', (_, response) => {
  expect(bodyOf(response)).toBeNull();
});

test.each<[string, JsonValue, string | null]>([
  ['LangChain', { content: 'Hi', response_metadata: { model_name: 'm-1' } }, 'm-1'],
  ['the AI SDK', { text: 'Hi', response: { modelId: 'm-1' } }, 'm-1'],
  ['watsonx', { model_id: 'm-1', results: [{ generated_text: 'Hi' }] }, 'm-1'],
  ['a JSON of any other form', { model: 'XC60', price: 3 }, null],
  ['what is no name', { model: 'a\nb', choices: [] }, null],
  ['what is no text', { model: { a: 1 }, choices: [] }, null],
])('the model in %s', (_, response, model) => {
  expect(readResponseModel(response)).toBe(model);
});

test('a hundred thousand pieces are put together one after the other, and once for all who ask', () => {
  const pieces = [
    { done: false, message: { role: 'assistant', content: 'a' }, usage: { input_tokens: 5 } },
    ...Array.from({ length: 100_000 }, (_, index) => ({
      choices: [{ index }],
      done: false,
      message: { content: 'a' },
      usage: { output_tokens: index },
    })),
  ];
  const whole = bodyOf(pieces);
  expect(whole?.choices).toHaveLength(100_000);
  expect(whole?.message).toEqual({ role: 'assistant', content: 'a'.repeat(100_001) });
  expect(whole?.usage).toEqual({ input_tokens: 5, output_tokens: 99_999 });
  expect(pieces[1]?.message).toEqual({ content: 'a' });
  expect(bodyOf(pieces)).toBe(whole);
});

test('members of a piece that objects have anyway are members of the whole', () => {
  const whole = bodyOf(
    JSON.parse('[{"done":false,"message":{},"__proto__":{"a":1},"toString":"x"},{"done":true,"message":{}}]'),
  );
  expect(JSON.stringify(whole)).toBe('{"done":true,"__proto__":{"a":1},"toString":"x"}');
  expect(({} as Record<string, unknown>).a).toBeUndefined();
});

test('an answer as text may be long, and is no answer with more values than a log of a batch can have', () => {
  const text = (content: string, choices: number) =>
    JSON.stringify({ choices: Array.from({ length: choices }, () => ({ message: { content } })) });
  expect(bodyOf(text('a, "b" [c] '.repeat(50_000), 1))).not.toBeNull();
  expect(bodyOf(text('a', 100))).not.toBeNull();
  expect(bodyOf(text('a', 300))).toBeNull();
});

test('an answer that came as JSON text holds no NUL, which no column takes', () => {
  const text = JSON.stringify({ choices: [{ message: { content: 'a\0b' } }], model: 'm' });
  expect(parseAnswer(text, null)[0]?.parts).toEqual([{ kind: 'text', text: 'a\ufffdb' }]);
});

const COUNTS = { prompt_tokens: 3, completion_tokens: 2 };

test.each<[string, JsonValue]>([
  [
    'results of LangChain',
    {
      generations: [
        [
          {
            text: 'Hello',
            message: {
              type: 'ai',
              content: 'Hello',
              response_metadata: { finish_reason: 'length', model_name: 'm-1', token_usage: COUNTS },
            },
          },
        ],
      ],
      llm_output: {},
    },
  ],
  [
    'results of LangChain without messages',
    {
      generations: [[{ text: 'Hello', generation_info: { finish_reason: 'length' } }]],
      llm_output: { token_usage: COUNTS, model_name: 'm-1' },
    },
  ],
  [
    'LlamaIndex',
    {
      message: { role: 'assistant', blocks: [{ block_type: 'text', text: 'Hello' }] },
      raw: { choices: [{ finish_reason: 'length' }], model: 'm-1', usage: COUNTS },
    },
  ],
  [
    'Haystack',
    { replies: [{ content: [{ text: 'Hello' }], meta: { finish_reason: 'length', model: 'm-1', usage: COUNTS } }] },
  ],
  [
    '.NET',
    {
      messages: [{ role: 'assistant', contents: [{ $type: 'text', text: 'Hello' }] }],
      modelId: 'm-1',
      finishReason: 'length',
      usage: { inputTokenCount: 3, outputTokenCount: 2 },
    },
  ],
])('what %s keep beside the words tells the end, the counts and the model', (_, response) => {
  expect(parseAnswer(response, null)[0]?.parts).toEqual([{ kind: 'text', text: 'Hello' }]);
  expect(readFinishReason(response)).toBe('length');
  expect(readUsage(response)).toMatchObject({ input_tokens: 3, output_tokens: 2 });
  expect(readResponseModel(response)).toBe('m-1');
});
