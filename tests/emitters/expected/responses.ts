/** One call of the endpoint `responses`: instructions, a question with a picture; thoughts and words came back. */
import type { JsonObject, JsonValue } from '#shared/primitives';
import {
  ANSWER,
  type ExpectedSpan,
  HTTP_SPAN,
  PERSON,
  QUESTION,
  SERVICE,
  SYSTEM,
  TAGS,
  TOTALS,
  USAGE,
} from './scenario.ts';
import { ROOT_SPAN, TOOL_SPAN } from './langfuseCalls.ts';

const SENT: JsonValue[] = [
  { role: 'system', content: SYSTEM },
  {
    role: 'user',
    content: [
      { type: 'text', text: QUESTION },
      { type: 'image_url', image_url: { url: 'https://example.com/paris.png' } },
    ],
  },
];
const MESSAGE = { role: 'assistant', content: ANSWER, reasoning_content: 'The user asks about Paris.' };

function call(span: string, fields: JsonObject): ExpectedSpan {
  return {
    span,
    role: 'llm',
    fields: {
      ...SERVICE,
      name: span,
      provider: 'openai',
      model: 'o4-mini',
      response_model: 'o4-mini-2025-04-16',
      messages: SENT,
      response_content: ANSWER,
      ...USAGE,
      ...fields,
    },
  };
}

/** The whole answer as it came: its form is read, too. */
const WHOLE: JsonObject = {
  finish_reason: 'completed',
  provider_request_id: 'resp_text',
  parameters: { max_output_tokens: 100 },
};

const {
  model: _asked,
  response_model: answered,
  ...ofLangfuse
} = call('OpenAI-generation', {
  ...PERSON,
  ...TAGS,
  parameters: { temperature: 1, top_p: 1, frequency_penalty: 0, presence_penalty: 0, max_output_tokens: 100 },
  response: { choices: [{ index: 0, message: MESSAGE }] },
}).fields;

export const RESPONSES: Readonly<Record<string, readonly ExpectedSpan[]>> = {
  'traceloop-responses-py': [
    call('openai.response', {
      stream: false,
      finish_reason: 'stop',
      provider_request_id: 'resp_text',
      parameters: { max_tokens: 100 },
      response: { choices: [{ index: 0, message: MESSAGE, finish_reason: 'stop' }] },
    }),
    HTTP_SPAN,
  ],
  'openinference-responses-py': [{ ...call('Response', { ...PERSON, ...TAGS, ...WHOLE }), isPartial: true }, HTTP_SPAN],
  'openinference-responses-js': [{ ...call('OpenAI Responses', WHOLE), isPartial: true }, HTTP_SPAN],
  // The instructions are on the span, the rest comes as log records; cached tokens and reasoning are not told.
  'otel-responses-js': [
    {
      span: 'chat o4-mini',
      role: 'llm',
      fields: {
        ...SERVICE,
        name: 'chat o4-mini',
        provider: 'openai',
        model: 'o4-mini',
        response_model: 'o4-mini-2025-04-16',
        messages: SENT,
        response_content: ANSWER,
        ...TOTALS,
        finish_reason: 'stop',
        provider_request_id: 'resp_text',
        parameters: { max_tokens: 100 },
        response: { choices: [{ index: 0, message: MESSAGE, finish_reason: 'stop' }] },
      },
    },
    HTTP_SPAN,
  ],
  'langfuse-responses-py': [
    {
      span: 'OpenAI-generation',
      role: 'llm',
      fields: { ...ofLangfuse, model: answered ?? null },
      metadata: { plan: 'pro' },
    },
    TOOL_SPAN,
    ROOT_SPAN,
  ],
};
