/** What a cache would have saved, worked out by hand from list prices. */
import type { PricedCall } from '#server/pricing/call';
import { NO_CUSTOM_PRICES } from '#server/pricing/customPrices';
import { formatUsd } from '#server/pricing/usd';
import { estimatePrefixTokens, priceCacheUse } from './prefixSaving.ts';

const AT = { started_at: new Date('2026-06-01T00:00:00Z'), own: NO_CUSTOM_PRICES };
const call = (fields: Partial<PricedCall>): PricedCall => ({
  provider: 'openai',
  model: 'gpt-4o',
  messages: [{ role: 'user', content: 'Hi' }],
  input_tokens: 5_000,
  output_tokens: 100,
  ...fields,
});
const USE = { prefixTokens: 2_000, reads: 10, writes: 1 };

test.each<[string, Partial<PricedCall>, string | null]>([
  // $2.50 a million, cached $1.25, and nothing for writing: 10 × 2,000 × $1.25.
  ['OpenAI', {}, '0.025'],
  // $3.00, cached $0.30, written $3.75: 10 × 2,000 × $2.70 less 2,000 × $0.75.
  ['Anthropic', { provider: 'anthropic', model: 'claude-sonnet-4-5' }, '0.0525'],
  ['a model that knows no cache', { model: 'gpt-4-turbo' }, '0'],
  ['a model that nobody priced', { provider: 'vllm', model: 'mine' }, null],
  // What the response says of its own cache is not what is asked.
  [
    'a response',
    { response: { usage: { prompt_tokens: 5_000, prompt_tokens_details: { cached_tokens: 0 } } } },
    '0.025',
  ],
])('%s', (_, fields, expected) => {
  const saved = priceCacheUse(call(fields), USE, AT);
  expect(saved === null ? null : formatUsd(saved)).toBe(expected);
});

test('a cache that is written as often as it is read saves nothing', () => {
  const anthropic = call({ provider: 'anthropic', model: 'claude-sonnet-4-5' });
  expect(priceCacheUse(anthropic, { ...USE, reads: 1, writes: 5 }, AT)).toBeLessThan(0n);
});

test('the prefix has the share of the tokens that it has of the characters', () => {
  const system = { role: 'system', content: 's'.repeat(966) }; // 1,000 characters as JSON in a list.
  const user = (length: number) => ({ role: 'user', content: 'u'.repeat(length) });
  const half = estimatePrefixTokens(call({ messages: [system, user(966)] }));
  expect(half).toBeGreaterThan(2_480);
  expect(half).toBeLessThan(2_520);
  expect(estimatePrefixTokens(call({ messages: [user(1_000)] }))).toBeLessThan(20);
  expect(estimatePrefixTokens(call({ messages: [system, user(966)], input_tokens: null }))).toBeNull();
  const tools = [{ type: 'function', function: { name: 'f', description: 'd'.repeat(1_900) } }];
  const withTools = estimatePrefixTokens(call({ messages: [system, user(966)], tools }));
  expect(withTools).toBeGreaterThan(3_700);
  expect(withTools).toBeLessThan(3_800);
  const instructions = estimatePrefixTokens(
    call({ messages: [user(966)], parameters: { instructions: 's'.repeat(995) } }),
  );
  expect(instructions).toBeGreaterThan(2_480);
  expect(instructions).toBeLessThan(2_540);
});
