/** The price of one request, computed once, when it arrives. Pure: usage × rate, in whole trillionths of a dollar. */
import type { CostSource } from '#shared/request';
import { findModelPrice, type ModelPrice, type Rate } from './priceList.ts';
import { formatUsd } from './usd.ts';

export interface PricedUsage {
  readonly provider: string;
  /** The model asked for. */
  readonly model: string;
  /** The model that answered; its price counts where the list knows it. */
  readonly response_model: string | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cached_input_tokens: number | null;
  readonly cache_write_tokens: number | null;
  readonly audio_input_tokens: number | null;
  readonly audio_output_tokens: number | null;
  /** When the call was made: prices have dates. */
  readonly started_at: Date;
}

export interface Cost {
  /** USD as a decimal string. Null where no price matched: unknown is not zero. */
  readonly cost_usd: string | null;
  readonly cost_source: CostSource | null;
}

const UNKNOWN: Cost = { cost_usd: null, cost_source: null };

/**
 * Prices a usage from the built-in list. A side of the usage that was not reported, unless the list has no price for that
 * side (an embedding has no output), a model that is not listed, a usage that
 * contradicts itself, and audio where the list has only a price for text all have an unknown price.
 */
export function priceRequest(usage: PricedUsage): Cost {
  const { provider, started_at } = usage;
  const price =
    (usage.response_model === null ? null : findModelPrice(provider, usage.response_model, started_at)) ??
    findModelPrice(provider, usage.model, started_at);
  const cost = price === null ? null : applyPrice(usage, price);
  return cost === null ? UNKNOWN : { cost_usd: formatUsd(cost), cost_source: 'builtin' };
}

/** Trillionths of a dollar, or null where the price does not cover the usage. */
function applyPrice(usage: PricedUsage, price: ModelPrice): bigint | null {
  if (!isReported(usage, price)) return null;
  const input = usage.input_tokens ?? 0;
  const output = usage.output_tokens ?? 0;
  const cached = usage.cached_input_tokens ?? 0;
  const written = usage.cache_write_tokens ?? 0;
  const audioIn = usage.audio_input_tokens ?? 0;
  const audioOut = usage.audio_output_tokens ?? 0;
  // The details are parts of the totals: what is left of them is plain text.
  const textIn = input - cached - written - audioIn;
  const textOut = output - audioOut;
  if (textIn < 0 || textOut < 0) return null;

  const parts: readonly [tokens: number, rate: Rate | undefined][] = [
    [textIn, price.input_mtok],
    [cached, price.cache_read_mtok ?? price.input_mtok],
    [written, price.cache_write_mtok ?? price.input_mtok],
    [audioIn, price.input_audio_mtok],
    [textOut, price.output_mtok],
    [audioOut, price.output_audio_mtok],
  ];
  let sum = 0n;
  for (const [tokens, rate] of parts) {
    if (tokens === 0) continue;
    if (rate === undefined) return null;
    sum += BigInt(tokens) * trillionthsPerToken(rate, input);
  }
  return sum;
}

/** False where tokens that cost something were not counted: a missing count is not zero. */
function isReported({ input_tokens, output_tokens }: PricedUsage, price: ModelPrice): boolean {
  if (input_tokens === null && output_tokens === null) return false;
  const isInputFree = isFree(price.input_mtok) && isFree(price.input_audio_mtok);
  const isOutputFree = isFree(price.output_mtok) && isFree(price.output_audio_mtok);
  return (input_tokens !== null || isInputFree) && (output_tokens !== null || isOutputFree);
}

function isFree(rate: Rate | undefined): boolean {
  return rate === undefined || rate === 0;
}

/** Dollars per million tokens are millionths per token, so times a million they are trillionths. */
function trillionthsPerToken(rate: Rate, input: number): bigint {
  const dollars =
    typeof rate === 'number' ? rate : (rate.tiers.findLast((tier) => input > tier.start)?.price ?? rate.base);
  return BigInt(Math.round(dollars * 1e6));
}
