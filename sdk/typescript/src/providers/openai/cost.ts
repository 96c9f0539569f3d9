/** What the provider itself says a call cost. It bills by that, so it wins over any price list. */
import { isObject, isString } from '../../runtime/values.js';

/** xAI counts in ten-billionths of a dollar. */
const TICK_DIGITS = 10;
const DECIMAL = /^\d+(?:\.\d+)?$/;
/** The contract takes twelve decimals. */
const MAX_DIGITS = 12;
const MAX_DOLLARS = 1e6;

/** US dollars as a decimal, or undefined where the provider says nothing that can be read. */
export function readCost(usage: unknown): string | undefined {
  if (!isObject(usage) || !isDollars(usage)) return undefined;
  const { cost, cost_in_usd_ticks: ticks } = usage;
  return (
    toDecimal(dollarsOf(cost, usage)) ??
    fromTicks(ticks) ??
    toDecimal(usage.estimated_cost) ??
    toDecimal(usage.total_cost)
  );
}

/** OpenRouter, Vercel: a number. Perplexity: an object with the total. */
function dollarsOf(cost: unknown, { is_byok: isOwnKey, cost_details: details }: Record<string, unknown>): unknown {
  if (isObject(cost)) return isDollars(cost) ? cost.total_cost : undefined;
  if (isOwnKey !== true) return cost;
  // This is OpenRouter's fee, and the provider bills the call.
  const upstream = isObject(details) ? toDecimal(details.upstream_inference_cost) : undefined;
  return upstream && Number(toDecimal(cost)) + Number(upstream);
}

function isDollars({ currency }: Record<string, unknown>): boolean {
  return (currency ?? 'USD') === 'USD';
}

function toDecimal(value: unknown): string | undefined {
  if (isString(value)) return DECIMAL.test(value.trim()) ? toDecimal(Number(value)) : undefined;
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0 || value >= MAX_DOLLARS) return undefined;
  const text = String(value);
  return /e|\.\d{13}/.test(text) ? value.toFixed(MAX_DIGITS).replace(/\.?0+$/, '') : text;
}

function fromTicks(ticks: unknown): string | undefined {
  if (typeof ticks !== 'number' || !Number.isSafeInteger(ticks) || ticks < 0) return undefined;
  const digits = String(ticks).padStart(TICK_DIGITS + 1, '0');
  return `${digits.slice(0, -TICK_DIGITS)}.${digits.slice(-TICK_DIGITS)}`.replace(/\.?0+$/, '');
}
