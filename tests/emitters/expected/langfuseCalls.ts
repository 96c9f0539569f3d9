/** The same calls by Langfuse's wrappers of OpenAI, within a span, with a tool. */
import { APP, calls, RATE_LIMIT, type Shape, without } from './openAiCalls.ts';
import {
  aCallingAnswer,
  ANSWER,
  type ExpectedSpan,
  NO_AUDIO,
  PERSON,
  QUESTION,
  RESULT,
  SERVED,
  SERVICE,
  SOME_MS,
  TAGS,
  USAGE,
} from './scenario.ts';

/** Langfuse names the model that answered, and no reason. */
function langfuse(shape: Shape): ExpectedSpan[] {
  return without(calls(shape), 'response_model').map((one, index) => {
    const isStream = index === 3;
    const { finish_reason: _finish, ...fields } = one.fields;
    const isAnswered = one.role === 'llm' && fields.status === undefined;
    return {
      ...one,
      fields: { ...fields, ...(isAnswered && !isStream ? { model: SERVED } : {}), ...(isStream ? shape.stream : {}) },
    };
  });
}

export const TOOL_SPAN: ExpectedSpan = {
  span: 'get_weather',
  role: 'tool',
  fields: {
    ...SERVICE,
    ...PERSON,
    ...TAGS,
    name: 'get_weather',
    kind: 'tool',
    status: 'success',
    input: { city: 'Paris' },
    output: RESULT,
  },
  metadata: { plan: 'pro' },
};
export const ROOT_SPAN: ExpectedSpan = {
  span: 'answer-question',
  role: 'span',
  fields: {
    ...SERVICE,
    ...PERSON,
    ...TAGS,
    name: 'answer-question',
    kind: 'span',
    status: 'success',
    input: { question: QUESTION },
    output: ANSWER,
  },
  metadata: { plan: 'pro' },
};

const USUAL = { temperature: 1, max_tokens: 'Infinity', top_p: 1, frequency_penalty: 0, presence_penalty: 0 };

const langfusePython: ExpectedSpan[] = [
  ...langfuse({
    chat: () => 'OpenAI-generation',
    embedding: 'OpenAI-embedding',
    all: { ...PERSON, ...TAGS },
    answered: { ...USAGE, ...NO_AUDIO },
    ids: false,
    metadata: { ...APP, plan: 'pro' },
    first: { parameters: { ...USUAL, temperature: 0.2, max_tokens: 100, service_tier: 'default' } },
    tool: { parameters: { ...USUAL, service_tier: 'default' }, response: aCallingAnswer(undefined, {}) },
    result: { parameters: { ...USUAL, service_tier: 'default' } },
    stream: { parameters: USUAL, model: SERVED, finish_reason: 'stop', ttft_ms: SOME_MS },
    failed: { parameters: USUAL, provider: 'unknown', error: RATE_LIMIT },
  }),
  TOOL_SPAN,
  ROOT_SPAN,
];

/** Its JavaScript takes an embedding for a generation without a usage. */
const langfuseJs: ExpectedSpan[] = [
  ...langfuse({
    chat: () => 'OpenAI.chat',
    embedding: 'OpenAI.embeddings',
    all: { ...PERSON, ...TAGS },
    answered: { ...USAGE, ...NO_AUDIO },
    ids: false,
    metadata: { ...APP, plan: 'pro' },
    tool: { response: aCallingAnswer(undefined, {}) },
    stream: { stream: true, ttft_ms: SOME_MS },
    failed: { provider: 'unknown', error: { message: 'Error: 429 slow down', http_status: 429 } },
  }).map((one) => {
    if (one.role !== 'embedding') return one;
    const { input_tokens: _input, ...fields } = one.fields;
    return { ...one, fields, notes: ['no_usage'] };
  }),
  TOOL_SPAN,
  ROOT_SPAN,
];

export const LANGFUSE_CALLS: Readonly<Record<string, readonly ExpectedSpan[]>> = {
  'langfuse-openai-py': langfusePython,
  'langfuse-openai-js': langfuseJs,
};
