/** The price of one request, computed once, when it arrives. Pure: usage × rate, in whole attodollars. */
import { objectOf } from '#shared/conversation/part';
import type { CostSource, CostStatus } from '#shared/request';
import { readBilledCost } from './billedCost.ts';
import type { PricedCall } from './call.ts';
import { listToolTypes, readFees } from './fees.ts';
import { isVersionOf } from './matchModel.ts';
import { findModelPrice, type FoundPrice, type ModelPrice, type Rate } from './priceList.ts';
import { findTier, type Share, shareOfTier, WHOLE } from './serviceTier.ts';
import { countInput, splitTokens, type TokenKind, type TokenPart } from './tokenParts.ts';
import { findUsage, readUsageDetails, type UsageDetails } from './usageDetails.ts';
import { formatAttodollars, perMillion, perThousand, trimZeros } from './usd.ts';

export interface Cost {
  /** USD as a decimal string. Null where it is not known, which is not zero. */
  readonly cost_usd: string | null;
  readonly cost_source: CostSource | null;
  readonly cost_status: CostStatus;
}

/** Tokens of one kind, or uses of a tool, by their price. */
export interface BilledPart {
  readonly kind: TokenKind | 'requests_kcount' | 'web_searches_kcount' | 'storage_searches_kcount';
  readonly count: number;
  /** Of the list: for a million tokens, or for a thousand uses. */
  readonly dollars: number;
}

/** What a call is billed for. */
export interface Bill {
  readonly price: FoundPrice;
  readonly tokens: readonly BilledPart[];
  /** What the service tier makes of the price of the tokens. */
  readonly share: Share;
  readonly fees: readonly BilledPart[];
}

/** Or what is missing to know it. */
type Outcome = Bill | 'no_price' | 'no_usage';

/**
 * The caller's cost, else what the provider says it bills, else one of the built-in list. What the list surely covers has a price; a part is never shown as
 * the whole. A side of the usage that was not reported (unless the list has no price for that side: an embedding has no
 * output), counts that contradict each other, a model that is not listed, and a fee or tier that has no price make the
 * cost unknown.
 */
export function priceRequest(call: PricedCall, started_at: Date): Cost {
  if (call.cost_usd !== undefined && call.cost_usd !== null) {
    return { cost_usd: trimZeros(call.cost_usd), cost_source: 'provided', cost_status: 'given' };
  }
  const billed = readBilledCost(findUsage(call.response ?? null, call.metadata ?? null));
  if (billed !== null) return { cost_usd: billed, cost_source: 'provided', cost_status: 'given' };
  const outcome = billCall(call, started_at);
  return typeof outcome === 'object'
    ? { cost_usd: totalOf(outcome), cost_source: 'builtin', cost_status: 'priced' }
    : { cost_usd: null, cost_source: null, cost_status: outcome };
}

/** Dollars as a decimal string, summed exactly and rounded once. */
export function totalOf({ tokens, share, fees }: Pick<Bill, 'tokens' | 'share' | 'fees'>): string {
  return formatAttodollars((sumOf(tokens, perMillion) * share.of) / share.in + sumOf(fees, perThousand));
}

function sumOf(parts: readonly BilledPart[], priceOfOne: (dollars: number) => bigint): bigint {
  let sum = 0n;
  for (const { count, dollars } of parts) sum += BigInt(count) * priceOfOne(dollars);
  return sum;
}

/** What a call is billed for by the built-in list. */
export function billCall(call: PricedCall, started_at: Date): Outcome {
  const hasInput = isTold(call.input_tokens);
  const hasOutput = isTold(call.output_tokens);
  if (!hasInput && !hasOutput) return 'no_usage';
  const price = findPrice(call, started_at);
  if (price === null) return 'no_price';
  if (isFree(price)) return { price, tokens: [], share: WHOLE, fees: [] };
  const { prices } = price;
  if (!hasInput && hasPrice(prices.input_mtok, prices.input_audio_mtok, prices.input_image_mtok)) return 'no_usage';
  if (!hasOutput && hasPrice(prices.output_mtok, prices.output_audio_mtok, prices.output_image_mtok)) return 'no_usage';

  const details = readUsageDetails(call.response ?? null, call.metadata ?? null);
  if (details.hasOtherPrices || details.hasOtherFees || asksForOtherPrices(call)) return 'no_price';
  const input = countInput(call, details);
  const tier = findTier(details.service_tier, call.service_tier ?? null, call.parameters ?? null);
  const share = shareOfTier(tier, price, input.cached);
  if (share === null) return 'no_price';

  const parts = splitTokens(call, details, price);
  if (parts === null) return 'no_usage';
  const tokens = priceParts(parts, prices, input.total);
  const fees = priceFees(call, details, price);
  return tokens === null || fees === null ? 'no_price' : { price, tokens, share, fees };
}

/**
 * The price of the model that answered; of the one that was asked for where the first is a version of it that is not
 * listed. On Bedrock the name that was asked for says where the model runs, and so what it costs.
 */
function findPrice({ provider, model, response_model }: PricedCall, at: Date): FoundPrice | null {
  const asked = findModelPrice(provider, model, at);
  if (!response_model || asked?.provider === 'aws') return asked;
  return findModelPrice(provider, response_model, at) ?? (isVersionOf(model, response_model) ? asked : null);
}

/** The list has no prices at all for what costs nothing, and for what it does not know. */
function isFree({ model, prices }: FoundPrice): boolean {
  return Object.keys(prices).length === 0 && model.endsWith(':free');
}

function isTold(count: number | null | undefined): boolean {
  return count !== null && count !== undefined;
}

function hasPrice(...rates: readonly (Rate | undefined)[]): boolean {
  return rates.some((rate) => rate !== undefined && rate !== 0);
}

/** Anthropic's fast mode and place of inference, Bedrock's optimized latency. */
function asksForOtherPrices({ parameters }: PricedCall): boolean {
  if (!parameters) return false;
  const { speed, inference_geo, performanceConfig } = parameters;
  return speed === 'fast' || inference_geo === 'us' || objectOf(performanceConfig)?.latency === 'optimized';
}

/** Null where the list has no price for a part. */
function priceParts(parts: readonly TokenPart[], prices: ModelPrice, input: number): BilledPart[] | null {
  const billed: BilledPart[] = [];
  for (const { kind, tokens } of parts) {
    const rate = prices[kind];
    if (rate === undefined) return null;
    billed.push({ kind, count: tokens, dollars: dollarsAt(rate, input) });
  }
  return billed;
}

function dollarsAt(rate: Rate, input: number): number {
  if (typeof rate === 'number') return rate;
  return rate.tiers.findLast((tier) => input > tier.start)?.price ?? rate.base;
}

/** What is billed beside the tokens. Null where it cannot be priced. */
function priceFees(call: PricedCall, details: UsageDetails, price: FoundPrice): BilledPart[] | null {
  const { requests_kcount, storage_searches_kcount } = price.prices;
  if (requests_kcount !== undefined) {
    // The list has the fee of the largest context alone.
    const isLargest = findContextSize(call, details) === 'high';
    return isLargest ? [{ kind: 'requests_kcount', count: 1, dollars: requests_kcount }] : null;
  }
  const fees = readFees({
    response: call.response ?? null,
    tools: call.tools ?? null,
    parameters: call.parameters ?? null,
  });
  const web_searches = details.web_searches ?? fees.web_searches;
  const file_searches = fees.file_searches;
  if (fees.hasUnknown) return null;
  // What a reseller takes for a search is not in the list.
  const isOwn = price.provider === price.owner;
  const web = web_searches === 0 ? 0 : isOwn ? webSearchPrice(call, price) : undefined;
  const file = file_searches === 0 ? 0 : isOwn ? storage_searches_kcount : undefined;
  if (web === undefined || file === undefined) return null;
  const billed: BilledPart[] = [
    { kind: 'web_searches_kcount', count: web_searches, dollars: web },
    { kind: 'storage_searches_kcount', count: file_searches, dollars: file },
  ];
  return billed.filter(({ count }) => count > 0);
}

function findContextSize({ parameters }: PricedCall, details: UsageDetails): unknown {
  return details.search_context_size ?? objectOf(parameters?.web_search_options)?.search_context_size;
}

/**
 * Dollars for a thousand searches. OpenAI takes another price for `web_search_preview` of models that do not reason, and
 * bills small ones a block of tokens for each search by `web_search`.
 */
function webSearchPrice(call: PricedCall, { owner, model, prices }: FoundPrice): number | undefined {
  if (owner !== 'openai' || /^(?:gpt-5|o\d)/.test(model)) return prices.web_searches_kcount;
  const types = [call.tools, call.parameters?.tools, objectOf(call.response ?? null)?.tools].flatMap(listToolTypes);
  const searches = types.filter((type) => type.startsWith('web_search'));
  const isPlain = searches.length > 0 && searches.every((type) => !type.startsWith('web_search_preview'));
  return isPlain && !model.includes('mini') ? prices.web_searches_kcount : undefined;
}
