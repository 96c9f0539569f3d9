/** The cost of one request, computed once, when it arrives. Pure: usage × rate, in whole attodollars. */
import { objectOf } from '#shared/conversation/part';
import { findCountedAnswer, listCalls, readUsage } from '#shared/conversation/usage';
import type { JsonObject } from '#shared/primitives';
import type { CostSource, CostStatus } from '#shared/request';
import { readBilledCost, readCostBeside, readCostOfCalls } from './billedCost.ts';
import type { PricedCall } from './call.ts';
import { findCallPrice } from './callPrice.ts';
import { addPriced, type Charge, charge, type Priced, sumOf } from './charges.ts';
import { type CustomPrices, findCustomPrice, NO_CUSTOM_PRICES, priceByOwn } from './customPrices.ts';
import { listToolTypes, readFees } from './fees.ts';
import { countSeconds } from './mediaCounts.ts';
import { isLongerThanListed } from './priceCorrections.ts';
import {
  dollarsAt,
  type FoundPrice,
  type ModelPrice,
  PRICE_LIST_DATE,
  PRICE_LIST_VERSION,
  type Rate,
  writeDollars,
} from './priceList.ts';
import { findTier, shareOfTier } from './serviceTier.ts';
import { countInput, splitTokens, type TokenKind, type TokenPart } from './tokenParts.ts';
import { findUsage, readUsageDetails, type UsageDetails } from './usageDetails.ts';
import { formatAttodollars, trimZeros } from './usd.ts';

export interface Cost {
  /** USD as a decimal string. Null where it is not known, which is not zero. */
  readonly cost_usd: string | null;
  readonly cost_source: CostSource | null;
  readonly cost_status: CostStatus;
  /** The price that it was computed by: `genai-prices@0.1.8`, or `<id>@2` of a custom price. Null where none was. */
  readonly price_version: string | null;
}

/** What is missing to know a cost. */
export type Missing = 'no_price' | 'no_usage';

/**
 * The caller's cost, else what the provider says it bills, else by the organization's own price, else by the built-in
 * list. What a price surely covers is computed; a part is never shown as the whole. A side of the usage that was not
 * reported (unless it has no price: an embedding has no output), counts that contradict each other, a model that is not
 * listed, and a fee or tier that has no price make the cost unknown.
 */
export function priceRequest(call: PricedCall, started_at: Date, own: CustomPrices = NO_CUSTOM_PRICES): Cost {
  const given = findGivenCost(call);
  if (given !== null) {
    return { cost_usd: given, cost_source: 'provided', cost_status: 'given', price_version: null };
  }
  const outcome = priceCall(call, started_at, own);
  if (typeof outcome === 'string') {
    return { cost_usd: null, cost_source: null, cost_status: outcome, price_version: null };
  }
  return {
    cost_usd: formatAttodollars(sumOf(outcome)),
    cost_source: outcome.price.source,
    cost_status: 'priced',
    price_version: outcome.price.version,
  };
}

/** What the caller, or else the provider, says that the call cost; null where neither does. */
function findGivenCost(call: PricedCall): string | null {
  if (call.cost_usd !== undefined && call.cost_usd !== null) return trimZeros(call.cost_usd);
  const response = call.response ?? null;
  const calls = listCalls(response);
  if (calls.length > 0) return readCostOfCalls(calls);
  const answer = findCountedAnswer(response);
  return readBilledCost(findUsage(response, call.metadata ?? null)) ?? (answer && readCostBeside(answer));
}

/** The call with its price, whatever cost was given with it; or what is missing. */
export function priceCall(call: PricedCall, started_at: Date, own: CustomPrices): Priced | Missing {
  const calls = isOfAll(call) ? [] : listCalls(call.response ?? null);
  if (calls.length > 0) return priceEach(calls, (one) => priceCall({ ...call, ...one }, started_at, own));
  const custom = findCustomPrice(own, call, started_at);
  return custom === null ? priceByList(call, started_at) : priceByOwn(call, custom);
}

/** True where the caller counted what all of its calls made or heard. */
function isOfAll({ output_images, media_seconds }: PricedCall): boolean {
  return isTold(output_images) || isTold(media_seconds);
}

/** Of several calls for one answer each has its own length, tier and fees. */
function priceEach(
  answers: readonly JsonObject[],
  priceOne: (call: Partial<PricedCall>) => Priced | Missing,
): Priced | Missing {
  const all: Priced[] = [];
  for (const response of answers) {
    const usage = readUsage(response);
    const outcome = usage === null ? 'no_usage' : priceOne({ response, ...usage });
    if (typeof outcome === 'string') return outcome;
    all.push(outcome);
  }
  return addPriced(all) ?? 'no_price';
}

function priceByList(call: PricedCall, started_at: Date): Priced | Missing {
  const hasInput = isTold(call.input_tokens);
  const hasOutput = isTold(call.output_tokens);
  const price = findCallPrice(call, started_at);
  if (price?.prices.audio_hours !== undefined) return priceByHour(call, price, price.prices.audio_hours);
  if (!hasInput && !hasOutput) return 'no_usage';
  if (price === null) return 'no_price';
  if (isFree(price)) return pricedBy(price, { tokens: [], fees: [], share: { of: 1n, in: 1n } });
  const { prices } = price;
  if (!hasInput && hasPrice(prices.input_mtok, prices.input_audio_mtok, prices.input_image_mtok)) return 'no_usage';
  // The list has a price of what an embedding puts out for some.
  const isEmbedding = call.endpoint === 'embeddings' || price.model.includes('embed');
  if (!hasOutput && !isEmbedding && hasPrice(prices.output_mtok, prices.output_audio_mtok, prices.output_image_mtok))
    return 'no_usage';

  const details = readUsageDetails(call.response ?? null, call.metadata ?? null);
  if (details.hasOtherPrices || details.hasOtherFees || asksForOtherPrices(call)) return 'no_price';
  const input = countInput(call, details);
  if (isLongerThanListed(price, { input: input.total, output: call.output_tokens ?? 0 })) return 'no_price';
  const tier = findTier(details.service_tier, call.service_tier ?? null, call.parameters ?? null);
  const share = shareOfTier(tier, price, input.cached);
  if (share === null) return 'no_price';

  const parts = splitTokens(call, details, price);
  if (parts === null) return 'no_usage';
  const tokens = chargeParts(parts, prices, input.total);
  const fees = chargeFees(call, details, price);
  return tokens === null || fees === null ? 'no_price' : pricedBy(price, { tokens, fees, share });
}

/** Transcriptions that are billed by what they hear, whatever tokens that made. */
function priceByHour(call: PricedCall, price: FoundPrice, dollars: number): Priced | Missing {
  const details = readUsageDetails(call.response ?? null, call.metadata ?? null);
  const tier = findTier(details.service_tier, call.service_tier ?? null, call.parameters ?? null);
  const share = shareOfTier(tier, price, 0);
  // Nobody sells them by a tier.
  if (share === null || share.of !== share.in) return 'no_price';
  const heard = countSeconds(call);
  if (heard === null) return 'no_usage';
  const rate = { per: 3_600, dollars: writeDollars(dollars) } as const;
  const seconds = billedSeconds(heard, price.owner);
  return pricedBy(price, { tokens: seconds === 0 ? [] : [charge('seconds', seconds, rate)], fees: [], share });
}

/** OpenAI counts begun seconds, as the usage of its answers does; Groq bills ten at least. */
function billedSeconds(heard: number, owner: string): number {
  if (owner === 'openai') return Math.ceil(heard);
  return owner === 'groq' && heard > 0 ? Math.max(heard, 10) : heard;
}

function pricedBy(found: FoundPrice, charges: Omit<Priced, 'price'>): Priced {
  const { provider, model, validFrom, sourceUrl } = found;
  return {
    ...charges,
    price: {
      source: 'builtin',
      provider,
      model,
      version: PRICE_LIST_VERSION,
      dated: PRICE_LIST_DATE,
      valid_from: validFrom,
      source_url: sourceUrl,
    },
  };
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

const NAMES: Readonly<Record<TokenKind, string>> = {
  input_mtok: 'input',
  output_mtok: 'output',
  cache_read_mtok: 'cached input',
  cache_write_mtok: 'cache writes',
  cache_write_1h_mtok: 'cache writes of an hour',
  input_audio_mtok: 'audio input',
  cache_audio_read_mtok: 'cached audio input',
  output_audio_mtok: 'audio output',
  input_image_mtok: 'image input',
  cache_image_read_mtok: 'cached image input',
  output_image_mtok: 'image output',
  input_video_mtok: 'video input',
};

/** Null where the list has no price for a part. */
function chargeParts(parts: readonly TokenPart[], prices: ModelPrice, input: number): Charge[] | null {
  const charges: Charge[] = [];
  for (const { kind, tokens } of parts) {
    const rate = prices[kind];
    if (rate === undefined) return null;
    charges.push(charge(NAMES[kind], tokens, { per: 1_000_000, dollars: writeDollars(dollarsAt(rate, input)) }));
  }
  return charges;
}

/** What is billed beside the tokens. Null where it cannot be priced. */
function chargeFees(call: PricedCall, details: UsageDetails, price: FoundPrice): Charge[] | null {
  const { requests_kcount, storage_searches_kcount } = price.prices;
  if (requests_kcount !== undefined) {
    // The list has the fee of the largest context alone.
    return findContextSize(call, details) === 'high' ? [chargeEach('requests', 1, requests_kcount)] : null;
  }
  const fees = readFees({
    response: call.response ?? null,
    tools: call.tools ?? null,
    parameters: call.parameters ?? null,
  });
  const web_searches = details.web_searches ?? fees.web_searches;
  const file_searches = fees.file_searches;
  if (fees.hasUnknown || fees.hasImages) return null;
  // What a reseller takes for a search is not in the list.
  const isOwn = price.provider === price.owner;
  const charges: Charge[] = [];
  if (web_searches > 0) {
    const web = isOwn ? webSearchPrice(call, price) : undefined;
    if (web === undefined) return null;
    charges.push(chargeEach('web searches', web_searches, web));
  }
  if (file_searches > 0) {
    const file = isOwn ? storage_searches_kcount : undefined;
    if (file === undefined) return null;
    charges.push(chargeEach('file searches', file_searches, file));
  }
  return charges;
}

function chargeEach(what: string, quantity: number, dollarsOfThousand: number): Charge {
  return charge(what, quantity, { per: 1_000, dollars: writeDollars(dollarsOfThousand) });
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
