/** What a provider's usage says of its cache, and whether the input has it in it. */
import type { JsonObject, JsonValue } from '#shared/primitives';
import { listOf, objectOf } from './part.ts';
import { count, detailsIn, firstCount, INPUT_DETAILS, sum } from './usageCounts.ts';

/** What was read from a cache and written to it. */
export interface CacheCounts {
  readonly read: number | null;
  readonly written: number | null;
  /** The part of what was written that is kept for an hour. */
  readonly writtenForAnHour: number | null;
}

/** The names for it of OpenAI, Anthropic, DeepSeek, Moonshot, Gemini, Bedrock, Qwen, Mistral, LiteLLM, LangChain, Pydantic AI, the AI SDK and .NET. */
export function readCache(usage: JsonObject): CacheCounts {
  const details = detailsIn(usage, INPUT_DETAILS);
  const parts = [usage.cache_creation, details.cache_creation, details.cache_creation_token_details];
  const lasting = parts.map(objectOf).find((one) => one !== null) ?? details;
  const briefly = count(lasting.ephemeral_5m_input_tokens);
  const forAnHour = count(lasting.ephemeral_1h_input_tokens) ?? readHourOfBedrock(usage.cacheDetails);
  const written = firstCount(
    usage.cache_creation_input_tokens,
    usage.cacheWriteInputTokens,
    usage.cacheWriteInputTokenCount,
    details.cache_write_tokens,
    details.cache_creation_tokens,
    details.cache_creation_input_tokens,
    details.cacheWriteTokens,
    details.cache_creation,
    usage.cache_write_tokens,
  );
  return {
    read: firstCount(
      details.cached_tokens,
      usage.prompt_cache_hit_tokens,
      usage.cache_read_input_tokens,
      usage.cacheReadInputTokens,
      usage.cacheReadInputTokenCount,
      usage.cachedContentTokenCount,
      usage.cached_content_token_count,
      details.cache_read,
      // LangChain's, of calls by a tier.
      details.flex_cache_read,
      details.priority_cache_read,
      details.cacheReadTokens,
      usage.cachedInputTokens,
      // Genkit
      usage.cachedContentTokens,
      details.cachedTokens,
      details.cachedTokenCount,
      usage.cachedInputTokenCount,
      // Mistral
      usage.num_cached_tokens,
      // Moonshot; Gemini's interactions
      usage.cached_tokens,
      usage.total_cached_tokens,
      usage.cache_read_tokens,
    ),
    // LangChain has zero here where it has both parts.
    written: written || (sum([briefly, forAnHour]) ?? written),
    writtenForAnHour: forAnHour,
  };
}

function readHourOfBedrock(details: JsonValue | undefined): number | null {
  const entries = listOf(details).map(objectOf);
  return sum(entries.filter((entry) => entry?.ttl === '1h').map((entry) => count(entry?.inputTokens)));
}

/**
 * The input with what was read from a cache and written to it. Anthropic and Bedrock leave both out; a total that has no
 * place for them says they are in it.
 */
export function includeCache(input: number, cache: CacheCounts, of: { usage: JsonObject; output: number }): number {
  const total = firstCount(of.usage.total_tokens, of.usage.totalTokens);
  const beside = (cache.read ?? 0) + (cache.written ?? 0);
  if (firstCount(of.usage.prompt_tokens) === null) return total === input + of.output ? input : input + beside;
  // Whoever has OpenAI's names counts as OpenAI does, unless the counts say otherwise.
  const isBeside = total === null ? beside > input : total === input + beside + of.output;
  return isBeside ? input + beside : input;
}

/** True where the counts of the cache have names of those who leave it out of the input. */
export function mayBeBesideCache(usage: JsonObject): boolean {
  return BESIDE_CACHE.some((name) => count(usage[name]) !== null);
}

const BESIDE_CACHE = [
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
  'cacheReadInputTokens',
  'cacheWriteInputTokens',
  'cacheReadInputTokenCount',
  'cacheWriteInputTokenCount',
];
