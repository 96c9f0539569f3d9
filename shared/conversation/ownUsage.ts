/** The usage in the provider's own words, where a library keeps it beside counts of its own. Pure. */
import type { JsonObject } from '#shared/primitives';
import { objectOf } from './part.ts';
import { firstCount } from './usageCounts.ts';

/** What the AI SDK keeps of each provider, by its name. */
export function providerMetadataOf({ providerMetadata, experimental_providerMetadata }: JsonObject): JsonObject | null {
  return objectOf(providerMetadata ?? experimental_providerMetadata);
}

/** The counts of a model of the AI SDK 6 as `generateText` tells them; any others as they are. */
export function flattenUsage(usage: JsonObject | null): JsonObject | null {
  const input = objectOf(usage?.inputTokens);
  const output = objectOf(usage?.outputTokens);
  if (usage === null || input === null || output === null) return usage;
  return {
    ...usage,
    inputTokens: input.total ?? null,
    outputTokens: output.total ?? null,
    inputTokenDetails: { cacheReadTokens: input.cacheRead ?? null, cacheWriteTokens: input.cacheWrite ?? null },
    outputTokenDetails: { reasoningTokens: output.reasoning ?? null },
  };
}

/** Those of the AI SDK 6 and 5, and of LangChain: they have parts that the library's counts leave out. */
export function listOwnUsages(answer: JsonObject, told: JsonObject | null): JsonObject[] {
  const providers = providerMetadataOf(answer);
  const beside = objectOf(answer.response_metadata);
  const places = [
    told?.raw,
    objectOf(providers?.anthropic)?.usage,
    objectOf(providers?.google ?? providers?.vertex)?.usageMetadata,
    beside?.usage,
    beside?.token_usage,
    beside?.usage_metadata,
  ];
  return places.map(objectOf).filter((usage) => usage !== null);
}

/**
 * Counts of the AI SDK before version 6 with what it tells of a cache elsewhere. What Anthropic and Bedrock read from one
 * and write to it is not in its input; with the others it is.
 */
export function withCacheBeside(usage: JsonObject, answer: JsonObject): JsonObject {
  const providers = providerMetadataOf(answer);
  const isOfSdk = 'promptTokens' in usage || 'inputTokens' in usage;
  if (providers === null || !isOfSdk || usage.inputTokenDetails !== undefined) return usage;
  const anthropic = objectOf(providers.anthropic);
  const bedrock = objectOf(objectOf(providers.bedrock)?.usage);
  if (anthropic === null && bedrock === null) return withParts(usage, providers);
  // It is the sum of the input and the output that are told, and would say that the cache is in them.
  const { totalTokens: _, ...counts } = usage;
  return {
    ...counts,
    cacheReadInputTokens: firstCount(
      usage.cachedInputTokens,
      anthropic?.cacheReadInputTokens,
      bedrock?.cacheReadInputTokens,
    ),
    cacheWriteInputTokens: firstCount(anthropic?.cacheCreationInputTokens, bedrock?.cacheWriteInputTokens),
  };
}

/** Version 4 tells the parts that OpenAI and those like it count apart. */
function withParts(usage: JsonObject, providers: JsonObject): JsonObject {
  for (const provider of Object.values(providers)) {
    const { cachedPromptTokens, promptCacheHitTokens, reasoningTokens } = objectOf(provider) ?? {};
    const cached = firstCount(usage.cachedInputTokens, cachedPromptTokens, promptCacheHitTokens);
    const reasoning = firstCount(usage.reasoningTokens, reasoningTokens);
    if (cached !== null || reasoning !== null) {
      return { ...usage, cachedInputTokens: cached, reasoningTokens: reasoning };
    }
  }
  return usage;
}
