/** What a service tier makes of the price of the tokens. Pure. */
import type { Share } from './charges.ts';
import type { FoundPrice } from './priceList.ts';

const WHOLE: Share = { of: 1n, in: 1n };
const HALF: Share = { of: 1n, in: 2n };

/** The list price itself. `auto` is what was asked for: like no tier at all, it says nothing of what served the call. */
const STANDARD = new Set(['auto', 'default', 'standard', 'standard_only', 'on_demand', 'ondemand']);
/** What a request may ask for that an answer need not have got: without an answer that says it, the price is unknown. */
const ASKED_NAMES = ['service_tier', 'serviceTier'];

/** Groq's flex is a lower guarantee at the same price. */
const SHARES: ReadonlyMap<string, ReadonlyMap<string, Share>> = new Map([
  [
    'openai',
    new Map([
      ['flex', HALF],
      ['batch', HALF],
    ]),
  ],
  ['anthropic', new Map([['batch', HALF]])],
  ['google', new Map([['batch', HALF]])],
  ['groq', new Map([['flex', WHOLE]])],
]);

/**
 * The part of the list price that a tier costs. Null where it is not known: `priority` and `scale` have prices by model
 * that the list does not have, and Azure, Bedrock and others their own.
 */
export function shareOfTier(tier: string | null, price: FoundPrice, cachedTokens: number): Share | null {
  const name = tier?.toLowerCase() ?? 'default';
  if (STANDARD.has(name)) return WHOLE;
  if (price.provider !== price.owner) return null;
  const share = SHARES.get(price.provider)?.get(name) ?? null;
  // Halved with the rest since GPT-5; older models of OpenAI and Gemini have no discount for cached input in a batch.
  const isCachedHalved = price.provider === 'anthropic' || name === 'flex' || price.model.startsWith('gpt-5');
  return share !== null && cachedTokens > 0 && !isCachedHalved && share !== WHOLE ? null : share;
}

/** The tier that served a call, in so far as it is told: by the answer, by the caller, or by what was asked for. */
export function findTier(
  answered: string | null,
  given: string | null,
  parameters: { readonly [name: string]: unknown } | null,
): string | null {
  const told = answered ?? given;
  if (told !== null && told.toLowerCase() !== 'auto') return told;
  // What the OpenAI client for Python sends besides its own parameters.
  const besides: { readonly [name: string]: unknown } = isObject(parameters?.extra_body) ? parameters.extra_body : {};
  const asked = ASKED_NAMES.map((name) => nameOf(parameters?.[name] ?? besides[name])).find((tier) => tier !== null);
  const isPlain = asked === undefined || STANDARD.has(asked.toLowerCase());
  return isPlain ? told : 'unknown';
}

/** Bedrock has an object around it. */
function nameOf(tier: unknown): string | null {
  const name = isObject(tier) ? tier.type : tier;
  return typeof name === 'string' ? name : null;
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null;
}
