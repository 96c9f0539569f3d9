/** The six calls by a client of OpenAI: a chat, a call of a tool, its result, a stream, a failed call, an embedding. */
import type { JsonObject } from '#shared/primitives';
import {
  aCallingAnswer,
  aHistory,
  ANSWER,
  ASKED,
  type ExpectedSpan,
  HTTP_SPAN,
  NO_AUDIO,
  PERSON,
  QUESTION,
  SERVED,
  SERVICE,
  SOME_MS,
  TAGS,
  TOOLS,
  TOTALS,
  USAGE,
} from './scenario.ts';

/** What the six have of one instrumentation. */
export interface Shape {
  /** Names of the spans; by the model where it is part of the name. */
  readonly chat: (model: string) => string;
  readonly embedding: string;
  /** Fields of all of them. */
  readonly all: JsonObject;
  /** Fields of each answer. */
  readonly answered: JsonObject;
  readonly ids: boolean;
  readonly metadata: JsonObject;
  readonly first?: JsonObject;
  readonly tool?: JsonObject;
  readonly result?: JsonObject;
  readonly stream?: JsonObject;
  readonly failed?: JsonObject;
  readonly embedded?: JsonObject;
}

export function calls(shape: Shape): ExpectedSpan[] {
  const { chat, all, answered, metadata } = shape;
  const id = (text: string): JsonObject => (shape.ids ? { provider_request_id: text } : {});
  const one = (model: string, fields: JsonObject): ExpectedSpan => ({
    span: chat(model),
    role: 'llm',
    fields: { name: chat(model), provider: 'openai', model, ...SERVICE, ...all, ...fields },
    metadata,
    notes: 'input_tokens' in fields ? [] : ['no_usage'],
  });
  const mini = { response_model: SERVED, ...answered };
  return [
    one('gpt-4o-mini', {
      messages: ASKED,
      response_content: ANSWER,
      parameters: { temperature: 0.2, max_tokens: 100 },
      finish_reason: 'stop',
      ...mini,
      ...id('chatcmpl-text'),
      ...shape.first,
    }),
    one('gpt-4o-mini', {
      messages: ASKED,
      response: aCallingAnswer(),
      tools: TOOLS,
      finish_reason: 'tool_calls',
      ...mini,
      ...id('chatcmpl-tool'),
      ...shape.tool,
    }),
    one('gpt-4o-mini', {
      messages: aHistory(),
      response_content: ANSWER,
      tools: TOOLS,
      finish_reason: 'stop',
      ...mini,
      ...id('chatcmpl-text'),
      ...shape.result,
    }),
    one('gpt-4.1-mini', {
      messages: ASKED,
      response_content: ANSWER,
      finish_reason: 'stop',
      ...mini,
      ...id('chatcmpl-stream'),
      ...shape.stream,
    }),
    one('status-429', { messages: ASKED, status: 'error', ...shape.failed }),
    {
      span: shape.embedding,
      role: 'embedding',
      fields: {
        name: shape.embedding,
        provider: 'openai',
        model: 'text-embedding-3-small',
        response_model: 'text-embedding-3-small',
        endpoint: 'embeddings',
        messages: QUESTION,
        input_tokens: 7,
        ...SERVICE,
        ...all,
        ...shape.embedded,
      },
      metadata,
      notes: [],
    },
  ];
}

/** The values of these fields are another's, or are not there. */
export function without(spans: readonly ExpectedSpan[], ...names: readonly string[]): ExpectedSpan[] {
  return spans.map((one) => ({
    ...one,
    fields: Object.fromEntries(Object.entries(one.fields).filter(([name]) => !names.includes(name))),
  }));
}

export const RATE_LIMIT = { message: 'Error code: 429 - slow down', http_status: 429 };
/** The client of OpenAI, before version 2, wrote the whole body. */
const OLD_RATE_LIMIT = {
  message:
    "Error code: 429 - {'error': {'message': 'slow down', 'type': 'requests', 'param': 'model', 'code': 'rate_limit_exceeded'}}",
  http_status: 429,
};
export const APP = { 'service.name': 'weather-app' };

/** OpenLLMetry's Python: everything on the span; of a stream no reasoning, and no tier. */
const traceloopPython: ExpectedSpan[] = [
  ...without(
    calls({
      chat: () => 'openai.chat',
      embedding: 'openai.embeddings',
      all: { stream: false },
      answered: { ...USAGE, service_tier: 'default' },
      ids: true,
      metadata: APP,
      failed: { error: { type: 'openai.RateLimitError', ...RATE_LIMIT } },
      embedded: { cached_input_tokens: 0 },
    }),
  ).map((one) => {
    if (one.fields.model !== 'gpt-4.1-mini') return one;
    const { reasoning_tokens: _reasoning, service_tier: _tier, ...fields } = one.fields;
    return { ...one, fields: { ...fields, stream: true, ttft_ms: SOME_MS } };
  }),
  HTTP_SPAN,
];

/** OpenLLMetry's JavaScript: no details of the usage, none at all for a stream; no span of a failed call, nor of an embedding. */
const traceloopJs: ExpectedSpan[] = [
  ...calls({
    chat: (model) => `chat ${model}`,
    embedding: '',
    all: {},
    answered: TOTALS,
    ids: true,
    metadata: APP,
  })
    .filter(({ role, fields }) => role === 'llm' && fields.model !== 'status-429')
    .map((one) => {
      if (one.fields.model !== 'gpt-4.1-mini') return one;
      const { input_tokens: _input, output_tokens: _output, ...fields } = one.fields;
      return { ...one, fields, notes: ['no_usage'] };
    }),
  HTTP_SPAN,
];

/** OpenTelemetry's own for Python with the current conventions: words on the span, and again as events. */
const otelPythonLatest: ExpectedSpan[] = [
  ...calls({
    chat: (model) => `chat ${model}`,
    embedding: 'embeddings text-embedding-3-small',
    all: {},
    answered: { ...TOTALS, service_tier: 'default' },
    ids: true,
    metadata: APP,
    failed: { error: { type: 'RateLimitError', ...RATE_LIMIT } },
    embedded: { parameters: { dimensions: 3 }, messages: [] },
  }).map((one) => {
    // It does not capture the tools; a stream has neither tier nor reason.
    const { tools: _tools, ...fields } = one.fields;
    if (fields.model !== 'gpt-4.1-mini') return { ...one, fields };
    const { service_tier: _tier, ...streamed } = fields;
    return { ...one, fields: streamed };
  }),
  HTTP_SPAN,
];

/** The same without opting in: no words anywhere. */
const otelPython: ExpectedSpan[] = otelPythonLatest.map((one) => {
  if (one.role !== 'llm') return one;
  const { response: _response, response_content: _content, ...fields } = one.fields;
  const isStream = fields.model === 'gpt-4.1-mini';
  const { finish_reason: finish, ...others } = fields;
  return {
    ...one,
    fields: { ...others, ...(isStream || finish === undefined ? {} : { finish_reason: finish }), messages: [] },
  };
});

/** OpenLLMetry's Python as it was: indexed attributes; of a stream no usage. */
const traceloopOldPython: ExpectedSpan[] = [
  ...calls({
    chat: () => 'openai.chat',
    embedding: 'openai.embeddings',
    all: { stream: false },
    answered: { ...TOTALS, cached_input_tokens: 40 },
    ids: true,
    metadata: APP,
    failed: { error: OLD_RATE_LIMIT },
    embedded: { cached_input_tokens: 0 },
  }).map((one) => {
    if (one.fields.model !== 'gpt-4.1-mini') return one;
    const { input_tokens: _input, output_tokens: _output, cached_input_tokens: _cached, ...fields } = one.fields;
    return { ...one, fields: { ...fields, stream: true, ttft_ms: SOME_MS }, notes: ['no_usage'] };
  }),
  HTTP_SPAN,
];

/** OpenTelemetry's own for Python as it was: words as old events; it takes the tier of the answer for the one asked for. */
const otelOldPython: ExpectedSpan[] = [
  ...without(
    calls({
      chat: (model) => `chat ${model}`,
      embedding: '',
      all: {},
      answered: TOTALS,
      ids: true,
      metadata: { ...APP, 'server.address': '127.0.0.1' },
      first: { parameters: { temperature: 0.2, max_tokens: 100, service_tier: 'default' } },
      tool: { parameters: { service_tier: 'default' } },
      result: { parameters: { service_tier: 'default' } },
      failed: { error: { type: 'RateLimitError', ...OLD_RATE_LIMIT } },
    }),
    'tools',
  ).filter(({ role }) => role === 'llm'),
  HTTP_SPAN,
];

/** OpenTelemetry's own for JavaScript: words as old events on the signal of logs. */
const otelJs: ExpectedSpan[] = [
  ...without(
    calls({
      chat: (model) => `chat ${model}`,
      embedding: 'embeddings text-embedding-3-small',
      all: {},
      answered: TOTALS,
      ids: true,
      metadata: { ...APP, 'server.address': '127.0.0.1' },
      failed: { error: { type: 'RateLimitError', message: '429 slow down', http_status: 429 } },
      embedded: { messages: [] },
    }),
    'tools',
  ),
  HTTP_SPAN,
];

/** A whole answer of the stand-in, as the client of OpenAI for Python writes it. */
function wholeAnswer(id: string, message: JsonObject, finish: string, more: JsonObject): JsonObject {
  return {
    id,
    object: 'chat.completion',
    created: 1_764_150_000,
    model: SERVED,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
    service_tier: 'default',
    usage: {
      prompt_tokens: 120,
      completion_tokens: 30,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 40, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 10, audio_tokens: 0 },
    },
    ...more,
  };
}

const said = { role: 'assistant', content: ANSWER, refusal: null };
const called = {
  role: 'assistant',
  content: null,
  refusal: null,
  tool_calls: [
    { id: 'call_weather', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Paris"}' } },
  ],
};

/** OpenInference's Python: the whole answer as it came, which is kept. */
const openInferencePython: ExpectedSpan[] = [
  ...calls({
    chat: () => 'ChatCompletion',
    embedding: 'CreateEmbeddings',
    all: { ...PERSON, ...TAGS },
    answered: { ...USAGE, ...NO_AUDIO, service_tier: 'default' },
    ids: true,
    metadata: { ...APP, plan: 'pro' },
    first: { response: wholeAnswer('chatcmpl-text', said, 'stop', {}) },
    tool: { response: wholeAnswer('chatcmpl-tool', called, 'tool_calls', {}) },
    result: { response: wholeAnswer('chatcmpl-text', said, 'stop', {}) },
    stream: {
      stream: true,
      ttft_ms: SOME_MS,
      parameters: { stream_options: { include_usage: true } },
      response: {
        id: 'chatcmpl-stream',
        object: 'chat.completion.chunk',
        created: 1_764_150_000,
        model: SERVED,
        choices: [{ index: 0, message: { role: 'assistant', content: ANSWER }, finish_reason: 'stop' }],
        usage: {
          prompt_tokens: 120,
          completion_tokens: 30,
          total_tokens: 150,
          prompt_tokens_details: { cached_tokens: 40, audio_tokens: 0 },
          completion_tokens_details: { reasoning_tokens: 10, audio_tokens: 0 },
        },
      },
    },
    failed: { error: { type: 'openai.RateLimitError', ...RATE_LIMIT } },
    embedded: { parameters: { encoding_format: 'base64' } },
  }).map((one) => {
    if (one.fields.model !== 'gpt-4.1-mini') return one;
    const { service_tier: _tier, ...fields } = one.fields;
    return { ...one, fields };
  }),
  HTTP_SPAN,
];

/** OpenInference's JavaScript: no usage of a stream or an embedding, and no span of a failed call. */
const openInferenceJs: ExpectedSpan[] = [
  ...calls({
    chat: () => 'OpenAI Chat Completions',
    embedding: 'OpenAI Embeddings',
    all: {},
    answered: { ...USAGE, ...NO_AUDIO, service_tier: 'default' },
    ids: true,
    metadata: APP,
    first: { response: wholeAnswer('chatcmpl-text', said, 'stop', {}) },
    tool: { response: wholeAnswer('chatcmpl-tool', called, 'tool_calls', {}) },
    result: { response: wholeAnswer('chatcmpl-text', said, 'stop', {}) },
  })
    .filter(({ fields }) => fields.model !== 'status-429')
    .map((one) => {
      const { fields } = one;
      if (one.role === 'embedding') {
        const { input_tokens: _input, ...others } = fields;
        return { ...one, fields: others, notes: ['no_usage'] };
      }
      if (fields.model !== 'gpt-4.1-mini') return one;
      return {
        ...one,
        fields: {
          ...SERVICE,
          name: one.span,
          provider: 'openai',
          model: 'gpt-4.1-mini',
          // It names the model that was asked for where the one that answers belongs.
          response_model: 'gpt-4.1-mini',
          messages: ASKED,
          response_content: ANSWER,
          finish_reason: 'stop',
          stream: true,
          parameters: { stream_options: { include_usage: true } },
        },
        notes: ['no_usage'],
      };
    }),
  HTTP_SPAN,
];

export const OPENAI_CALLS: Readonly<Record<string, readonly ExpectedSpan[]>> = {
  'traceloop-openai-py': traceloopPython,
  'traceloop-openai-js': traceloopJs,
  'traceloop-openai-old-py': traceloopOldPython,
  'otel-openai-old-py': otelOldPython,
  'otel-openai-latest-py': otelPythonLatest,
  'otel-openai-py': otelPython,
  'otel-openai-js': otelJs,
  'openinference-openai-py': openInferencePython,
  'openinference-openai-js': openInferenceJs,
};
