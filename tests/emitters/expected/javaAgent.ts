/** OpenAI's client for Java under the agent: words as old events on the signal of logs, and a span of HTTP below each call. */
import type { JsonObject } from '#shared/primitives';
import { ANSWER, ASKED, type ExpectedSpan, SERVED, SERVICE, USAGE } from './scenario.ts';

function call(model: string, fields: JsonObject): ExpectedSpan {
  const name = `chat ${model}`;
  return {
    span: name,
    role: 'llm',
    fields: { ...SERVICE, name, provider: 'openai', model, messages: ASKED, ...fields },
    notes: 'input_tokens' in fields ? [] : ['no_usage'],
  };
}

/** Nobody needs them to reach a call. */
function http(path: string, fields: JsonObject = {}): ExpectedSpan {
  return {
    span: 'POST',
    role: 'other',
    fields: { ...SERVICE, name: 'POST', kind: 'span', status: 'success', ...fields },
    metadata: { 'url.full': `http://127.0.0.1:8080/v1/${path}` },
    isDropped: true,
  };
}

const ANSWERED: JsonObject = { ...USAGE, response_model: SERVED, response_content: ANSWER, finish_reason: 'stop' };

export const JAVA_AGENT: readonly ExpectedSpan[] = [
  http('chat/completions'),
  call('gpt-4o-mini', {
    ...ANSWERED,
    parameters: { temperature: 0.2, max_tokens: 100 },
    provider_request_id: 'chatcmpl-text',
  }),
  call('gpt-4.1-mini', { ...ANSWERED, stream: true, provider_request_id: 'chatcmpl-stream' }),
  call('status-429', {
    status: 'error',
    error: { type: 'com.openai.errors.RateLimitException', message: '429: slow down', http_status: 429 },
  }),
  {
    span: 'embeddings text-embedding-3-small',
    role: 'embedding',
    fields: {
      ...SERVICE,
      name: 'embeddings text-embedding-3-small',
      provider: 'openai',
      model: 'text-embedding-3-small',
      response_model: 'text-embedding-3-small',
      endpoint: 'embeddings',
      messages: [],
      parameters: { encoding_format: ['base64'] },
      input_tokens: 7,
    },
    notes: [],
  },
  http('chat/completions'),
  http('chat/completions', { status: 'error', error: { type: '429', http_status: 429 } }),
  http('embeddings'),
];
