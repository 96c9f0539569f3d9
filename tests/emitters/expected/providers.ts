/** The calls of `python/providers.py`: a chat, a call of a tool, its result, a stream, a failed call. */
import type { JsonObject, JsonValue } from '#shared/primitives';
import {
  aCall,
  aCallingAnswer,
  aHistory,
  ANSWER,
  ASKED,
  type ExpectedSpan,
  HTTP_SPAN,
  PERSON,
  QUESTION,
  SERVICE,
  SOME_MS,
  TOOLS,
  TOTALS,
} from './scenario.ts';

/** What the five have of one instrumentation. */
interface Shape {
  readonly span: string;
  /** Of the stream, and of the failed call, where it is another. */
  readonly streamSpan?: string;
  readonly failedSpan?: string;
  /** Fields of all of them, of those that were answered, and of each. */
  readonly all: JsonObject;
  readonly answered: JsonObject;
  readonly chat?: JsonObject;
  readonly tool?: JsonObject;
  readonly result?: JsonObject;
  readonly stream?: JsonObject;
  readonly failed: JsonObject;
  readonly notes?: readonly string[];
}

function calls({
  span,
  streamSpan = span,
  failedSpan = span,
  all,
  answered,
  notes = [],
  ...each
}: Shape): ExpectedSpan[] {
  const one = (name: string, fields: JsonObject): ExpectedSpan => ({
    span: name,
    role: 'llm',
    fields: { ...SERVICE, name, messages: ASKED, ...all, ...fields },
    notes: 'input_tokens' in fields ? notes : ['no_usage'],
  });
  return [
    one(span, { response_content: ANSWER, ...answered, ...each.chat }),
    one(span, { response: aCallingAnswer(), tools: TOOLS, ...answered, ...each.tool }),
    one(span, { messages: aHistory(), response_content: ANSWER, tools: TOOLS, ...answered, ...each.result }),
    one(streamSpan, { response_content: ANSWER, ...answered, ...each.stream }),
    one(failedSpan, { model: 'status-429', status: 'error', ...each.failed }),
  ];
}

/** A field that one of the calls does not have. */
function without(span: ExpectedSpan | undefined, ...names: readonly string[]): ExpectedSpan[] {
  if (!span) return [];
  const fields = Object.fromEntries(Object.entries(span.fields).filter(([name]) => !names.includes(name)));
  return [{ ...span, fields }];
}

/** Python writes the arguments with a space. */
const SPACED = aCall('{"city": "Paris"}');
const WITH_CACHE: JsonObject = { ...TOTALS, cached_input_tokens: 40, cache_write_tokens: 20 };
const WITH_THOUGHTS: JsonObject = { ...TOTALS, cached_input_tokens: 40, reasoning_tokens: 10 };

const ANTHROPIC: JsonObject = {
  provider: 'anthropic',
  model: 'claude-sonnet-4-5',
  parameters: { max_tokens: 100 },
};
const CLAUDE: JsonObject = { response_model: 'claude-sonnet-4-5-20250929', ...WITH_CACHE };
const ANTHROPIC_LIMIT = {
  type: 'anthropic.RateLimitError',
  message:
    "Error code: 429 - {'type': 'error', 'error': {'type': 'rate_limit_error', 'message': 'slow down'}, 'request_id': 'req_1'}",
  http_status: 429,
};
const calling = (call: JsonObject = aCall()): JsonValue => aCallingAnswer(call, {});

/** The client's own spans: no tools, and of a stream no answer. */
const anthropicSdk = (words: boolean): ExpectedSpan[] => {
  const spans = calls({
    span: 'anthropic.messages.create',
    all: ANTHROPIC,
    answered: { ...CLAUDE, finish_reason: 'end_turn' },
    chat: { provider_request_id: 'msg_text' },
    tool: { response: calling(), provider_request_id: 'msg_tool', finish_reason: 'tool_use' },
    result: { provider_request_id: 'msg_text' },
    stream: { provider_request_id: 'msg_stream', stream: true, ttft_ms: SOME_MS },
    failed: { error: { type: 'rate_limit_error', http_status: 429 } },
  }).flatMap((span, index) => without(span, 'tools', ...(index === 3 ? ['response_content'] : [])));
  if (words) return spans;
  // As it is, it keeps them back.
  return spans
    .flatMap((span) => without(span, 'response', 'response_content'))
    .map((span) => ({ ...span, fields: { ...span.fields, messages: [] } }));
};

const traceloopAnthropic: ExpectedSpan[] = calls({
  span: 'anthropic.chat',
  all: ANTHROPIC,
  answered: { ...CLAUDE, finish_reason: 'stop' },
  chat: { provider_request_id: 'msg_text' },
  tool: { provider_request_id: 'msg_tool', finish_reason: 'tool_calls' },
  result: { provider_request_id: 'msg_text' },
  // It adds the count of the beginning to that of the end.
  stream: { provider_request_id: 'msg_stream', output_tokens: 31, stream: true },
  failed: { error: ANTHROPIC_LIMIT },
});

/** As it came, with its usage. */
const A_MESSAGE = { response: expect.objectContaining({ type: 'message' }) as JsonObject }; // Jest compares it as it asks to be.

const openInferenceAnthropic: ExpectedSpan[] = calls({
  span: 'messages.create',
  all: { ...ANTHROPIC, ...PERSON },
  answered: { ...CLAUDE, ...A_MESSAGE, finish_reason: 'end_turn' },
  chat: { provider_request_id: 'msg_text' },
  tool: { provider_request_id: 'msg_tool', finish_reason: 'tool_use' },
  result: { messages: aHistory({ call: SPACED }), provider_request_id: 'msg_text' },
  stream: { provider_request_id: 'msg_stream', stream: true },
  failed: { response_model: 'status-429', error: ANTHROPIC_LIMIT },
});

const GEMINI_LIMIT = {
  type: 'google.genai.errors.ClientError',
  message: "429 RESOURCE_EXHAUSTED. {'error': {'code': 429, 'message': 'slow down', 'status': 'RESOURCE_EXHAUSTED'}}",
  http_status: 429,
};
/** The failed call had no instructions. */
const ASKED_ALONE: JsonObject = { messages: [{ role: 'user', content: QUESTION }] };
const SAMPLED: JsonObject = { parameters: { temperature: 0.2, max_tokens: 100 } };

const otelGemini: ExpectedSpan[] = calls({
  span: 'generate_content gemini-2.5-flash',
  failedSpan: 'generate_content status-429',
  all: { provider: 'gemini', model: 'gemini-2.5-flash' },
  answered: { response_model: 'gemini-2.5-flash-001', ...WITH_THOUGHTS, finish_reason: 'stop' },
  chat: { ...SAMPLED, provider_request_id: 'gemini-text' },
  tool: {
    response: aCallingAnswer(aCall(), { finish_reason: 'stop' }),
    provider_request_id: 'gemini-tool',
  },
  result: { provider_request_id: 'gemini-text' },
  stream: { ...SAMPLED, provider_request_id: 'gemini-stream', stream: true, ttft_ms: SOME_MS },
  failed: { ...ASKED_ALONE, error: { ...GEMINI_LIMIT, type: '429' } },
});

/** Tools in Gemini's own form; thoughts only in the sum; of a stream the last words. */
const traceloopGemini: ExpectedSpan[] = calls({
  span: 'generate_content gemini-2.5-flash',
  failedSpan: 'generate_content status-429',
  all: { provider: 'gcp.gen_ai', model: 'gemini-2.5-flash' },
  answered: { response_model: 'gemini-2.5-flash', ...TOTALS, cached_input_tokens: 40, finish_reason: 'stop' },
  notes: ['exclusive_usage'],
  chat: { provider_request_id: 'gemini-text' },
  tool: {
    response: aCallingAnswer(aCall(), { finish_reason: 'stop' }),
    tools: [
      {
        function_declarations: [
          {
            description: 'The weather in a city.',
            name: 'get_weather',
            parameters_json_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
          },
        ],
      },
    ],
    provider_request_id: 'gemini-tool',
  },
  result: {
    messages: aHistory({ tool: { content: '{"sky": "clear", "degrees": 24}' } }),
    tools: [
      {
        function_declarations: [
          {
            description: 'The weather in a city.',
            name: 'get_weather',
            parameters_json_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
          },
        ],
      },
    ],
    provider_request_id: 'gemini-text',
  },
  stream: { response_content: ' 24 degrees.', provider_request_id: 'gemini-stream' },
  failed: { ...ASKED_ALONE, error: GEMINI_LIMIT },
});

/** A whole answer of the stand-in, as Google's client for Python writes it. */
function geminiAnswer(name: string, part: JsonObject, more: JsonObject = {}): JsonObject {
  return {
    candidates: [{ content: { parts: [part], role: 'model' }, finish_reason: 'STOP', index: 0 }],
    model_version: 'gemini-2.5-flash-001',
    response_id: `gemini-${name}`,
    usage_metadata: {
      cached_content_token_count: 40,
      candidates_token_count: 20,
      prompt_token_count: 120,
      thoughts_token_count: 10,
      total_token_count: 150,
    },
    ...more,
  };
}

const openInferenceGemini: ExpectedSpan[] = calls({
  span: 'GenerateContent',
  streamSpan: 'GenerateContentStream',
  // It names the model that answered.
  all: { provider: 'google', ...PERSON },
  answered: {
    model: 'gemini-2.5-flash-001',
    response_model: 'gemini-2.5-flash-001',
    ...WITH_THOUGHTS,
    finish_reason: 'stop',
  },
  chat: {
    parameters: { temperature: 0.2, max_output_tokens: 100 },
    response: geminiAnswer('text', { text: ANSWER }, { automatic_function_calling_history: [] }),
    provider_request_id: 'gemini-text',
  },
  tool: {
    response: geminiAnswer('tool', {
      function_call: { id: 'call_weather', args: { city: 'Paris' }, name: 'get_weather' },
    }),
    provider_request_id: 'gemini-tool',
  },
  result: {
    messages: aHistory({ call: SPACED, tool: { name: 'get_weather', content: '{"sky": "clear", "degrees": 24}' } }),
    response: geminiAnswer('text', { text: ANSWER }),
    provider_request_id: 'gemini-text',
  },
  stream: {
    parameters: { temperature: 0.2, max_output_tokens: 100 },
    response: geminiAnswer('stream', { text: ANSWER }),
    provider_request_id: 'gemini-stream',
  },
  failed: { ...ASKED_ALONE, response_model: 'status-429', error: GEMINI_LIMIT },
});

const HAIKU = 'anthropic.claude-3-5-haiku-20241022-v1:0';
const BEDROCK_LIMIT = {
  type: 'botocore.errorfactory.ThrottlingException',
  message:
    'An error occurred (ThrottlingException) when calling the Converse operation (reached max retries: 0): slow down',
};

/** Words as old events on the signal of logs, without the tools; Bedrock's own counts. */
const otelBedrock: ExpectedSpan[] = calls({
  span: `chat ${HAIKU}`,
  failedSpan: 'chat status-429',
  all: { provider: 'aws.bedrock', model: HAIKU },
  answered: { ...WITH_CACHE, finish_reason: 'end_turn' },
  notes: ['exclusive_usage'],
  chat: SAMPLED,
  tool: { response: aCallingAnswer(aCall(), { finish_reason: 'tool_use' }), finish_reason: 'tool_use' },
  failed: { ...ASKED_ALONE, error: { ...BEDROCK_LIMIT, http_status: 429 } },
}).flatMap((span) => without(span, 'tools'));

const traceloopBedrock: ExpectedSpan[] = calls({
  span: 'chat claude-3-5-haiku-20241022-v1:0',
  failedSpan: 'chat status-429',
  all: { provider: 'aws.bedrock', model: 'claude-3-5-haiku-20241022-v1:0' },
  answered: { ...WITH_CACHE, finish_reason: 'stop' },
  notes: ['exclusive_usage'],
  chat: SAMPLED,
  tool: { finish_reason: 'tool_calls' },
  result: { messages: aHistory({ tool: { content: '[{"json": {"sky": "clear", "degrees": 24}}]' } }) },
  failed: { messages: [], error: BEDROCK_LIMIT },
});

/** Tools in Bedrock's own form. */
const BEDROCK_TOOLS: JsonValue = [
  {
    toolSpec: {
      name: 'get_weather',
      description: 'The weather in a city.',
      inputSchema: { json: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
    },
  },
];
const openInferenceBedrock: ExpectedSpan[] = calls({
  span: 'bedrock.converse',
  streamSpan: 'bedrock.converse_stream',
  all: { provider: 'aws', model: HAIKU, response_model: HAIKU, ...PERSON },
  answered: { ...WITH_CACHE, finish_reason: 'end_turn' },
  chat: { parameters: { temperature: 0.2, maxTokens: 100 } },
  tool: { response: calling(SPACED), tools: BEDROCK_TOOLS, finish_reason: 'tool_use' },
  result: {
    messages: aHistory({ call: SPACED, tool: { content: '{"sky": "clear", "degrees": 24}' } }),
    tools: BEDROCK_TOOLS,
  },
  failed: { ...ASKED_ALONE, response_model: 'status-429', error: BEDROCK_LIMIT },
});

export const PROVIDERS: Readonly<Record<string, readonly ExpectedSpan[]>> = {
  'anthropic-sdk-py': [...anthropicSdk(true), HTTP_SPAN],
  // Each call twice: the client tells of it too. Beside the other span it counts as the same call where it was answered;
  'traceloop-anthropic-py': [
    ...anthropicSdk(false).map((span) =>
      span.fields.status === undefined ? { ...span, isOuter: true as const } : span,
    ),
    ...traceloopAnthropic,
    HTTP_SPAN,
  ],
  // below the other one, it is the call.
  'openinference-anthropic-py': [
    ...anthropicSdk(false),
    ...openInferenceAnthropic.map((span) => ({ ...span, isOuter: true as const })),
    HTTP_SPAN,
  ],
  'otel-gemini-py': [...otelGemini, HTTP_SPAN],
  'traceloop-gemini-py': [...traceloopGemini, HTTP_SPAN],
  'openinference-gemini-py': [...openInferenceGemini, HTTP_SPAN],
  'otel-bedrock-py': [...otelBedrock, HTTP_SPAN],
  'traceloop-bedrock-py': [...traceloopBedrock, HTTP_SPAN],
  'openinference-bedrock-py': [...openInferenceBedrock, HTTP_SPAN],
};
