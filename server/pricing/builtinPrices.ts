/** The built-in list as a reader sees it: every row that is used, in the words of a custom price, and a search of it. */
import type { BuiltinPrice, BuiltinRates } from '#shared/price';
import {
  dollarsAt,
  findModelPrice,
  type FoundPrice,
  HALF_HOUR_MS,
  listModelPrices,
  type ModelPrice,
  writeDollars,
} from './priceList.ts';
import { findById } from './providerNames.ts';
import { trimZeros } from './usd.ts';

/** The providers of the list, which itself cannot be asked for them; a test compares them with the package. */
export const LISTED_PROVIDERS: readonly string[] = (
  'openai anthropic google aws azure x-ai mistral deepseek groq cohere together fireworks openrouter perplexity cerebras ' +
  'cloudflare moonshotai minimax zai zhipuai voyageai novita arcee avian baseten cursor doubleword github-copilot ' +
  'huggingface_cerebras huggingface_fireworks-ai huggingface_groq huggingface_hyperbolic huggingface_nebius ' +
  'huggingface_novita huggingface_nscale huggingface_ovhcloud huggingface_publicai huggingface_sambanova ' +
  'huggingface_together modal ovhcloud quicksilverpro typesafe'
).split(' ');

const NAMES: Readonly<Record<Exclude<keyof ModelPrice, 'input_audio_hours'>, keyof BuiltinRates>> = {
  input_mtok: 'input',
  output_mtok: 'output',
  cache_read_mtok: 'cached_input',
  cache_write_mtok: 'cache_write',
  cache_write_1h_mtok: 'cache_write_1h',
  input_audio_mtok: 'audio_input',
  cache_audio_read_mtok: 'cached_audio_input',
  output_audio_mtok: 'audio_output',
  input_image_mtok: 'image_input',
  cache_image_read_mtok: 'cached_image_input',
  output_image_mtok: 'image_output',
  input_video_mtok: 'video_input',
  web_searches_kcount: 'web_search',
  storage_searches_kcount: 'file_search',
  requests_kcount: 'request',
  audio_hours: 'audio_hour',
};

/** The row of the list that a model of now would be priced by; null where there is none. */
export function findBuiltinPrice(provider: string, model: string, at: Date): BuiltinPrice | null {
  const price = findModelPrice(provider, model, at);
  return price && describePrice(price);
}

/**
 * Rows whose provider or model hold each of the words, in the order of the list.
 * @param search words between blanks, in any case; undefined: all rows.
 */
export function findBuiltinPrices(search: string | undefined, at: Date): readonly BuiltinPrice[] {
  const words = (search ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const all = listAll(at);
  if (words.length === 0) return all.map(({ price }) => price);
  return all.filter(({ text }) => words.every((word) => text.includes(word))).map(({ price }) => price);
}

interface SearchedPrice {
  readonly price: BuiltinPrice;
  readonly text: string;
}

let listed: { readonly halfHour: number; readonly prices: readonly SearchedPrice[] } | null = null;

function listAll(at: Date): readonly SearchedPrice[] {
  const halfHour = Math.floor(at.getTime() / HALF_HOUR_MS);
  if (listed?.halfHour !== halfHour) {
    const prices = LISTED_PROVIDERS.flatMap((id) => {
      const provider = findById(id);
      return provider ? listModelPrices(provider, at) : [];
    }).map(({ row, price }) => {
      const described = describePrice(price);
      const names = [described.provider, described.provider_name, described.model, row.name ?? ''];
      return { price: described, text: names.join(' ').toLowerCase() };
    });
    listed = { halfHour, prices };
  }
  return listed.prices;
}

function describePrice({ provider, owner, model, prices, validFrom, sourceUrl }: FoundPrice): BuiltinPrice {
  const starts = new Set(
    Object.values(prices).flatMap((rate) => (typeof rate === 'object' ? rate.tiers.map(({ start }) => start) : [])),
  );
  return {
    provider,
    provider_name: findById(provider)?.name ?? provider,
    model: provider === owner ? model : `${owner}/${model}`,
    rates: ratesAt(prices, 0),
    tiers: [...starts]
      .toSorted((a, b) => a - b)
      .map((start) => ({ above_input_tokens: start, rates: ratesAt(prices, start + 1) })),
    valid_from: validFrom?.slice(0, 10) ?? null,
    source_url: sourceUrl,
  };
}

/** What a request with so many input tokens pays. */
function ratesAt(prices: ModelPrice, input: number): BuiltinRates {
  const kinds = Object.entries(NAMES) as [keyof typeof NAMES, keyof BuiltinRates][];
  const rates = kinds.flatMap(([kind, name]) => {
    const rate = prices[kind];
    if (rate === undefined) return [];
    const dollars = dollarsAt(rate, input);
    // The list has fees for a thousand requests, a custom price for one.
    return [[name, trimZeros(writeDollars(kind === 'requests_kcount' ? dollars / 1_000 : dollars))]];
  });
  return Object.fromEntries(rates);
}
