/** One model call of the demo: from what was said to a log with believable times, tokens and outcome. */
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { LogInput } from '#shared/request';
import { chatCompletion, responsesOutput } from './completion.ts';
import type { ToolCall } from './completion.ts';
import { describeFault } from './faults.ts';
import type { Fault } from './faults.ts';
import { DEMO_MODELS } from './models.ts';
import type { DemoModelName } from './models.ts';
import type { Random } from './random.ts';
import { countMessageTokens, countTokens } from './tokens.ts';

/** What a scenario says about a call; all else follows from the model and from chance. */
export interface ModelCall {
  readonly model: DemoModelName;
  /** Chat messages, or the input of another endpoint. */
  readonly messages: JsonValue[] | string;
  readonly endpoint?: 'chat.completions' | 'responses' | 'embeddings';
  readonly answer?: string;
  readonly toolCalls?: readonly ToolCall[];
  readonly tools?: JsonValue[];
  readonly parameters?: JsonObject;
  readonly name?: string;
  readonly prompt?: { readonly slug: string; readonly version: string; readonly variables?: JsonObject };
  readonly isStreaming?: boolean;
  /** The same long beginning is sent again and again, so that the provider can cache it. */
  readonly repeatsInput?: boolean;
  /** The answer is cut here, with finish_reason `length`. */
  readonly maxOutputTokens?: number;
  /** Fails in this way; without it, chance decides. */
  readonly fault?: Fault;
  /** Given by the caller instead of computed by the server. */
  readonly costUsd?: string;
  readonly serviceTier?: 'default' | 'flex' | 'priority' | 'batch';
  readonly tags?: Record<string, string>;
  readonly metadata?: JsonObject;
}

type Measured = Pick<LogInput, 'status' | 'latency_ms' | 'response_content' | 'error'> & Partial<LogInput>;

/** The log of a call, without the ids and the labels that `TraceBuilder` adds. `fault` wins over chance. */
export function logOfCall(random: Random, call: ModelCall, startedAt: number, fault: Fault | null): LogInput {
  const { provider } = DEMO_MODELS[call.model];
  const endpoint = call.endpoint ?? 'chat.completions';
  const inputTokens = countMessageTokens(call.messages) + (call.tools ? countMessageTokens(call.tools) : 0);
  const measured = fault
    ? failedCall(random, call, inputTokens, fault)
    : answeredCall(random, call, inputTokens, startedAt);
  return {
    model: call.model,
    provider,
    endpoint,
    messages: call.messages,
    stream: endpoint === 'embeddings' ? null : (call.isStreaming ?? false),
    ...measured,
    parameters: call.parameters ?? null,
    tools: call.tools ?? null,
    name: call.name ?? null,
    prompt_slug: call.prompt?.slug ?? null,
    prompt_version: call.prompt?.version ?? null,
    prompt_variables: call.prompt?.variables ?? null,
    service_tier: call.serviceTier ?? (provider === 'openai' ? 'default' : null),
    ...(call.costUsd ? { cost_usd: call.costUsd } : {}),
  };
}

function failedCall(random: Random, call: ModelCall, inputTokens: number, fault: Fault): Measured {
  const { provider } = DEMO_MODELS[call.model];
  const medianMs = fault === 'timeout' ? (provider === 'ollama' ? 4 : 60_000) : fault === 'server_error' ? 1_900 : 160;
  return {
    status: 'error',
    error: describeFault(random, { fault, model: call.model, provider, inputTokens }),
    latency_ms: Math.round(random.lognormal(medianMs, fault === 'timeout' ? 0.01 : 0.4)),
    response_content: null,
    input_tokens: null,
    output_tokens: null,
  };
}

function answeredCall(random: Random, call: ModelCall, inputTokens: number, startedAt: number): Measured {
  const model = DEMO_MODELS[call.model];
  if (call.endpoint === 'embeddings') {
    return {
      status: 'success',
      response_model: model.response_model,
      response_content: null,
      latency_ms: Math.round(random.lognormal(model.firstTokenMs + inputTokens * 0.01, 0.3)),
      input_tokens: inputTokens,
      output_tokens: null,
    };
  }
  const isAborted = call.isStreaming === true && random.chance(0.014);
  const { text, isCut } = cutAnswer(
    call.answer ?? '',
    isAborted ? countTokens(call.answer ?? '') * random.between(0.1, 0.7) : call.maxOutputTokens,
  );
  const reasoningTokens = model.reasoningTokens > 0 ? Math.round(random.lognormal(model.reasoningTokens, 0.6)) : 0;
  const toolCalls = isCut ? [] : (call.toolCalls ?? []);
  const outputTokens =
    countTokens(text) +
    reasoningTokens +
    toolCalls.length * 6 +
    countMessageTokens(toolCalls.map((toolCall) => toolCall.arguments));
  const firstMs =
    random.lognormal(model.firstTokenMs + inputTokens * 0.03, 0.3) + (reasoningTokens / model.tokensPerSecond) * 1000;
  const latencyMs =
    firstMs + ((outputTokens - reasoningTokens) / model.tokensPerSecond) * 1000 * random.lognormal(1, 0.18);
  // A stream that nobody asked to report its usage, or that was left, has none.
  const hasUsage = !isAborted && !(call.isStreaming && random.chance(0.03));
  const finishReason = isAborted ? null : isCut ? 'length' : toolCalls.length > 0 ? 'tool_calls' : 'stop';
  const usage = hasUsage
    ? {
        input_tokens: inputTokens,
        output_tokens: outputTokens,
        ...tokenDetails(random, call, inputTokens, reasoningTokens),
      }
    : { input_tokens: null, output_tokens: null };
  const answer = { model: model.response_model, text, toolCalls, finishReason, startedAt, inputTokens, outputTokens };
  const keepsResponse = !isAborted && (toolCalls.length > 0 || (!call.isStreaming && random.chance(0.25)));
  const isResponses = call.endpoint === 'responses';
  return {
    status: isAborted ? 'aborted' : isResponses && isCut ? 'incomplete' : 'success',
    response_model: model.response_model,
    response_content: text === '' && toolCalls.length > 0 ? null : text,
    response: isResponses ? responsesOutput(random, answer) : keepsResponse ? chatCompletion(random, answer) : null,
    finish_reason: finishReason,
    latency_ms: Math.round(latencyMs * 10) / 10,
    ttft_ms: call.isStreaming ? Math.round(firstMs * 10) / 10 : null,
    provider_request_id: model.provider === 'ollama' ? null : `req_${random.letters(20)}`,
    ...usage,
  };
}

/** The part of the text that fits into `tokens`. */
function cutAnswer(text: string, tokens: number | undefined): { text: string; isCut: boolean } {
  const all = countTokens(text);
  if (tokens === undefined || all <= tokens) return { text, isCut: false };
  return { text: text.slice(0, Math.floor((text.length * tokens) / all)).toWellFormed(), isCut: true };
}

/** Parts of the totals, as each provider reports them. */
function tokenDetails(
  random: Random,
  call: ModelCall,
  inputTokens: number,
  reasoningTokens: number,
): Partial<LogInput> {
  const { provider } = DEMO_MODELS[call.model];
  const details: Partial<LogInput> = {};
  if (reasoningTokens > 0) details.reasoning_tokens = reasoningTokens;
  const cacheable = call.repeatsInput === true && inputTokens >= 1024;
  if (provider === 'openai') {
    // OpenAI caches in steps of 128 tokens.
    details.cached_input_tokens =
      cacheable && random.chance(0.75) ? Math.floor((inputTokens * random.between(0.5, 0.95)) / 128) * 128 : 0;
  } else if (provider === 'anthropic' && cacheable) {
    const part = Math.floor(inputTokens * random.between(0.6, 0.9));
    if (random.chance(0.7)) details.cached_input_tokens = part;
    else details.cache_write_tokens = part;
  }
  return details;
}
