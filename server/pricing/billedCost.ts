/** What the provider itself says a call cost. It bills by that, so that it wins over any list. Pure. */
import { providerMetadataOf } from '#shared/conversation/ownUsage';
import { countOf, objectOf } from '#shared/conversation/part';
import { findAnswerUsage } from '#shared/conversation/usage';
import { ExactNumber } from '#shared/exactJson';
import type { JsonObject, JsonValue } from '#shared/primitives';
import { formatUsd, parseUsd } from './usd.ts';

const MAX_DOLLARS = 1e6;
const DECIMAL = /^\d+(?:\.\d+)?$/;
/** As Python writes what is less than a ten-thousandth: `4.1e-05`. */
const WITH_EXPONENT = /^\d+(?:\.\d+)?e[+-]?\d+$/i;
/** xAI counts in ten-billionths of a dollar, of which a trillionth is a hundredth. */
const TRILLIONTHS_PER_TICK = 100n;
/** What shows that this is a provider's usage, and no figure of the caller's own. */
const COUNTS = [
  'prompt_tokens',
  'completion_tokens',
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'promptTokens',
  'inputTokens',
];

/** US dollars as a decimal; null where the usage does not say it. */
export function readBilledCost(usage: JsonObject): string | null {
  if (!COUNTS.some((name) => countOf(usage[name]) !== null) || !isDollars(usage.currency)) return null;
  const trillionths =
    readCost(usage) ??
    readTicks(usage.cost_in_usd_ticks) ??
    readDollars(usage.estimated_cost) ??
    readDollars(usage.total_cost);
  return trillionths === null ? null : formatUsd(trillionths);
}

/** US dollars for several calls; null where one of them does not say it: a part is not the whole. */
export function readCostOfCalls(calls: readonly JsonObject[]): string | null {
  let total = 0n;
  for (const call of calls) {
    const cost = readBilledCost(findAnswerUsage(call) ?? {}) ?? readCostBeside(call);
    if (cost === null) return null;
    total += parseUsd(cost);
  }
  return formatUsd(total);
}

/** US dollars as the AI SDK tells them beside its counts: of Vercel's gateway, OpenRouter, Perplexity and xAI. */
export function readCostBeside(answer: JsonObject): string | null {
  const providers = providerMetadataOf(answer);
  if (providers === null) return null;
  const trillionths =
    readGateway(objectOf(providers.gateway)) ??
    readCamelCost(objectOf(objectOf(providers.openrouter)?.usage)) ??
    readDollars(objectOf(objectOf(providers.perplexity)?.cost)?.totalCost) ??
    readTicks(objectOf(providers.xai)?.costInUsdTicks);
  return trillionths === null ? null : formatUsd(trillionths);
}

/** With a key of the caller's own the gateway takes nothing, and the provider what the market does. */
function readGateway(gateway: JsonObject | null): bigint | null {
  const cost = readDollars(gateway?.cost);
  return cost === 0n ? (readDollars(gateway?.marketCost) ?? cost) : cost;
}

/** It does not say whose key it was: where the provider took more than OpenRouter, it was the caller's. */
function readCamelCost(usage: JsonObject | null): bigint | null {
  const cost = readDollars(usage?.cost);
  const upstream = readDollars(objectOf(usage?.costDetails)?.upstreamInferenceCost) ?? 0n;
  return cost !== null && upstream > cost ? cost + upstream : cost;
}

function isDollars(currency: JsonValue | undefined): boolean {
  return currency === undefined || currency === null || currency === 'USD';
}

/** OpenRouter, Vercel: a number. Perplexity: an object with the total. */
function readCost(usage: JsonObject): bigint | null {
  const { cost, is_byok, cost_details, isByok, costDetails } = usage;
  const parts = objectOf(cost);
  if (parts !== null) {
    return isDollars(parts.currency) ? readDollars(parts.total_cost) : null;
  }
  const fee = readDollars(cost);
  if (fee === null || (is_byok ?? isByok) !== true) return fee;
  // With a key of the caller's own OpenRouter bills its fee, and the provider the call.
  const upstream = readDollars(
    objectOf(cost_details)?.upstream_inference_cost ?? objectOf(costDetails)?.upstreamInferenceCost,
  );
  return upstream === null ? null : fee + upstream;
}

function readTicks(value: JsonValue | undefined): bigint | null {
  const ticks = countOf(value);
  return ticks === null ? null : BigInt(ticks) * TRILLIONTHS_PER_TICK;
}

function readDollars(value: JsonValue | undefined): bigint | null {
  const given: unknown = value;
  if (given instanceof ExactNumber || typeof given === 'string') {
    const text = typeof given === 'string' ? given.trim() : given.literal;
    if (WITH_EXPONENT.test(text)) return readDollars(Number(text));
    return DECIMAL.test(text) && Number(text) < MAX_DOLLARS ? parseUsd(text) : null;
  }
  const isAmount = typeof given === 'number' && given >= 0 && given < MAX_DOLLARS;
  return isAmount ? parseUsd(given.toFixed(12)) : null;
}
