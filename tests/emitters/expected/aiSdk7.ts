/** The AI SDK 7, whose own telemetry follows the current conventions: agents, their steps, calls of models and tools. */
import type { JsonObject, JsonValue } from '#shared/primitives';
import {
  aCallingAnswer,
  aHistory,
  ANSWER,
  ASKED,
  type ExpectedSpan,
  HTTP_SPAN,
  QUESTION,
  RESULT,
  SERVED,
  SERVICE,
  SOME_MS,
  TOTALS,
} from './scenario.ts';

const USER: JsonValue[] = [{ role: 'user', content: QUESTION }];
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
/** It does not tell the reasoning. */
const USAGE: JsonObject = { ...TOTALS, cached_input_tokens: 40 };
const FAILED: JsonObject = {
  status: 'error',
  error: { type: 'AI_APICallError', message: 'slow down', http_status: 429 },
};
const THOUGHT: JsonValue = {
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: ANSWER, reasoning_content: 'The user asks about Paris.' },
      finish_reason: 'stop',
    },
  ],
};

function call(model: string, fields: JsonObject): ExpectedSpan {
  const isAnswered = fields.status === undefined;
  return {
    span: `chat ${model}`,
    role: 'llm',
    fields: { ...SERVICE, name: `chat ${model}`, provider: 'openai', model, ...(isAnswered ? USAGE : {}), ...fields },
    notes: isAnswered ? [] : ['no_usage'],
  };
}

function step(number: number, fields: JsonObject = {}): ExpectedSpan {
  return {
    span: `step ${number}`,
    role: 'chain',
    fields: { ...SERVICE, name: `step ${number}`, kind: 'chain', status: 'success', ...fields },
  };
}

/** Its usage is the sum of its calls, and counts nowhere. */
function agent(name: string, model: string, fields: JsonObject, reported: JsonObject): ExpectedSpan {
  return {
    span: `invoke_agent ${model}`,
    role: 'agent',
    fields: { ...SERVICE, name, kind: 'agent', status: 'success', input: USER, ...fields },
    metadata: { reported: { model, ...reported } },
  };
}

const WEATHER = { response_model: SERVED, tools: TOOLS, parameters: { temperature: 0.2, max_tokens: 100 } };

export const AI_SDK_7: readonly ExpectedSpan[] = [
  call('gpt-4o-mini', {
    ...WEATHER,
    messages: ASKED,
    response: aCallingAnswer(),
    finish_reason: 'tool_calls',
    provider_request_id: 'chatcmpl-tool',
  }),
  {
    span: 'execute_tool get_weather',
    role: 'tool',
    fields: {
      ...SERVICE,
      name: 'get_weather',
      kind: 'tool',
      status: 'success',
      input: { city: 'Paris' },
      output: RESULT,
    },
    metadata: { 'gen_ai.tool.call.id': 'call_weather' },
  },
  step(1),
  call('gpt-4o-mini', {
    ...WEATHER,
    messages: aHistory(),
    response_content: ANSWER,
    finish_reason: 'stop',
    provider_request_id: 'chatcmpl-text',
  }),
  step(2),
  {
    ...agent(
      'weather',
      'gpt-4o-mini',
      { input: ASKED },
      { input_tokens: 240, output_tokens: 60, cached_input_tokens: 80 },
    ),
    // Its output is all that was said on the way.
    isPartial: true,
  },
  call('gpt-4.1-mini', {
    response_model: SERVED,
    messages: USER,
    response_content: ANSWER,
    finish_reason: 'stop',
    provider_request_id: 'chatcmpl-stream',
    ttft_ms: SOME_MS,
  }),
  step(1),
  agent('stream', 'gpt-4.1-mini', { output: ANSWER }, USAGE),
  call('o4-mini', {
    response_model: 'o4-mini-2025-04-16',
    messages: USER,
    response: THOUGHT,
    response_content: ANSWER,
    finish_reason: 'stop',
    provider_request_id: 'resp_text',
  }),
  step(1),
  agent('think', 'o4-mini', { output: ANSWER }, USAGE),
  call('status-429', { messages: USER, ...FAILED }),
  step(1, FAILED),
  agent('fail', 'status-429', FAILED, {}),
  {
    span: 'embeddings text-embedding-3-small',
    role: 'embedding',
    fields: {
      ...SERVICE,
      name: 'embeddings text-embedding-3-small',
      provider: 'openai',
      model: 'text-embedding-3-small',
      endpoint: 'embeddings',
      messages: [],
      input_tokens: 7,
    },
    notes: [],
  },
  {
    span: 'embeddings text-embedding-3-small',
    role: 'embedding',
    fields: {
      ...SERVICE,
      name: 'embeddings text-embedding-3-small',
      provider: 'openai',
      model: 'text-embedding-3-small',
      endpoint: 'embeddings',
      messages: [],
    },
    notes: ['no_usage'],
    isOuter: true,
  },
  { ...HTTP_SPAN, metadata: { 'service.name': 'weather-app' } },
];
