/** What a provider's own usage says beside the token columns: kinds of tokens, searches, the tier that served. Pure. */
import { includeCache, mayBeBesideCache, readCache } from '#shared/conversation/cacheUsage';
import { countOf, listOf, objectOf, textOf } from '#shared/conversation/part';
import { findAnswerUsage, findCountedAnswer } from '#shared/conversation/usage';
import { detailsIn, firstCount, INPUT_DETAILS, OUTPUT_DETAILS } from '#shared/conversation/usageCounts';
import type { JsonObject, JsonValue } from '#shared/primitives';

/** Null: not told, which is not zero. */
export type Count = number | null;

export interface ModalityCounts {
  readonly audio: Count;
  readonly image: Count;
  readonly video: Count;
}

export interface UsageDetails {
  /** Counts of the cache, for a log that has none. */
  readonly cache_reads: Count;
  readonly cache_writes: Count;
  /** The input as Anthropic and Bedrock count it: without what was read from a cache and written to it. */
  readonly input_beside_cache: Count;
  /** The output as Gemini, xAI and some gateways count it, without the reasoning that is billed with it. */
  readonly output_beside_reasoning: { readonly output: number; readonly reasoning: number } | null;
  /** The input as Gemini counts it, without what its tools gave to the model. */
  readonly input_beside_tools: { readonly input: number; readonly tools: number } | null;
  /** What Cohere bills, which is less than what its models read and wrote. */
  readonly billed: { readonly input: number; readonly output: number } | null;
  /** Parts of the input, of what of it was cached, and of the output. */
  readonly input: ModalityCounts;
  readonly cached: ModalityCounts;
  readonly output: ModalityCounts;
  /** The part of the tokens written to a cache that is kept for an hour. */
  readonly cache_writes_1h: Count;
  /** Anthropic counts the searches that its server made. */
  readonly web_searches: Count;
  /** Perplexity has a fee for each request by it. */
  readonly search_context_size: string | null;
  /** The tier that served the call; null where the answer does not say. */
  readonly service_tier: string | null;
  /** What the provider ran and bills besides: sources and tools of xAI and Mistral, Anthropic's summaries, Cohere's searches. */
  readonly hasOtherFees: boolean;
  /** Anthropic's fast mode and where it is run, Bedrock's latency, a key of the caller's own: other prices than the list's. */
  readonly hasOtherPrices: boolean;
}

const NOTHING: JsonObject = {};
const NOT_TOLD: ModalityCounts = { audio: null, image: null, video: null };

/** What xAI and Mistral say of the sources and tools that they ran: a count, or counts by the name of the tool. */
const BILLED_APART = [
  'num_sources_used',
  'num_server_side_tools_used',
  'server_side_tool_usage',
  'server_side_tool_usage_details',
  'connectors',
  'connector_tokens',
] as const;
/** What Cohere bills by other units than tokens. */
const OTHER_UNITS = ['search_units', 'classifications', 'images', 'image_tokens'] as const;

function isCounted(value: JsonValue | undefined): boolean {
  const fields = objectOf(value);
  return fields === null ? (countOf(value) ?? 0) > 0 : Object.values(fields).some((one) => (countOf(one) ?? 0) > 0);
}

/** The answer's usage, or the one that was sent beside it where the answer is not kept. */
export function findUsage(response: JsonValue, metadata: JsonObject | null): JsonObject {
  const answer = findCountedAnswer(response) ?? NOTHING;
  return findAnswerUsage(answer) ?? objectOf(metadata?.usage) ?? NOTHING;
}

/** What usage says beside the token columns; of the answer, or of `metadata.usage` where there is no answer. */
export function readUsageDetails(response: JsonValue, metadata: JsonObject | null): UsageDetails {
  const usage = findUsage(response, metadata);
  const answer = findCountedAnswer(response) ?? NOTHING;
  const inputDetails = detailsIn(usage, INPUT_DETAILS);
  const cache = readCache(usage);
  const billed = objectOf(usage.billed_units) ?? objectOf(objectOf(answer.meta)?.billed_units);
  return {
    cache_reads: cache.read,
    cache_writes: cache.written,
    input_beside_cache: readInputBeside(usage),
    output_beside_reasoning: readReasoningBeside(usage),
    input_beside_tools: readToolsBeside(usage),
    billed: billed && { input: countOf(billed.input_tokens) ?? 0, output: countOf(billed.output_tokens) ?? 0 },
    input: readModalities(inputDetails, usage.promptTokensDetails ?? usage.prompt_tokens_details),
    cached: readModalities(
      objectOf(inputDetails.cached_tokens_details),
      usage.cacheTokensDetails ?? usage.cache_tokens_details,
    ),
    output: readModalities(
      detailsIn(usage, OUTPUT_DETAILS),
      usage.candidatesTokensDetails ??
        usage.candidates_tokens_details ??
        usage.responseTokensDetails ??
        usage.response_tokens_details,
    ),
    cache_writes_1h: cache.writtenForAnHour,
    // LiteLLM puts the searches of others in the details.
    web_searches: firstCount(objectOf(usage.server_tool_use)?.web_search_requests, inputDetails.web_search_requests),
    search_context_size: textOf(usage.search_context_size),
    service_tier: readTier(answer, usage),
    hasOtherFees:
      BILLED_APART.some((name) => isCounted(usage[name]) || isCounted(answer[name])) ||
      OTHER_UNITS.some((name) => isCounted(billed?.[name])) ||
      hasOtherIterations(usage),
    hasOtherPrices:
      usage.speed === 'fast' ||
      usage.inference_geo === 'us' ||
      (usage.is_byok ?? usage.isByok) === true ||
      objectOf(answer.performanceConfig)?.latency === 'optimized',
  };
}

/** Summaries and advice of other models, whose tokens Anthropic does not have in the counts above them. */
function hasOtherIterations(usage: JsonObject): boolean {
  return listOf(usage.iterations).some((one) => (textOf(objectOf(one)?.type) ?? 'message') !== 'message');
}

function readInputBeside(usage: JsonObject): Count {
  const input = firstCount(usage.prompt_tokens, usage.input_tokens, usage.inputTokens);
  if (input === null || !mayBeBesideCache(usage)) return null;
  const output = firstCount(usage.completion_tokens, usage.output_tokens, usage.outputTokens) ?? 0;
  return includeCache(input, readCache(usage), { usage, output }) === input ? null : input;
}

function readReasoningBeside(usage: JsonObject): UsageDetails['output_beside_reasoning'] {
  const thoughts = countOf(usage.thoughtsTokenCount ?? usage.thoughts_token_count);
  if (thoughts !== null) {
    const output = countOf(
      usage.candidatesTokenCount ??
        usage.candidates_token_count ??
        usage.responseTokenCount ??
        usage.response_token_count,
    );
    return { output: output ?? 0, reasoning: thoughts };
  }
  const details = detailsIn(usage, OUTPUT_DETAILS);
  const reasoning = firstCount(
    details.reasoning_tokens,
    usage.reasoning_tokens,
    usage.reasoningTokens,
    usage.thoughtsTokens,
  );
  const output = firstCount(usage.completion_tokens, usage.output_tokens, usage.outputTokens);
  const input = firstCount(usage.prompt_tokens, usage.input_tokens, usage.inputTokens);
  if (reasoning === null || output === null || input === null) return null;
  // The total decides: with OpenAI the reasoning is in the output.
  const total = firstCount(usage.total_tokens, usage.totalTokens);
  return total === input + output + reasoning ? { output, reasoning } : null;
}

function readToolsBeside(usage: JsonObject): UsageDetails['input_beside_tools'] {
  const tools = countOf(usage.toolUsePromptTokenCount ?? usage.tool_use_prompt_token_count);
  const input = countOf(usage.promptTokenCount ?? usage.prompt_token_count);
  return tools === null || input === null ? null : { input, tools };
}

function readTier(answer: JsonObject, usage: JsonObject): string | null {
  return readNamedTier(answer, usage) ?? textOf(usage.trafficType) ?? textOf(usage.traffic_type);
}

function readNamedTier(answer: JsonObject, usage: JsonObject): string | null {
  return (
    textOf(answer.service_tier) ??
    textOf(usage.service_tier) ??
    textOf(answer.serviceTier) ??
    textOf(usage.serviceTier) ??
    textOf(objectOf(answer.serviceTier)?.type) ??
    // LangChain, the AI SDK.
    textOf(objectOf(answer.response_metadata)?.service_tier) ??
    textOf(objectOf(objectOf(answer.providerMetadata)?.openai)?.serviceTier)
  );
}

/** As tiers are called; anything else is no name of one. */
const TIER = /^[\w.-]{1,64}$/;

/** The tier by which an answer says that it was served; null where it names none. */
export function readAnsweredTier(response: JsonValue): string | null {
  const answer = findCountedAnswer(response);
  const tier = answer && readNamedTier(answer, findAnswerUsage(answer) ?? NOTHING);
  return tier !== null && TIER.test(tier) ? tier : null;
}

/** OpenAI has an object with `audio_tokens`; Gemini a list of `{modality, tokenCount}`, in which the missing are none. */
function readModalities(details: JsonObject | null, list: JsonValue | undefined): ModalityCounts {
  if (Array.isArray(list)) {
    const sum = (modality: string) =>
      list.reduce<number>((total, item) => {
        const fields = objectOf(item);
        const isIt = textOf(fields?.modality)?.toUpperCase() === modality;
        return isIt ? total + (countOf(fields?.tokenCount ?? fields?.token_count) ?? 0) : total;
      }, 0);
    return { audio: sum('AUDIO'), image: sum('IMAGE'), video: sum('VIDEO') };
  }
  if (details === null) return NOT_TOLD;
  return {
    audio: firstCount(details.audio_tokens, details.audio, details.audioTokens, details.audioTokenCount),
    image: firstCount(details.image_tokens, details.imageTokens),
    video: firstCount(details.video_tokens, details.videoTokens),
  };
}
