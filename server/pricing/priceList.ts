/**
 * The built-in prices: which one applies to a model at a time. The data is `@pydantic/genai-prices`; its look-up and its
 * sums are not used, for they answer for names that only resemble a model (docs/decisions/023).
 */
import type { ModelInfo, Provider } from '@pydantic/genai-prices';
import { findProvider } from '@pydantic/genai-prices';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { matchesModel } from './matchModel.ts';
import { isSoldByItsMakerAlone, isTuned, parseModelName, splitVendor } from './modelNames.ts';
import { correctPrice } from './priceCorrections.ts';
import { findListedProvider, isGateway } from './providerNames.ts';

/** US dollars for a million tokens; with tiers, the last one whose `start` the input exceeds. */
const Rate = z.union([
  z.number(),
  z.object({ base: z.number(), tiers: z.array(z.object({ start: z.number(), price: z.number() })) }),
]);
export type Rate = z.infer<typeof Rate>;

/** A price that has anything else is for something that is not counted here: pages, citations, reranking. */
const ModelPrice = z.strictObject({
  input_mtok: Rate.optional(),
  output_mtok: Rate.optional(),
  cache_read_mtok: Rate.optional(),
  cache_write_mtok: Rate.optional(),
  cache_write_1h_mtok: Rate.optional(),
  input_audio_mtok: Rate.optional(),
  cache_audio_read_mtok: Rate.optional(),
  output_audio_mtok: Rate.optional(),
  input_image_mtok: Rate.optional(),
  cache_image_read_mtok: Rate.optional(),
  output_image_mtok: Rate.optional(),
  input_video_mtok: Rate.optional(),
  /** For a thousand of them. */
  web_searches_kcount: z.number().optional(),
  storage_searches_kcount: z.number().optional(),
  requests_kcount: z.number().optional(),
  /** For an hour that was heard; the list says it twice. */
  audio_hours: z.number().optional(),
  input_audio_hours: z.number().optional(),
});
export type ModelPrice = z.infer<typeof ModelPrice>;

/** The package and its version, as it is said with each cost that was computed by it. */
export const PRICE_LIST_VERSION = 'genai-prices@0.1.8';
/** The day on which that release was published: what has changed since is not in it. */
export const PRICE_LIST_DATE = '2026-09-23';

/** The list has some hundreds of prices, of which a server sees a few, again and again. */
const written = new Map<number, string>();

/** A price of the list as a decimal string: `toFixed` writes out what the list says. */
export function writeDollars(dollars: number): string {
  let decimal = written.get(dollars);
  if (decimal === undefined) {
    decimal = dollars.toFixed(12);
    written.set(dollars, decimal);
  }
  return decimal;
}

/** Dollars of a rate for a request with so many input tokens. */
export function dollarsAt(rate: Rate, input: number): number {
  if (typeof rate === 'number') return rate;
  return rate.tiers.findLast((tier) => input > tier.start)?.price ?? rate.base;
}

export interface FoundPrice {
  /** Who ran the model, in the list's words. */
  readonly provider: string;
  /** Whose price it is: Azure has those of OpenAI. */
  readonly owner: string;
  /** The model as the list calls it. */
  readonly model: string;
  readonly prices: ModelPrice;
  /** The day from which these prices hold, as `2026-08-21T00:00:00Z`; null where the list has no earlier ones. */
  readonly validFrom: string | null;
  /** The page of the owner that the prices were read from. */
  readonly sourceUrl: string | null;
}

/**
 * A look-up reads hundreds of rules; a price holds for at least half an hour (the shortest step of a price by time of
 * day).
 */
export const HALF_HOUR_MS = 1_800_000;
const known = new LRUCache<string, { price: FoundPrice | null }>({ max: 5_000 });

/** The price of a model at a time; null where the list has none that surely applies. */
export function findModelPrice(provider: string, model: string, at: Date): FoundPrice | null {
  const key = `${provider}\n${model}\n${Math.floor(at.getTime() / HALF_HOUR_MS)}`;
  let entry = known.get(key);
  if (!entry) {
    entry = { price: lookUp(provider, model, at) };
    known.set(key, entry);
  }
  return entry.price;
}

function lookUp(givenProvider: string, givenModel: string, at: Date): FoundPrice | null {
  const named = parseModelName(givenModel);
  if (named === null) return null;
  const given = findListedProvider(givenProvider);
  const provider = named.provider === null ? given : findListedProvider(named.provider);
  if (provider !== undefined) return findAt(provider, named.model, at);
  return isGateway(givenProvider) ? findByGateway(named.model, at) : findByMaker(named.model, at);
}

/** Who runs a model, and what it is called there without that. Null where neither the caller nor the name says it. */
export function findRunner(givenProvider: string, givenModel: string): { provider: string; model: string } | null {
  const named = parseModelName(givenModel);
  if (named === null) return null;
  const provider = findListedProvider(named.provider ?? givenProvider);
  const split = splitVendor(named.model);
  const vendor = split === null ? undefined : findListedProvider(split.vendor);
  const isPrefix = vendor !== undefined && (provider === undefined ? isGateway(givenProvider) : vendor === provider);
  if (split !== null && isPrefix) return { provider: vendor.id, model: split.model };
  return provider === undefined ? null : { provider: provider.id, model: named.model };
}

/** A model of a provider, which may have its own name before that of the model. */
function findAt(provider: Provider, model: string, at: Date): FoundPrice | null {
  const found = findRow(provider, model, at);
  if (found) return found;
  const split = splitVendor(model);
  if (split === null) return null;
  const vendor = findListedProvider(split.vendor);
  const isOwnName = vendor?.id === provider.id || provider.fallback_model_providers?.includes(vendor?.id ?? '');
  return isOwnName ? findRow(provider, split.model, at) : null;
}

/** `groq/llama-3.3-70b-versatile`: a gateway's prefix says who runs the model. Without one, its maker does. */
function findByGateway(model: string, at: Date): FoundPrice | null {
  const split = splitVendor(model);
  const vendor = split === null ? undefined : findListedProvider(split.vendor);
  if (split !== null && vendor !== undefined) return findAt(vendor, split.model, at);
  if (split !== null || !isSoldByItsMakerAlone(model)) return null;
  for (const id of ['openai', 'anthropic', 'google', 'x-ai']) {
    const maker = findProvider({ providerId: id });
    const found = maker && findRow(maker, model, at);
    if (found) return found;
  }
  return null;
}

/**
 * `openai/gpt-4o` by a router that is not known. A name alone is not enough there: local servers give their models the
 * names of others.
 */
function findByMaker(model: string, at: Date): FoundPrice | null {
  const split = splitVendor(model);
  const maker = split && isSoldByItsMakerAlone(split.model) ? findListedProvider(split.vendor) : undefined;
  return split && maker ? findRow(maker, split.model, at) : null;
}

function findRow(provider: Provider, model: string, at: Date): FoundPrice | null {
  const owners = [provider.id, ...(provider.fallback_model_providers ?? [])];
  for (const id of owners) {
    // Open weights cost what Azure takes for them.
    if (id !== provider.id && !isSoldByItsMakerAlone(splitVendor(model)?.model ?? model)) continue;
    const owner = id === provider.id ? provider : findProvider({ providerId: id });
    const split = id === provider.id ? null : splitVendor(model);
    // `openai/gpt-4o` by Azure; `eu/gpt-4o` is one that costs more there.
    const names = split !== null && findListedProvider(split.vendor)?.id === id ? [model, split.model] : [model];
    for (const name of names) {
      const row = owner?.models.find(({ match }) => matchesModel(match, name) || matchesModel(match, withDashes(name)));
      if (owner && row) return readRow(row, { provider: provider.id, owner, name, at });
    }
  }
  return null;
}

/** `gpt-4o-20240806` as the list has it: `gpt-4o-2024-08-06`. */
function withDashes(name: string): string {
  return name.replace(/-(20\d{2})(\d{2})(\d{2})(?=-|:|$)/, '-$1-$2-$3');
}

/** Each model that a provider of the list has a price for at a time, by the name that the list gives it. */
export function listModelPrices(provider: Provider, at: Date): { row: ModelInfo; price: FoundPrice }[] {
  return provider.models.flatMap((row) => {
    const price = readRow(row, { provider: provider.id, owner: provider, name: row.id.toLowerCase(), at });
    return price === null ? [] : [{ row, price }];
  });
}

function readRow(row: ModelInfo, of: { provider: string; owner: Provider; name: string; at: Date }): FoundPrice | null {
  const { provider, owner, name, at } = of;
  // Bases that were tuned: only a row of tuned models has their price.
  if (name.startsWith('ft:') && !row.id.startsWith('ft:')) return null;
  // Azure has its own prices for them, and one by the hour.
  if (isTuned(name) && provider !== owner.id) return null;
  const found = pricesAt(row, at);
  const parsed = ModelPrice.safeParse(found.prices);
  const prices = parsed.success ? correctPrice(parsed.data, { provider: owner.id, name, at }) : null;
  const sourceUrl = owner.pricing_urls?.[0] ?? null;
  return prices && { provider, owner: owner.id, model: row.id, prices, validFrom: found.validFrom, sourceUrl };
}

/**
 * The prices of a row that hold at a time. Those for hours of the day belong to the date above them: the list itself
 * would charge the hours of a later price list before it began.
 */
function pricesAt({ prices }: ModelInfo, at: Date): { prices: object; validFrom: string | null } {
  if (!Array.isArray(prices)) return { prices, validFrom: null };
  let found: object = {};
  let validFrom: string | null = null;
  let begun: string | null = null;
  let hasBegun = true;
  for (const { constraint, prices: candidate } of prices) {
    if (constraint?.type === 'start_date') {
      hasBegun = at >= new Date(constraint.start_date);
      begun = `${constraint.start_date.slice(0, 10)}T00:00:00Z`;
    }
    const holds = constraint?.type === 'time_of_date' ? isWithin(constraint, at) : true;
    if (hasBegun && holds) {
      found = candidate;
      validFrom = begun;
    }
  }
  return { prices: found, validFrom };
}

/** Times of the day in UTC, as `00:30:00Z`; they may go over midnight. */
function isWithin({ start_time, end_time }: { start_time: string; end_time: string }, at: Date): boolean {
  const time = at.toISOString().slice(11, 19);
  const [start, end] = [start_time.slice(0, 8), end_time.slice(0, 8)];
  return end < start ? time >= start || time < end : time >= start && time < end;
}
