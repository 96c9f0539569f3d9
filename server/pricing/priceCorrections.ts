/** Where the built-in list is known to be wrong, as seen in release 0.1.8: read again with each new release. Pure. */
import type { ModelPrice } from './priceList.ts';

interface Correction {
  readonly provider: string;
  /** Of the names that are asked for, in small letters. */
  readonly name: RegExp;
  /** It holds before this day, where prices changed and the list says only what is paid today. */
  readonly before?: string;
  /** It holds from this day, where the list does not know a change. */
  readonly from?: string;
  /** What is put in place of the list's prices; null: there is no price that could be trusted. */
  readonly prices: ModelPrice | null;
}

const FIRST_GPT_4O: ModelPrice = { input_mtok: 5, cache_read_mtok: undefined, output_mtok: 15 };

const CORRECTIONS: readonly Correction[] = [
  // Cut by 80 % on 2025-06-10; the list keeps the new price of cached input in the old row.
  { provider: 'openai', name: /^o3(?:-2025-04-16)?$/, before: '2025-06-10', prices: { cache_read_mtok: 2.5 } },
  // The name meant gpt-4o-2024-05-13 until then, which had no price for cached input.
  { provider: 'openai', name: /^gpt-4o$/, before: '2024-10-02', prices: FIRST_GPT_4O },
  // The name moved on to cheaper models then; the list has the last of them.
  { provider: 'openai', name: /^gpt-3\.5-turbo$/, before: '2024-02-16', prices: null },
  // Cut on these days; the list has the prices since.
  { provider: 'openai', name: /^gpt-4o-realtime-preview/, before: '2024-12-17', prices: null },
  { provider: 'openai', name: /^text-embedding-ada/, before: '2023-06-13', prices: null },
  { provider: 'anthropic', name: /^claude-3[-.]5-haiku/, before: '2024-12-03', prices: null },
  { provider: 'mistral', name: /^mistral-large/, before: '2024-09-17', prices: null },
  { provider: 'deepseek', name: /^deepseek-chat/, before: '2025-02-08T16:00:00Z', prices: null },
  // The list has the prices of October 2024 alone.
  { provider: 'google', name: /^gemini-(?:1\.5-pro|pro-1\.5)/, before: '2024-10-01', prices: null },
  { provider: 'google', name: /^gemini-(?:1\.5-flash|flash-1\.5)/, before: '2024-08-12', prices: null },
  // The names moved on to models with other prices; the list has the old ones.
  { provider: 'mistral', name: /^mistral-large-latest$/, from: '2025-12-02', prices: null },
  { provider: 'mistral', name: /^mistral-small-latest$/, from: '2026-03-01', prices: null },
  // Open weights, which OpenAI does not sell; the list has the price of somebody else.
  { provider: 'openai', name: /^gpt-oss/, prices: null },
  // Found as gpt-oss-120b, which costs twice as much.
  { provider: 'groq', name: /gpt-oss-safeguard/, prices: null },
  // Found as the first version, which costs five times as much.
  { provider: 'aws', name: /titan-embed-text-v2/, prices: null },
  // Each request has a fee for its search, which the list does not have.
  { provider: 'openai', name: /search-preview/, prices: null },
  { provider: 'openrouter', name: /^perplexity\/|search-preview|-online$|^sonar/, prices: null },
  { provider: 'perplexity', name: /-online$|^sonar-pro-search$/, prices: null },
  // Writing to a cache has a price of one's own storage there, by the hour.
  { provider: 'openrouter', name: /^google\//, prices: { cache_write_mtok: undefined } },
];

/** What a call has to be longer than: the tokens of its input, or of input and output together. */
interface LongCalls {
  readonly provider: string;
  /** Of the list's names. */
  readonly model: RegExp;
  readonly tokens: number;
  readonly of: 'input' | 'all';
}

/** Models whose long calls cost more, at prices that the list does not have. */
const LONG_CALLS: readonly LongCalls[] = [
  { provider: 'x-ai', model: /^grok-4-(?:0709|fast|1-fast)/, tokens: 128_000, of: 'all' },
  { provider: 'anthropic', model: /^claude-sonnet-4-0$/, tokens: 200_000, of: 'input' },
  { provider: 'google', model: /^claude-4-sonnet$/, tokens: 200_000, of: 'input' },
  { provider: 'openrouter', model: /^anthropic\/claude-sonnet-4$/, tokens: 200_000, of: 'input' },
  { provider: 'aws', model: /claude-sonnet-4-(?:5-)?2025/, tokens: 200_000, of: 'input' },
];

/** True where the list has the price of a shorter call alone. */
export function isLongerThanListed(
  price: { readonly owner: string; readonly model: string },
  tokens: { readonly input: number; readonly output: number },
): boolean {
  return LONG_CALLS.some(
    (long) =>
      long.provider === price.owner &&
      long.model.test(price.model) &&
      (long.of === 'input' ? tokens.input : tokens.input + tokens.output) > long.tokens,
  );
}

/** The price with what is known to be wrong put right. */
export function correctPrice(price: ModelPrice, of: { provider: string; name: string; at: Date }): ModelPrice | null {
  let corrected = price;
  for (const { provider, name, before, from, prices } of CORRECTIONS) {
    if (provider !== of.provider || !name.test(of.name)) continue;
    if (before !== undefined && of.at >= new Date(before)) continue;
    if (from !== undefined && of.at < new Date(from)) continue;
    if (prices === null) return null;
    corrected = { ...corrected, ...prices };
  }
  return corrected;
}
