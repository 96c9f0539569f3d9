/** Costs where the built-in list is wrong or says too little; see goldenCosts.test.ts for the arithmetic. */
import { anUncachedCall, GOLDEN_TIME, type GoldenCost } from '#tests/support/pricedCall';
import { priceRequest } from './cost.ts';

const GOLDEN: GoldenCost[] = [
  [
    'deepseek-chat in its first months',
    anUncachedCall({ provider: 'deepseek', model: 'deepseek-chat' }),
    'no_price',
    '2025-01-20T12:00:00Z',
  ],
  ['gpt-3.5-turbo of 2023', anUncachedCall({ model: 'gpt-3.5-turbo' }), 'no_price', '2023-10-01T12:00:00Z'],
  [
    'claude-3-5-haiku before its cut',
    anUncachedCall({ provider: 'anthropic', model: 'claude-3-5-haiku-20241022' }),
    'no_price',
    '2024-11-10T12:00:00Z',
  ],
  [
    'grok-4 with 127k and 1k, 3 / 15: 381,000 + 15,000',
    anUncachedCall({ provider: 'xai', model: 'grok-4', input_tokens: 127_000 }),
    '0.396',
  ],
  [
    'grok-4 above 128k, which costs twice as much',
    anUncachedCall({ provider: 'xai', model: 'grok-4', input_tokens: 128_000 }),
    'no_price',
  ],
  [
    'mistral-embed 0.10',
    anUncachedCall({ provider: 'mistral', model: 'mistral-embed', input_tokens: 1_000_000, output_tokens: null }),
    '0.1',
  ],
  [
    'a zone of Azure that costs more',
    anUncachedCall({ provider: 'litellm', model: 'azure/eu/gpt-4o-2024-08-06' }),
    'no_price',
  ],
];

test.each(GOLDEN)('%s', (_, call, expected, at = GOLDEN_TIME) => {
  const { cost_usd, cost_status } = priceRequest(call, new Date(at));
  expect(cost_usd ?? cost_status).toBe(expected);
});
