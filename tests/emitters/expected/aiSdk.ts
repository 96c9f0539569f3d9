/** The AI SDK: each call of a model stands in an outer span, which repeats its usage and must not be counted. */
import type { JsonObject, JsonValue } from '#shared/primitives';
import {
  aCall,
  aCallingAnswer,
  ANSWER,
  type ExpectedSpan,
  HTTP_SPAN,
  PERSON,
  QUESTION,
  RESULT,
  SERVED,
  SERVICE,
  SOME_MS,
  SYSTEM,
  TAGS,
  USAGE,
} from './scenario.ts';

const ALL: JsonObject = { ...SERVICE, ...PERSON, ...TAGS };
const METADATA: JsonObject = { plan: 'pro', 'service.name': 'weather-app' };
const USER: JsonValue = { role: 'user', content: [{ type: 'text', text: QUESTION }] };
const TOOLS: JsonValue[] = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      description: 'The weather in a city.',
      parameters: {
        $schema: 'http://json-schema.org/draft-07/schema#',
        type: 'object',
        properties: { city: { type: 'string' } },
        required: ['city'],
        additionalProperties: false,
      },
    },
  },
];

function call(span: string, name: string, fields: JsonObject): ExpectedSpan {
  const isAnswered = fields.status === undefined;
  return {
    span,
    role: 'llm',
    fields: { ...ALL, name, provider: 'openai', stream: false, ...(isAnswered ? USAGE : {}), ...fields },
    metadata: METADATA,
    notes: isAnswered ? [] : ['no_usage'],
  };
}

function outer(span: string, name: string, fields: JsonObject, reported: JsonObject): ExpectedSpan {
  return {
    span,
    role: 'chain',
    fields: { ...ALL, name, kind: 'chain', status: 'success', ...fields },
    metadata: { ...METADATA, reported },
  };
}

const WEATHER = {
  model: 'gpt-4o-mini',
  response_model: SERVED,
  tools: TOOLS,
  parameters: { temperature: 0.2, max_tokens: 100, tool_choice: { type: 'auto' } },
};
const THOUGHT = {
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: ANSWER, reasoning_content: 'The user asks about Paris.' },
      finish_reason: 'stop',
    },
  ],
};
const FAILED = { status: 'error', error: { type: 'AI_APICallError', message: 'slow down' } };

export const AI_SDK: readonly ExpectedSpan[] = [
  call('ai.generateText.doGenerate', 'weather', {
    ...WEATHER,
    messages: [{ role: 'system', content: SYSTEM }, USER],
    response: aCallingAnswer(),
    finish_reason: 'tool_calls',
    provider_request_id: 'chatcmpl-tool',
  }),
  {
    span: 'ai.toolCall',
    role: 'tool',
    fields: { ...ALL, name: 'get_weather', kind: 'tool', status: 'success', input: { city: 'Paris' }, output: RESULT },
    metadata: { ...METADATA, 'ai.toolCall.id': 'call_weather' },
  },
  call('ai.generateText.doGenerate', 'weather', {
    ...WEATHER,
    messages: [
      { role: 'system', content: SYSTEM },
      USER,
      { role: 'assistant', content: null, tool_calls: [aCall()] },
      { role: 'tool', tool_call_id: 'call_weather', name: 'get_weather', content: '{"sky":"clear","degrees":24}' },
    ],
    response_content: ANSWER,
    finish_reason: 'stop',
    provider_request_id: 'chatcmpl-text',
  }),
  // The sum of both calls.
  outer(
    'ai.generateText',
    'weather',
    { input: { system: SYSTEM, prompt: QUESTION }, output: ANSWER },
    { model: 'gpt-4o-mini', input_tokens: 240, output_tokens: 60, cached_input_tokens: 80, reasoning_tokens: 20 },
  ),
  call('ai.streamText.doStream', 'stream', {
    model: 'gpt-4.1-mini',
    response_model: SERVED,
    messages: [USER],
    response_content: ANSWER,
    finish_reason: 'stop',
    provider_request_id: 'chatcmpl-stream',
    stream: true,
    ttft_ms: SOME_MS,
  }),
  outer(
    'ai.streamText',
    'stream',
    { input: { prompt: QUESTION }, output: ANSWER },
    { model: 'gpt-4.1-mini', ...USAGE },
  ),
  call('ai.generateText.doGenerate', 'think', {
    model: 'o4-mini',
    response_model: 'o4-mini-2025-04-16',
    messages: [USER],
    response: THOUGHT,
    response_content: ANSWER,
    finish_reason: 'stop',
    provider_request_id: 'resp_text',
  }),
  outer('ai.generateText', 'think', { input: { prompt: QUESTION }, output: ANSWER }, { model: 'o4-mini', ...USAGE }),
  call('ai.generateText.doGenerate', 'fail', { model: 'status-429', messages: [USER], ...FAILED }),
  outer('ai.generateText', 'fail', { input: { prompt: QUESTION }, ...FAILED }, { model: 'status-429' }),
  {
    span: 'ai.embed.doEmbed',
    role: 'embedding',
    fields: {
      ...ALL,
      name: 'find',
      provider: 'openai',
      model: 'text-embedding-3-small',
      endpoint: 'embeddings',
      messages: [QUESTION],
      input_tokens: 7,
    },
    metadata: METADATA,
    notes: [],
  },
  outer('ai.embed', 'find', { input: QUESTION }, { model: 'text-embedding-3-small', input_tokens: 7 }),
  HTTP_SPAN,
];
