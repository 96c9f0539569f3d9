/** What a cache of the provider would have saved of calls with the same prefix. Pure. */
import { priceRequest } from '#server/pricing/cost';
import type { PricedCall } from '#server/pricing/call';
import type { CustomPrices } from '#server/pricing/customPrices';
import { parseUsd } from '#server/pricing/usd';
import { canonicalJson } from '#server/requests/canonicalJson';
import { instructionsOf } from '#server/requests/requestHashes';

/** Tokens of the instructions and tools of a call, by their share of the characters of all that was sent; null without input. */
export function estimatePrefixTokens(call: PricedCall): number | null {
  const { input_tokens, messages, tools } = call;
  if (input_tokens === null || input_tokens === undefined) return null;
  const prefix = canonicalJson(instructionsOf(call)).length + toolsLength(tools);
  const inMessages = canonicalJson(instructionsOf({ messages })).length;
  const all = canonicalJson(messages).length - inMessages + prefix;
  return Math.floor((input_tokens * Math.min(prefix, all)) / Math.max(all, 1));
}

function toolsLength(tools: PricedCall['tools']): number {
  return tools === undefined || tools === null ? 0 : canonicalJson(tools).length;
}

export interface CacheUse {
  readonly prefixTokens: number;
  /** Calls whose prefix would have come from the cache. */
  readonly reads: number;
  /** Calls whose prefix would have been written to it first. */
  readonly writes: number;
}

/**
 * Trillionths of a dollar that a cache would have saved of calls like this one, what it costs to write it taken off; below
 * or at zero it saves nothing. Null where no price is known.
 */
export function priceCacheUse(
  call: PricedCall,
  { prefixTokens, reads, writes }: CacheUse,
  at: { readonly started_at: Date; readonly own: CustomPrices },
): bigint | null {
  // Without what the response says of its own usage, which has nothing cached.
  const plain = { ...call, cost_usd: null, response: null, metadata: null };
  const price = (usage: Pick<PricedCall, 'cached_input_tokens' | 'cache_write_tokens'>): bigint | null => {
    const { cost_usd } = priceRequest({ ...plain, ...usage }, at.started_at, at.own);
    return cost_usd === null ? null : parseUsd(cost_usd);
  };
  const usual = price({ cached_input_tokens: 0, cache_write_tokens: 0 });
  const read = price({ cached_input_tokens: prefixTokens, cache_write_tokens: 0 });
  if (usual === null) return null;
  if (read === null) return 0n; // The list has no price for what is cached: the provider has none.
  // Many providers take nothing more for writing, and have no price for it.
  const write = price({ cached_input_tokens: 0, cache_write_tokens: prefixTokens }) ?? usual;
  return (usual - read) * BigInt(reads) - (write - usual) * BigInt(writes);
}
