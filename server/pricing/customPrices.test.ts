import { CustomPrice, SavePriceInput } from '#shared/price';
import type { PricedCall } from './call.ts';
import { priceRequest } from './cost.ts';
import { preparePrices } from './customPrices.ts';

const AT = new Date('2026-06-15T12:00:00Z');
const ID = '0190a1b2-c3d4-7e5f-8a9b-000000000001';

let made = 0;
function aPrice(input: object): CustomPrice {
  made++;
  const id = `${ID.slice(0, -4)}${String(made).padStart(4, '0')}`;
  return CustomPrice.parse({ id, version: 1, created_at: AT.toISOString(), ...SavePriceInput.parse(input) });
}

const aCall = (fields: Partial<PricedCall> = {}): PricedCall => ({
  provider: 'vllm',
  model: 'my-llama-70b',
  messages: [{ role: 'user', content: 'Hi' }],
  input_tokens: 1_000_000,
  output_tokens: 500_000,
  ...fields,
});

const costOf = (call: PricedCall, ...prices: object[]) =>
  priceRequest(call, AT, preparePrices(prices.map((price) => aPrice(price))));

test('a price of the organization counts before the list, and what the caller gave before both', () => {
  const own = { model: 'gpt-4o', rates: { input: '1', output: 2 } };
  const call = aCall({ provider: 'openai', model: 'gpt-4o' });
  expect(costOf(call, own)).toMatchObject({ cost_usd: '2', cost_source: 'custom', cost_status: 'priced' });
  expect(costOf(call, own).price_version).toMatch(/@1$/);
  expect(costOf(call)).toMatchObject({ cost_usd: '7.5', cost_source: 'builtin', price_version: 'genai-prices@0.1.8' });
  expect(costOf({ ...call, cost_usd: '0.3' }, own)).toEqual({
    cost_usd: '0.3',
    cost_source: 'provided',
    cost_status: 'given',
    price_version: null,
  });
});

test.each<[string, Partial<PricedCall>, object, string | null]>([
  [
    'cached input has its own rate',
    { cached_input_tokens: 400_000 },
    { input: 1, cached_input: '0.1', output: 2 },
    '1.64',
  ],
  ['cached input without a rate is input', { cached_input_tokens: 400_000 }, { input: 1, output: 2 }, '2'],
  ['cache writes', { cache_write_tokens: 100_000 }, { input: 1, cache_write: '1.25', output: 2 }, '2.025'],
  ['reasoning', { reasoning_tokens: 200_000 }, { input: 1, output: 2, reasoning: 4 }, '2.4'],
  [
    'audio',
    { audio_input_tokens: 100_000, audio_output_tokens: 100_000 },
    { input: 1, audio_input: 10, output: 2, audio_output: 20 },
    '4.7',
  ],
  ['each request', {}, { request: '0.005' }, '0.005'],
  ['each request and tokens', {}, { input: 1, request: '0.005' }, '1.005'],
  ['a rate of zero', {}, { input: 0, output: 0 }, '0'],
  ['the smallest rate', { input_tokens: 1, output_tokens: 0 }, { input: '0.000001' }, '0.000000000001'],
  ['output that was not reported', { output_tokens: null }, { input: 1, output: 2 }, null],
  ['output that was not reported and has no rate', { output_tokens: null }, { input: 1 }, '1'],
  ['more cached than there is input', { cached_input_tokens: 2_000_000 }, { input: 1 }, null],
  [
    'a search without a rate',
    { response: { usage: { server_tool_use: { web_search_requests: 2 } } } },
    { input: 1 },
    null,
  ],
  [
    'a search with a rate',
    { response: { usage: { server_tool_use: { web_search_requests: 2 } } } },
    { input: 1, web_search: 10 },
    '1.02',
  ],
])('%s', (_, call, rates, expected) => {
  expect(costOf(aCall(call), { model: 'my-llama-*', rates }).cost_usd).toBe(expected);
});

test('the highest tier that the input exceeds counts', () => {
  const price = {
    model: 'my-llama-*',
    rates: { input: 1 },
    tiers: [
      { above_input_tokens: 200, rates: { input: 2 } },
      { above_input_tokens: 1_000, rates: { input: 3 } },
    ],
  };
  const of = (input_tokens: number) => costOf(aCall({ input_tokens }), price).cost_usd;
  expect([of(200), of(201), of(1_000), of(1_001)]).toEqual(['0.0002', '0.000402', '0.002', '0.003003']);
});

describe('of several that match', () => {
  const rate = (input: number, more: object = {}) => ({ model: '*', rates: { input }, ...more });
  test.each<[string, Partial<PricedCall>, object[], string]>([
    ['a name before a pattern', {}, [rate(1), rate(2, { model: 'my-llama-70b' })], '2'],
    ['a longer pattern before a shorter', {}, [rate(1, { model: 'my-*' }), rate(2, { model: 'my-llama-*' })], '2'],
    ['one with a provider', {}, [rate(1), rate(2, { provider: 'VLLM' }), rate(3, { provider: 'other' })], '2'],
    ['one with a tier', { service_tier: 'flex' }, [rate(1), rate(2, { service_tier: 'flex' })], '2'],
    ['not one of another tier', { service_tier: 'flex' }, [rate(1), rate(2, { service_tier: 'batch' })], '1'],
    [
      'the later one of two dates',
      {},
      [rate(2, { valid_from: '2026-06-01T00:00:00Z' }), rate(1, { valid_from: '2026-01-01T00:00:00Z' })],
      '2',
    ],
    ['not one that has not begun', {}, [rate(1), rate(2, { valid_from: '2026-07-01T00:00:00Z' })], '1'],
    [
      'the model that answered',
      { response_model: 'a' },
      [rate(1, { model: 'my-llama-70b' }), rate(2, { model: 'A' })],
      '2',
    ],
    [
      'else the model asked for',
      { response_model: 'b' },
      [rate(1, { model: 'my-llama-70b' }), rate(2, { model: 'a' })],
      '1',
    ],
  ])('%s', (_, call, prices, expected) => {
    expect(costOf(aCall(call), ...prices).cost_usd).toBe(expected);
    expect(costOf(aCall(call), ...prices.toReversed()).cost_usd).toBe(expected);
  });
});

test.each([
  [{ model: 'x', rates: {} }, 'at least one rate'],
  [{ model: 'x', rates: { input: -1 } }, 'decimal number'],
  [{ model: 'x', rates: { input: '1e3' } }, 'decimal number'],
  [{ model: 'x', rates: { inputs: 1 } }, 'must be left out'],
  [{ model: 'a*b*c*d*e*f', rates: { input: 1 } }, 'at most 4 `*`'],
  [{ model: '', rates: { input: 1 } }, 'must not be empty'],
])('%j is refused', (input, message) => {
  expect(SavePriceInput.safeParse(input).error?.message).toContain(message);
});
