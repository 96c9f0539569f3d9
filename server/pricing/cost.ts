/** The price of one request, computed when it arrives. Pure. */
import { calcPrice } from '@pydantic/genai-prices';
import type { CostSource } from '#shared/request';

export interface PricedUsage {
  readonly provider: string;
  /** The model that answered where known, else the one asked for. */
  readonly model: string;
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

/** Names that OpenTelemetry and others use, in the price list's words (reference/integrations.md 3.3). */
const PROVIDER_NAMES: Readonly<Record<string, string>> = {
  x_ai: 'x-ai',
  'azure.ai.openai': 'azure',
  'azure-openai': 'azure',
  azure_openai: 'azure',
  mistral_ai: 'mistral',
  gemini: 'google',
  bedrock: 'aws',
};

/**
 * Prices a usage from the built-in list. A usage that was not reported, a model that is not listed and a usage that
 * contradicts itself all have an unknown price.
 */
export function priceRequest(usage: PricedUsage): Cost {
  if (usage.input_tokens === null && usage.output_tokens === null) return UNKNOWN;
  const model = usage.model.replace(/^models\//, '');
  const provider = PROVIDER_NAMES[usage.provider.toLowerCase()] ?? usage.provider.toLowerCase();
  const total = tryPrice(usage, model, provider) ?? priceWithVendorInName(usage, model);
  return total === null ? UNKNOWN : { cost_usd: formatUsd(total), cost_source: 'builtin' };
}

/** `openai/gpt-4o`, as routers write it. */
function priceWithVendorInName(usage: PricedUsage, model: string): number | null {
  const [vendor, name] = model.split(/\/(.*)/s);
  return vendor && name ? tryPrice(usage, name, vendor) : null;
}

function tryPrice(usage: PricedUsage, model: string, providerId: string): number | null {
  try {
    const price = calcPrice(toPriceUsage(usage), model, { providerId, timestamp: usage.started_at });
    return price && Number.isFinite(price.total_price) ? price.total_price : null;
  } catch {
    // The list throws on a usage that contradicts itself, such as more cached than input tokens.
    return null;
  }
}

function toPriceUsage(usage: PricedUsage): Record<string, number> {
  const known: Record<string, number> = {};
  if (usage.input_tokens !== null) known.input_tokens = usage.input_tokens;
  if (usage.output_tokens !== null) known.output_tokens = usage.output_tokens;
  if (usage.cached_input_tokens !== null) known.cache_read_tokens = usage.cached_input_tokens;
  if (usage.cache_write_tokens !== null) known.cache_write_tokens = usage.cache_write_tokens;
  if (usage.audio_input_tokens !== null) known.input_audio_tokens = usage.audio_input_tokens;
  if (usage.audio_output_tokens !== null) known.output_audio_tokens = usage.audio_output_tokens;
  return known;
}

/** Twelve decimals, which is what the column keeps and more than any price needs; without trailing zeros. */
export function formatUsd(dollars: number): string {
  return trimZeros(dollars.toFixed(12));
}

/** `0.120000000000` as `0.12`. */
export function trimZeros(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}
