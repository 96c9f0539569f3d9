/** What providers say when a call fails, in their own words. */
import type { RequestError } from '#shared/request';
import type { DemoModel, DemoModelName } from './models.ts';
import type { Random } from './random.ts';

export type Fault = 'rate_limit' | 'server_error' | 'timeout' | 'context_length' | 'bad_request';

interface FailedCall {
  readonly fault: Fault;
  readonly model: DemoModelName;
  readonly provider: DemoModel['provider'];
  readonly inputTokens: number;
}

export function describeFault(random: Random, call: FailedCall): RequestError {
  switch (call.fault) {
    case 'rate_limit':
      return rateLimit(random, call);
    case 'server_error':
      return serverError(random, call);
    case 'timeout':
      return timeoutError(call);
    case 'context_length':
      return contextLength(call);
    case 'bad_request':
      return badRequest(random);
  }
}

function rateLimit(random: Random, { model, provider, inputTokens }: FailedCall): RequestError {
  if (provider === 'anthropic') {
    return {
      type: 'rate_limit_error',
      message: `This request would exceed your organization's rate limit of 80,000 input tokens per minute (model: ${model}).`,
      http_status: 429,
    };
  }
  if (provider === 'google') {
    return {
      type: 'RESOURCE_EXHAUSTED',
      code: '429',
      message: `You exceeded your current quota. Please retry in ${random.between(2, 40).toFixed(2)}s.`,
      http_status: 429,
    };
  }
  if (provider === 'mistral') {
    return { type: 'rate_limited', code: '1300', message: 'Rate limit exceeded', http_status: 429 };
  }
  const used = random.int(196_000, 199_990);
  const waitMs = Math.max(80, Math.round((used + inputTokens - 200_000) * 0.3));
  return {
    type: 'tokens',
    code: 'rate_limit_exceeded',
    message:
      `Rate limit reached for ${model} in organization org-Fjellrand on tokens per min (TPM): Limit 200000, ` +
      `Used ${used}, Requested ${Math.max(inputTokens, 200_100 - used)}. Please try again in ${waitMs}ms.`,
    http_status: 429,
  };
}

function serverError(random: Random, { provider }: FailedCall): RequestError {
  if (provider === 'anthropic') return { type: 'overloaded_error', message: 'Overloaded', http_status: 529 };
  if (provider === 'google') {
    return {
      type: 'UNAVAILABLE',
      code: '503',
      message: 'The model is overloaded. Please try again later.',
      http_status: 503,
    };
  }
  if (provider === 'mistral') {
    return { type: 'internal_server_error', code: '3000', message: 'Service unavailable.', http_status: 503 };
  }
  return {
    type: 'server_error',
    message: `The server had an error processing your request. Sorry about that! (request ID req_${random.letters(24)})`,
    http_status: 500,
  };
}

function timeoutError({ provider }: FailedCall): RequestError {
  if (provider === 'ollama') {
    return { type: 'APIConnectionError', code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:11434' };
  }
  return { type: 'APIConnectionTimeoutError', code: 'ETIMEDOUT', message: 'Request timed out.' };
}

function contextLength({ inputTokens }: FailedCall): RequestError {
  return {
    type: 'invalid_request_error',
    code: 'context_length_exceeded',
    message:
      `This model's maximum context length is 8192 tokens, however you requested ${inputTokens} tokens ` +
      `(${inputTokens} in your prompt; 0 for the completion). Please reduce your prompt.`,
    http_status: 400,
    param: 'input',
  };
}

function badRequest(random: Random): RequestError {
  return random.pick<RequestError>([
    {
      type: 'invalid_request_error',
      message:
        "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) is supported.",
      code: 'unsupported_value',
      http_status: 400,
      param: 'temperature',
    },
    {
      type: 'invalid_request_error',
      message:
        "Invalid schema for response_format 'invoice': In context=(), 'additionalProperties' is required to be supplied and to be false.",
      http_status: 400,
      param: 'response_format',
    },
    {
      type: 'invalid_request_error',
      code: 'invalid_api_key',
      message: 'Incorrect API key provided: sk-proj-****************7Q2A.',
      http_status: 401,
    },
  ]);
}
