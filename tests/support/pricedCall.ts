import type { PricedCall } from '#server/pricing/call';
import type { JsonObject } from '#shared/primitives';

/** 10,000 input tokens of which 4,000 were read from a cache, and 1,000 output tokens, of gpt-4o. */
export function aPricedCall(fields: Partial<PricedCall> = {}): PricedCall {
  return {
    provider: 'openai',
    model: 'gpt-4o',
    messages: [{ role: 'user', content: 'Hi' }],
    input_tokens: 10_000,
    cached_input_tokens: 4_000,
    output_tokens: 1_000,
    ...fields,
  };
}

/** A priced call that took nothing from a cache. */
export function anUncachedCall(fields: Partial<PricedCall> = {}): PricedCall {
  return aPricedCall({ cached_input_tokens: null, ...fields });
}

/** The same counts, of Claude Sonnet 4.5. */
export function anAnthropicCall(fields: Partial<PricedCall> = {}): PricedCall {
  return aPricedCall({ provider: 'anthropic', model: 'claude-sonnet-4-5', ...fields });
}

/** The same counts, of Gemini 2.5 Pro. */
export function aGoogleCall(fields: Partial<PricedCall> = {}): PricedCall {
  return aPricedCall({ provider: 'google', model: 'gemini-2.5-pro', ...fields });
}

/** A thousand tokens each way. */
export function aCallOfThousands(model: string, fields: Partial<PricedCall> = {}): PricedCall {
  return anUncachedCall({ model, input_tokens: 1_000, output_tokens: 1_000, ...fields });
}

/** An answer that shows the usage alone. */
export function withUsage(usage: JsonObject): Pick<PricedCall, 'response'> {
  return { response: { usage } };
}

/** Expected are the dollars, or what is missing. */
export type GoldenCost = [name: string, call: PricedCall, expected: string, at?: string];

/** When the calls of golden tests began, where they name no other time: prices change with it. */
export const GOLDEN_TIME = '2026-06-15T12:00:00Z';
