/** What a provider's own usage says beside the token columns: kinds of tokens, searches, the tier that served. Pure. */
import { bodyOf } from '#shared/conversation/answerBody';
import { countOf, objectOf, textOf } from '#shared/conversation/part';
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
  /** Sources and tools that the provider ran and bills besides: xAI. */
  readonly hasOtherFees: boolean;
  /** Anthropic's fast mode and where it is run: other prices than the list's. */
  readonly hasOtherPrices: boolean;
}

const NOTHING: JsonObject = {};
const NOT_TOLD: ModalityCounts = { audio: null, image: null, video: null };

/** What xAI says of the sources and tools that it ran: a count, or counts by the name of the tool. */
const BILLED_APART = [
  'num_sources_used',
  'num_server_side_tools_used',
  'server_side_tool_usage',
  'server_side_tool_usage_details',
] as const;

function isCounted(value: JsonValue | undefined): boolean {
  const fields = objectOf(value);
  return fields === null ? (countOf(value) ?? 0) > 0 : Object.values(fields).some((one) => (countOf(one) ?? 0) > 0);
}

/** The answer's usage, or the one that was sent beside it where the answer is not kept. */
export function findUsage(response: JsonValue, metadata: JsonObject | null): JsonObject {
  const answer = bodyOf(response) ?? NOTHING;
  const usage = objectOf(answer.usage) ?? objectOf(answer.usageMetadata) ?? objectOf(answer.usage_metadata);
  return usage ?? objectOf(metadata?.usage) ?? NOTHING;
}

export function readUsageDetails(response: JsonValue, metadata: JsonObject | null): UsageDetails {
  const usage = findUsage(response, metadata);
  const answer = bodyOf(response) ?? NOTHING;
  const inputDetails = objectOf(usage.prompt_tokens_details ?? usage.input_tokens_details ?? usage.input_token_details);
  const besideCache = usage.cache_read_input_tokens ?? usage.cacheReadInputTokens;
  const written = usage.cache_creation_input_tokens ?? usage.cacheWriteInputTokens;
  const isBesideCache = (besideCache !== undefined || written !== undefined) && usage.prompt_tokens === undefined;
  return {
    cache_reads: countOf(besideCache ?? inputDetails?.cached_tokens ?? usage.cachedContentTokenCount),
    cache_writes: countOf(written ?? inputDetails?.cache_write_tokens),
    input_beside_cache: isBesideCache ? countOf(usage.input_tokens ?? usage.inputTokens) : null,
    output_beside_reasoning: readReasoningBeside(usage),
    input_beside_tools: readToolsBeside(usage),
    input: readModalities(inputDetails, usage.promptTokensDetails ?? usage.prompt_tokens_details),
    cached: readModalities(objectOf(inputDetails?.cached_tokens_details), usage.cacheTokensDetails),
    output: readModalities(
      objectOf(usage.completion_tokens_details ?? usage.output_tokens_details ?? usage.output_token_details),
      usage.candidatesTokensDetails ?? usage.candidates_tokens_details,
    ),
    cache_writes_1h: countOf(objectOf(usage.cache_creation)?.ephemeral_1h_input_tokens),
    web_searches: countOf(objectOf(usage.server_tool_use)?.web_search_requests),
    search_context_size: textOf(usage.search_context_size),
    service_tier: readTier(answer, usage),
    hasOtherFees: BILLED_APART.some((name) => isCounted(usage[name]) || isCounted(answer[name])),
    hasOtherPrices: usage.speed === 'fast' || usage.inference_geo === 'us',
  };
}

function readReasoningBeside(usage: JsonObject): UsageDetails['output_beside_reasoning'] {
  const thoughts = countOf(usage.thoughtsTokenCount ?? usage.thoughts_token_count);
  if (thoughts !== null) {
    return { output: countOf(usage.candidatesTokenCount ?? usage.candidates_token_count) ?? 0, reasoning: thoughts };
  }
  const details = objectOf(usage.completion_tokens_details ?? usage.output_tokens_details);
  const reasoning = countOf(details?.reasoning_tokens ?? usage.reasoning_tokens);
  const output = countOf(usage.completion_tokens ?? usage.output_tokens);
  const input = countOf(usage.prompt_tokens ?? usage.input_tokens);
  if (reasoning === null || output === null || input === null) return null;
  // The total decides: with OpenAI the reasoning is in the output.
  return countOf(usage.total_tokens) === input + output + reasoning ? { output, reasoning } : null;
}

function readToolsBeside(usage: JsonObject): UsageDetails['input_beside_tools'] {
  const tools = countOf(usage.toolUsePromptTokenCount ?? usage.tool_use_prompt_token_count);
  const input = countOf(usage.promptTokenCount ?? usage.prompt_token_count);
  return tools === null || input === null ? null : { input, tools };
}

function readTier(answer: JsonObject, usage: JsonObject): string | null {
  return (
    textOf(answer.service_tier) ??
    textOf(usage.service_tier) ??
    textOf(answer.serviceTier) ??
    textOf(usage.serviceTier) ??
    textOf(objectOf(answer.serviceTier)?.type) ??
    textOf(usage.trafficType)
  );
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
    audio: countOf(details.audio_tokens),
    image: countOf(details.image_tokens),
    video: countOf(details.video_tokens),
  };
}
