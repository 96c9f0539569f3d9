/** The prices that an organization set: which of them applies to a call, and what it makes of the usage. Pure. */
import { literalsOf, matchesLiterals } from '#shared/modelPattern';
import type { CustomPrice, PriceRates, RateName } from '#shared/price';
import type { PricedCall } from './call.ts';
import { type Charge, charge, type Priced } from './charges.ts';
import { readFees } from './fees.ts';
import { countImages, countSeconds } from './mediaCounts.ts';
import { findTier } from './serviceTier.ts';
import { countInput, countOutput } from './tokenParts.ts';
import { readUsageDetails, type UsageDetails } from './usageDetails.ts';

/** The prices of one organization, ready to be looked up: those that say more first. */
export type CustomPrices = readonly PreparedPrice[];

interface PreparedPrice {
  readonly price: CustomPrice;
  /** What stands between the `*` of its pattern, in small letters. */
  readonly literals: readonly string[];
  readonly validFromMs: number;
}

export const NO_CUSTOM_PRICES: CustomPrices = [];

/**
 * In the order in which they are tried: a model's own name before a pattern, a longer pattern before a shorter one, one
 * with a provider or a tier before one without, and of two that say the same the one that began later.
 */
export function preparePrices(prices: readonly CustomPrice[]): CustomPrices {
  const rank = ({ model, provider, service_tier }: CustomPrice) =>
    (model.includes('*') ? 0 : 1_000_000) +
    model.length * 10 +
    (provider === null ? 0 : 2) +
    (service_tier === null ? 0 : 1);
  return prices
    .map((price) => ({
      price,
      literals: literalsOf(price.model),
      validFromMs: price.valid_from === null ? Number.NEGATIVE_INFINITY : Date.parse(price.valid_from),
    }))
    .toSorted((a, b) => rank(b.price) - rank(a.price) || (a.validFromMs < b.validFromMs ? 1 : -1));
}

/** The price of the model that answered, else of the one that was asked for; null where the organization has none. */
export function findCustomPrice(prices: CustomPrices, call: PricedCall, at: Date): CustomPrice | null {
  if (prices.length === 0) return null;
  const details = readUsageDetails(call.response ?? null, call.metadata ?? null);
  const tier = findTier(details.service_tier, call.service_tier ?? null, call.parameters ?? null);
  for (const given of [call.response_model, call.model]) {
    if (!given) continue;
    const name = given.toLowerCase();
    const found = prices.find(
      ({ price, literals, validFromMs }) =>
        validFromMs <= at.getTime() &&
        (price.provider === null || price.provider.toLowerCase() === call.provider.toLowerCase()) &&
        (price.service_tier === null || price.service_tier.toLowerCase() === tier?.toLowerCase()) &&
        matchesLiterals(literals, name),
    );
    if (found) return found.price;
  }
  return null;
}

const MILLION = 1_000_000;

/**
 * What a call costs by a price of the organization. A side of the usage that has a rate must be reported, and so must
 * images and seconds; a search that was made, or may have been, and has no rate makes the cost unknown: a part is never
 * shown as the whole.
 */
export function priceByOwn(call: PricedCall, price: CustomPrice): Priced | 'no_price' | 'no_usage' {
  const details = readUsageDetails(call.response ?? null, call.metadata ?? null);
  const hasInput = typeof call.input_tokens === 'number';
  const hasOutput = typeof call.output_tokens === 'number';
  const { total, cached, written } = countInput(call, details);
  const rates =
    price.tiers
      .toSorted((a, b) => b.above_input_tokens - a.above_input_tokens)
      .find(({ above_input_tokens }) => total > above_input_tokens)?.rates ?? price.rates;
  if (!hasInput && hasRate(rates, ['input', 'cached_input', 'cache_write', 'audio_input'])) return 'no_usage';
  if (!hasOutput && hasRate(rates, ['output', 'reasoning', 'audio_output'])) return 'no_usage';

  const output = countOutput(call, details);
  const heard = call.audio_input_tokens ?? details.input.audio ?? 0;
  const spoken = call.audio_output_tokens ?? details.output.audio ?? 0;
  const thought = call.reasoning_tokens ?? details.output_beside_reasoning?.reasoning ?? 0;
  // Cached audio is counted as cached: no provider tells an organization's own price for it apart.
  const newAudio = Math.max(0, heard - (details.cached.audio ?? 0));
  if (output === null || cached + written + newAudio > total || thought + spoken > output) return 'no_usage';

  const tokens = [
    tokenCharge('input', total - cached - written - newAudio, rates.input),
    tokenCharge('cached input', cached, rates.cached_input ?? rates.input),
    tokenCharge('cache writes', written, rates.cache_write ?? rates.input),
    tokenCharge('audio input', newAudio, rates.audio_input ?? rates.input),
    tokenCharge('output', output - thought - spoken, rates.output),
    tokenCharge('reasoning', thought, rates.reasoning ?? rates.output),
    tokenCharge('audio output', spoken, rates.audio_output ?? rates.output),
  ].filter((one) => one !== null);
  const media = mediaOf(call, rates);
  if (media === null) return 'no_usage';
  const fees = feesOf(call, rates, details);
  if (fees === null) return 'no_price';
  return {
    tokens,
    fees: [...media, ...fees],
    share: { of: 1n, in: 1n },
    price: {
      source: 'custom',
      provider: price.provider,
      model: price.model,
      version: `${price.id}@${price.version}`,
      dated: price.created_at.slice(0, 10),
      valid_from: price.valid_from,
      source_url: null,
    },
  };
}

/** Without a rate a kind costs nothing: the organization says so, as for a model that it runs itself. */
function tokenCharge(what: string, quantity: number, rate: string | undefined): Charge | null {
  return quantity === 0 || rate === undefined ? null : charge(what, quantity, { per: MILLION, dollars: rate });
}

/** Images and seconds. Null where one of them has a rate, and nobody says how many there were. */
function mediaOf(call: PricedCall, rates: PriceRates): Charge[] | null {
  const charges: Charge[] = [];
  if (hasRate(rates, ['image'])) {
    const images = countImages(call);
    if (images === null) return null;
    if (images > 0) charges.push(charge('images', images, { per: 1, dollars: rates.image ?? '0' }));
  }
  if (hasRate(rates, ['second'])) {
    const seconds = countSeconds(call);
    if (seconds === null) return null;
    if (seconds > 0) charges.push(charge('seconds', seconds, { per: 1, dollars: rates.second ?? '0' }));
  }
  return charges;
}

function feesOf(call: PricedCall, rates: PriceRates, details: UsageDetails): Charge[] | null {
  const fees = readFees({
    response: call.response ?? null,
    tools: call.tools ?? null,
    parameters: call.parameters ?? null,
  });
  const charges: Charge[] = [];
  if (rates.request !== undefined) charges.push(charge('request', 1, { per: 1, dollars: rates.request }));
  const web = details.web_searches ?? fees.web_searches;
  if ((fees.hasUnknown || details.hasOtherFees) && rates.request === undefined) return null;
  if (fees.hasImages && rates.image === undefined && rates.request === undefined) return null;
  if (web > 0 && rates.web_search === undefined) return null;
  if (web > 0) charges.push(charge('web searches', web, { per: 1_000, dollars: rates.web_search ?? '0' }));
  if (fees.file_searches > 0 && rates.file_search === undefined) return null;
  if (fees.file_searches > 0) {
    charges.push(charge('file searches', fees.file_searches, { per: 1_000, dollars: rates.file_search ?? '0' }));
  }
  return charges;
}

function hasRate(rates: PriceRates, names: readonly RateName[]): boolean {
  return names.some((name) => rates[name] !== undefined && Number(rates[name]) !== 0);
}
