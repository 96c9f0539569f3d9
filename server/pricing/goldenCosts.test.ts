/**
 * Costs, worked out by hand from the list prices of the providers. Prices are dollars for a
 * million tokens, so that the arithmetic beside each is in millionths of a dollar; `k` is a thousand.
 */
import {
  aCallOfThousands,
  aGoogleCall,
  anAnthropicCall,
  anUncachedCall,
  aPricedCall,
  GOLDEN_TIME,
  type GoldenCost,
  withUsage,
} from '#tests/support/pricedCall';
import { priceRequest } from './cost.ts';

const GOLDEN: GoldenCost[] = [
  // OpenAI: 6k × input + 4k × cached + 1k × output
  ['gpt-4o 2.50 / 1.25 / 10: 15,000 + 5,000 + 10,000', aPricedCall(), '0.03'],
  ['gpt-4.1-mini 0.40 / 0.10 / 1.60: 2,400 + 400 + 1,600', aPricedCall({ model: 'gpt-4.1-mini' }), '0.0044'],
  ['gpt-5 1.25 / 0.125 / 10: 7,500 + 500 + 10,000', aPricedCall({ model: 'gpt-5' }), '0.018'],
  ['reasoning is in the output: the same', aPricedCall({ model: 'gpt-5', reasoning_tokens: 600 }), '0.018'],
  [
    'gpt-5-mini 0.25 / 0.025 / 2, by a bill: 538 × 0.25 + 2,208 × 0.025 + 197 × 2 = 134.5 + 55.2 + 394',
    aPricedCall({ model: 'gpt-5-mini', input_tokens: 2_746, cached_input_tokens: 2_208, output_tokens: 197 }),
    '0.0005837',
  ],
  ['gpt-3.5-turbo-0613 1.50 / 2: 15,000 + 2,000', anUncachedCall({ model: 'gpt-3.5-turbo-0613' }), '0.017'],
  ['gpt-4o-2024-05-13 5 / 15: 50,000 + 15,000', anUncachedCall({ model: 'gpt-4o-2024-05-13' }), '0.065'],
  // Old dates
  ['o3 2 / 0.50 / 8: 12,000 + 2,000 + 8,000', aPricedCall({ model: 'o3' }), '0.022'],
  ['o3 before its cut, 10 / 2.50 / 40: 60k + 10k + 40k', aPricedCall({ model: 'o3' }), '0.11', '2025-05-01T12:00:00Z'],
  ['gpt-4o in its first months, 5 / 15: 50,000 + 15,000', anUncachedCall(), '0.065', '2024-06-01T12:00:00Z'],
  ['gpt-4o then, which had no price for cached input', aPricedCall(), 'no_price', '2024-06-01T12:00:00Z'],
  [
    'gpt-5.6-sol 5 / 30 until 2026-08-20: 50,000 + 30,000',
    anUncachedCall({ model: 'gpt-5.6-sol' }),
    '0.08',
    '2026-08-20T23:59:59Z',
  ],
  ['4 / 20 from then on: 40,000 + 20,000', anUncachedCall({ model: 'gpt-5.6-sol' }), '0.06', '2026-08-21T00:00:00Z'],
  [
    'gpt-5.6-sol with 2k written to the cache, 5 / 0.50 / 6.25 / 30: 20,000 + 2,000 + 12,500 + 30,000',
    aPricedCall({ model: 'gpt-5.6-sol', cache_write_tokens: 2_000 }),
    '0.0645',
  ],
  // Long contexts
  [
    'gpt-5.4 2.50 / 15 with 100k: 250,000 + 15,000',
    anUncachedCall({ model: 'gpt-5.4', input_tokens: 100_000 }),
    '0.265',
  ],
  [
    'gpt-5.4 5 / 22.50 above 272k, on all of the call: 300k × 5 + 22,500',
    anUncachedCall({ model: 'gpt-5.4', input_tokens: 300_000 }),
    '1.5225',
  ],
  [
    'gemini-2.5-pro 2.50 / 0.25 / 15 above 200k: 246k × 2.50 + 4k × 0.25 + 15,000 = 615,000 + 1,000 + 15,000',
    aGoogleCall({ input_tokens: 250_000 }),
    '0.631',
  ],
  [
    'gemini-2.5-pro at 200,000 tokens: × 1.25',
    aGoogleCall({ input_tokens: 200_000, cached_input_tokens: 0, output_tokens: 0 }),
    '0.25',
  ],
  [
    'and at 200,001: × 2.50',
    aGoogleCall({ input_tokens: 200_001, cached_input_tokens: 0, output_tokens: 0 }),
    '0.5000025',
  ],
  [
    'claude-opus-4-6 above 200k, 10 / 37.50 until 2026-03-12: 250k × 10 + 37,500',
    anAnthropicCall({ model: 'claude-opus-4-6', input_tokens: 250_000, cached_input_tokens: 0 }),
    '2.5375',
    '2026-03-12T12:00:00Z',
  ],
  [
    'and 5 / 25 from then on: 250k × 5 + 25,000',
    anAnthropicCall({ model: 'claude-opus-4-6', input_tokens: 250_000, cached_input_tokens: 0 }),
    '1.275',
  ],
  // Tiers
  [
    'gpt-5-mini by flex, half of 0.25 / 2: 125,000 + 1,000,000',
    anUncachedCall({ model: 'gpt-5-mini', service_tier: 'flex', input_tokens: 1_000_000, output_tokens: 1_000_000 }),
    '1.125',
  ],
  [
    'flex halves cached input too: 750 + 50 + 1,000',
    aPricedCall({ model: 'gpt-5-mini', service_tier: 'flex' }),
    '0.0018',
  ],
  ['gpt-5 by batch, half of 18,000', aPricedCall({ model: 'gpt-5', service_tier: 'batch' }), '0.009'],
  ['gpt-4o by batch, 1.25 / 5: 12,500 + 5,000', anUncachedCall({ service_tier: 'batch' }), '0.0175'],
  ['gpt-4o by batch with cached input, which has no price', aPricedCall({ service_tier: 'batch' }), 'no_price'],
  ['priority has prices by model', aPricedCall({ model: 'gpt-5', service_tier: 'priority' }), 'no_price'],
  ['scale was paid before', aPricedCall({ service_tier: 'scale' }), 'no_price'],
  ['a tier of nobody', aPricedCall({ service_tier: 'gold' }), 'no_price'],
  ['default is the list price', aPricedCall({ service_tier: 'default' }), '0.03'],
  ['auto says nothing', aPricedCall({ service_tier: 'auto' }), '0.03'],
  [
    'flex was asked for, and the answer says that it was not given',
    aPricedCall({ parameters: { service_tier: 'flex' }, service_tier: 'default' }),
    '0.03',
  ],
  [
    'flex was asked for, and nobody says what was given',
    aPricedCall({ parameters: { service_tier: 'flex' } }),
    'no_price',
  ],
  [
    'the tier of the answer counts: half of 18,000',
    aPricedCall({ model: 'gpt-5', response: { service_tier: 'flex', choices: [] } }),
    '0.009',
  ],
  ['Azure has its own', aPricedCall({ provider: 'azure', service_tier: 'batch' }), 'no_price'],
  ['claude-sonnet-4-5 by batch, half of 34,200', anAnthropicCall({ service_tier: 'batch' }), '0.0171'],
  ['Anthropic says it in the usage', anAnthropicCall(withUsage({ service_tier: 'batch' })), '0.0171'],
  ['priority of Anthropic is a commitment', anAnthropicCall(withUsage({ service_tier: 'priority' })), 'no_price'],
  ['the fast mode', anAnthropicCall(withUsage({ speed: 'fast' })), 'no_price'],
  [
    'gemini-2.5-pro by batch, half of 1.25 / 10: 6,250 + 5,000',
    aGoogleCall({ cached_input_tokens: 0, service_tier: 'batch' }),
    '0.01125',
  ],
  [
    'throughput that was paid before',
    aGoogleCall({ response: { usageMetadata: { trafficType: 'PROVISIONED_THROUGHPUT' } } }),
    'no_price',
  ],
  // Counts as Anthropic and Bedrock give them: the input is what was neither read from a cache nor written to it
  [
    '5k input beside 4k cached: 15,000 + 1,200 + 1,500',
    anAnthropicCall({
      input_tokens: 5_000,
      output_tokens: 100,
      metadata: { usage: { input_tokens: 5_000, cache_read_input_tokens: 4_000, output_tokens: 100 } },
    }),
    '0.0177',
  ],
  [
    '3 beside 12,304 written: 9 + 46,140 + 8,250',
    anAnthropicCall({
      input_tokens: 3,
      cached_input_tokens: null,
      output_tokens: 550,
      ...withUsage({ input_tokens: 3, cache_creation_input_tokens: 12_304, cache_read_input_tokens: 0 }),
    }),
    '0.054399',
  ],
  [
    'the same in the words of a log',
    anAnthropicCall({
      input_tokens: 12_307,
      cached_input_tokens: 0,
      cache_write_tokens: 12_304,
      output_tokens: 550,
      ...withUsage({ input_tokens: 3, cache_creation_input_tokens: 12_304, cache_read_input_tokens: 0 }),
    }),
    '0.054399',
  ],
  [
    'Bedrock, 1k beside 2k read, 3.30 / 0.33 / 16.50: 3,300 + 660 + 16,500',
    anAnthropicCall({
      provider: 'bedrock',
      model: 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0',
      input_tokens: 1_000,
      cached_input_tokens: null,
      ...withUsage({ inputTokens: 1_000, cacheReadInputTokens: 2_000 }),
    }),
    '0.02046',
  ],
  [
    'cached input that only the usage tells: 15,000 + 5,000 + 10,000',
    anUncachedCall(withUsage({ prompt_tokens: 10_000, prompt_tokens_details: { cached_tokens: 4_000 } })),
    '0.03',
  ],
  // Reasoning beside the output
  [
    'Gemini, 500 thoughts beside 100: 1k × 1.25 + 600 × 10',
    aGoogleCall({
      input_tokens: 1_000,
      cached_input_tokens: 0,
      output_tokens: 100,
      reasoning_tokens: 500,
      response: { usageMetadata: { promptTokenCount: 1_000, candidatesTokenCount: 100, thoughtsTokenCount: 500 } },
    }),
    '0.00725',
  ],
  [
    'the same in the words of a log',
    aGoogleCall({
      input_tokens: 1_000,
      cached_input_tokens: 0,
      output_tokens: 600,
      response: { usageMetadata: { promptTokenCount: 1_000, candidatesTokenCount: 100, thoughtsTokenCount: 500 } },
    }),
    '0.00725',
  ],
  [
    'what the tools of Gemini gave to the model is input: 1.5k × 1.25 + 100 × 10',
    aGoogleCall({
      input_tokens: 1_000,
      cached_input_tokens: 0,
      output_tokens: 100,
      response: { usageMetadata: { promptTokenCount: 1_000, toolUsePromptTokenCount: 500 } },
    }),
    '0.002875',
  ],
  [
    'xAI, whose total has the reasoning once more: 120 × 3 + 900 × 15',
    anUncachedCall({
      provider: 'x-ai',
      model: 'grok-4',
      input_tokens: 120,
      output_tokens: 40,
      ...withUsage({
        prompt_tokens: 120,
        completion_tokens: 40,
        total_tokens: 1_020,
        completion_tokens_details: { reasoning_tokens: 860 },
      }),
    }),
    '0.01386',
  ],
  [
    'OpenAI, whose total does not: 120 × 1.25 + 900 × 10',
    anUncachedCall({
      model: 'gpt-5',
      input_tokens: 120,
      output_tokens: 900,
      ...withUsage({
        prompt_tokens: 120,
        completion_tokens: 900,
        total_tokens: 1_020,
        completion_tokens_details: { reasoning_tokens: 860 },
      }),
    }),
    '0.00915',
  ],
  // Embeddings
  [
    'text-embedding-3-small 0.02',
    anUncachedCall({ model: 'text-embedding-3-small', input_tokens: 1_000_000, output_tokens: null }),
    '0.02',
  ],
  [
    'text-embedding-3-large 0.13',
    anUncachedCall({ model: 'text-embedding-3-large', input_tokens: 1_000_000, output_tokens: 0 }),
    '0.13',
  ],
  [
    'voyage-3.5 0.06',
    anUncachedCall({ provider: 'voyage', model: 'voyage-3.5', input_tokens: 1_000_000, output_tokens: null }),
    '0.06',
  ],
  [
    'an embedding without its input',
    anUncachedCall({ model: 'text-embedding-3-small', input_tokens: null, output_tokens: 0 }),
    'no_usage',
  ],
  // Others
  [
    'grok-4 3 / 15: 120 × 3 + 900 × 15',
    anUncachedCall({ provider: 'x_ai', model: 'grok-4', input_tokens: 120, output_tokens: 900, reasoning_tokens: 860 }),
    '0.01386',
  ],
  [
    'llama-3.3-70b-versatile by Groq 0.59 / 0.79: 5,900 + 790',
    anUncachedCall({ provider: 'groq', model: 'llama-3.3-70b-versatile' }),
    '0.00669',
  ],
  [
    "Groq's flex costs the same",
    anUncachedCall({ provider: 'groq', model: 'llama-3.3-70b-versatile', service_tier: 'flex' }),
    '0.00669',
  ],
  [
    'mistral-large-2512 0.50 / 1.50: 5,000 + 1,500',
    anUncachedCall({ provider: 'mistral', model: 'mistral-large-2512' }),
    '0.0065',
  ],
  [
    'mistral-large-latest, which has moved on',
    anUncachedCall({ provider: 'mistral', model: 'mistral-large-latest' }),
    'no_price',
  ],
  ['a page read by OCR', aCallOfThousands('mistral-ocr-latest', { provider: 'mistral' }), 'no_price'],
  [
    'deepseek-chat at noon 0.27 / 0.07 / 1.10: 100 × 0.27 + 900 × 0.07 + 100 × 1.10',
    aPricedCall({
      provider: 'deepseek',
      model: 'deepseek-chat',
      input_tokens: 1_000,
      cached_input_tokens: 900,
      output_tokens: 100,
    }),
    '0.0002',
    '2025-06-15T12:00:00Z',
  ],
  [
    'deepseek-v4-flash 0.14 / 0.28, before it had hours: 1,400 + 280',
    anUncachedCall({ provider: 'deepseek', model: 'deepseek-v4-flash' }),
    '0.00168',
    '2026-08-10T02:00:00Z',
  ],
  [
    'deepseek-v4-flash 0.22 / 0.66: 2,200 + 660',
    anUncachedCall({ provider: 'deepseek', model: 'deepseek-v4-flash' }),
    '0.00286',
    '2026-09-01T12:00:00Z',
  ],
  [
    'deepseek-v4-flash 0.44 / 1.32 from one to four: 4,400 + 1,320',
    anUncachedCall({ provider: 'deepseek', model: 'deepseek-v4-flash' }),
    '0.00572',
    '2026-09-01T02:00:00Z',
  ],
  [
    'what is free costs nothing, which is known',
    aCallOfThousands('deepseek/deepseek-r1:free', { provider: 'openrouter' }),
    '0',
  ],
  [
    'Haiku 4.5 in a region of Bedrock, 1.10 / 5.50',
    aCallOfThousands('us.anthropic.claude-haiku-4-5-20251001-v1:0', { provider: 'aws.bedrock' }),
    '0.0066',
  ],
  // Missing and inconsistent usage
  ['no usage', anUncachedCall({ input_tokens: null, output_tokens: null }), 'no_usage'],
  ['no output', anUncachedCall({ output_tokens: null }), 'no_usage'],
  ['no input', anUncachedCall({ input_tokens: null }), 'no_usage'],
  ['nothing used', anUncachedCall({ input_tokens: 0, output_tokens: 0 }), '0'],
  ['more cached than input', aPricedCall({ cached_input_tokens: 10_001 }), 'no_usage'],
  [
    'Anthropic as it comes, its input without what was cached',
    anAnthropicCall({ input_tokens: 10, cached_input_tokens: 9_000 }),
    'no_usage',
  ],
  [
    'cached and written together above the input',
    anAnthropicCall({ cached_input_tokens: 6_000, cache_write_tokens: 6_000 }),
    'no_usage',
  ],
  ['more reasoning than output', aPricedCall({ model: 'gpt-5', reasoning_tokens: 1_001 }), 'no_usage'],
  [
    'more sound than output',
    anUncachedCall({ model: 'gpt-audio', audio_input_tokens: 0, audio_output_tokens: 1_001 }),
    'no_usage',
  ],
  ['cached input of a model without a price for it', aPricedCall({ model: 'o1-pro' }), 'no_price'],
  // Unknown models
  ['a model that nobody knows', anUncachedCall({ model: 'my-own-model' }), 'no_price'],
  ['a provider that nobody knows', anUncachedCall({ provider: 'nobody', model: 'nothing' }), 'no_price'],
  [
    'ft:gpt-4o-mini 0.30 / 1.20: 3,000 + 1,200',
    anUncachedCall({ model: 'ft:gpt-4o-mini-2024-07-18:acme::AbC123' }),
    '0.0042',
  ],
  [
    'a fine-tuned model whose price the list does not have',
    anUncachedCall({ model: 'ft:gpt-4.1-2025-04-14:acme::AbC123' }),
    'no_price',
  ],
];

test.each(GOLDEN)('%s', (_, call, expected, at = GOLDEN_TIME) => {
  const { cost_usd, cost_status } = priceRequest(call, new Date(at));
  expect(cost_usd ?? cost_status).toBe(expected);
});
