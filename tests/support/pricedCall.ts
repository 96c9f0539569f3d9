import type { PricedCall } from '#server/pricing/call';

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

/** Without a cache. */
export function anUncachedCall(fields: Partial<PricedCall> = {}): PricedCall {
  return aPricedCall({ cached_input_tokens: null, ...fields });
}
