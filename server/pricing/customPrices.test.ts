import fc from 'fast-check';
import { CustomPrice, SavePriceInput } from '#shared/price';
import type { PricedCall } from './call.ts';
import { sumOf } from './charges.ts';
import { priceCall, priceRequest } from './cost.ts';
import { preparePrices } from './customPrices.ts';
import { PRICE_LIST_VERSION } from './priceList.ts';
import { parseUsd } from './usd.ts';

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

const NO_TOKENS = { input_tokens: null, output_tokens: null };

const costOf = (call: PricedCall, ...prices: object[]) =>
  priceRequest(call, AT, preparePrices(prices.map((price) => aPrice(price))));

test('a price of the organization counts before the list, and what the caller gave before both', () => {
  const own = { model: 'gpt-4o', rates: { input: '1', output: 2 } };
  const call = aCall({ provider: 'openai', model: 'gpt-4o' });
  expect(costOf(call, own)).toMatchObject({ cost_usd: '2', cost_source: 'custom', cost_status: 'priced' });
  expect(costOf(call, own).price_version).toMatch(/@1$/);
  expect(costOf(call)).toMatchObject({ cost_usd: '7.5', cost_source: 'builtin', price_version: PRICE_LIST_VERSION });
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
  ['sources that xAI searched', { response: { usage: { num_sources_used: 4 } } }, { input: 1 }, null],
  [
    'the same, where each request has a price: 1 + 0.005',
    { response: { usage: { num_sources_used: 4 } } },
    { input: 1, request: '0.005' },
    '1.005',
  ],
  [
    'a search with a rate',
    { response: { usage: { server_tool_use: { web_search_requests: 2 } } } },
    { input: 1, web_search: 10 },
    '1.02',
  ],
  // Images and seconds: quantity × rate, beside the tokens.
  ['three images at 0.04', { output_images: 3, ...NO_TOKENS }, { image: '0.04' }, '0.12'],
  ['images and input tokens: 1 + 2 × 0.04', { output_images: 2 }, { input: 1, image: '0.04' }, '1.08'],
  ['no image was made', { output_images: 0, ...NO_TOKENS }, { image: '0.04' }, '0'],
  ['images that nobody counted', NO_TOKENS, { image: '0.04' }, null],
  [
    'images that the answer shows: 2 × 0.017',
    { ...NO_TOKENS, response: { data: [{ b64_json: 'iVBORw0KGgo' }, { b64_json: 'iVBORw0KGgo' }] } },
    { image: '0.017' },
    '0.034',
  ],
  [
    'a tool that makes images, with a rate for them: 1 + 0.04',
    { response: { output: [{ type: 'image_generation_call', result: 'iVBORw0KGgo' }] } },
    { input: 1, image: '0.04' },
    '1.04',
  ],
  [
    'and without one',
    { response: { output: [{ type: 'image_generation_call', result: 'iVBORw0KGgo' }] } },
    { input: 1 },
    null,
  ],
  ['an image that costs nothing need not be counted', NO_TOKENS, { image: 0 }, '0'],
  ['61.5 seconds at 0.0001', { media_seconds: 61.5, ...NO_TOKENS }, { second: '0.0001' }, '0.00615'],
  [
    'a millisecond at the smallest rate',
    { media_seconds: 0.001, ...NO_TOKENS },
    { second: '0.000000001' },
    '0.000000000001',
  ],
  ['milliseconds are exact: 8.47 × 0.1', { media_seconds: 8.47, ...NO_TOKENS }, { second: '0.1' }, '0.847'],
  [
    'seconds as the provider bills them: 9 × 0.0001',
    { ...NO_TOKENS, response: { text: 'Hi', duration: 8.47, usage: { type: 'duration', seconds: 9 } } },
    { second: '0.0001' },
    '0.0009',
  ],
  ['seconds that nobody measured', NO_TOKENS, { second: '0.0001' }, null],
  [
    'all at once: 1 + 1 + 2 × 0.04 + 10 × 0.0001 + 0.005',
    { output_images: 2, media_seconds: 10 },
    { input: 1, output: 2, image: '0.04', second: '0.0001', request: '0.005' },
    '2.086',
  ],
])('%s', (_, call, rates, expected) => {
  expect(costOf(aCall(call), { model: 'my-llama-*', rates }).cost_usd).toBe(expected);
});

const count = fc.option(fc.nat(3_000), { nil: null });
const counted = {
  output_images: fc.option(fc.nat(20), { nil: null }),
  media_seconds: fc.option(
    fc.nat(90_000).map((milliseconds) => milliseconds / 1_000),
    { nil: null },
  ),
};
/** Whatever is said: most of it contradicts itself, and has no price. */
const anyUsage = fc.record({
  input_tokens: count,
  output_tokens: count,
  cached_input_tokens: count,
  cache_write_tokens: count,
  reasoning_tokens: count,
  audio_input_tokens: count,
  audio_output_tokens: count,
  ...counted,
});
/** Totals that hold their parts. */
const possibleUsage = fc
  .record({
    plain: fc.tuple(fc.nat(3_000), fc.nat(3_000)),
    cached_input_tokens: count,
    cache_write_tokens: count,
    reasoning_tokens: count,
    audio_input_tokens: count,
    audio_output_tokens: count,
    ...counted,
  })
  .map(({ plain: [input, output], ...parts }) => ({
    ...parts,
    input_tokens:
      input + (parts.cached_input_tokens ?? 0) + (parts.cache_write_tokens ?? 0) + (parts.audio_input_tokens ?? 0),
    output_tokens: output + (parts.reasoning_tokens ?? 0) + (parts.audio_output_tokens ?? 0),
  }));
const aUsage = fc.oneof(anyUsage, possibleUsage);
const RATES = ['input', 'cached_input', 'cache_write', 'audio_input', 'output', 'reasoning', 'audio_output'];
const everyRate = Object.fromEntries(RATES.map((name, index) => [name, index + 1]));

test('parts never exceed totals: with a rate for each kind, the lines add up to what was used', () => {
  let priced = 0;
  fc.assert(
    fc.property(aUsage, (usage) => {
      const own = preparePrices([aPrice({ model: '*', rates: { ...everyRate, image: '0.04', second: '0.001' } })]);
      const outcome = priceCall(aCall(usage), AT, own);
      if (typeof outcome === 'string') return;
      priced++;
      const sum = (kinds: readonly string[]) =>
        outcome.tokens.filter(({ what }) => kinds.includes(what)).reduce((total, { quantity }) => total + quantity, 0);
      expect(sum(['input', 'cached input', 'cache writes', 'audio input'])).toBe(usage.input_tokens);
      expect(sum(['output', 'reasoning', 'audio output'])).toBe(usage.output_tokens);
      for (const { quantity } of [...outcome.tokens, ...outcome.fees]) expect(quantity).toBeGreaterThan(0);
      // The sum is that of the lines, each to the last digit.
      const lines = [...outcome.tokens, ...outcome.fees].map(({ amount }) => amount);
      expect(sumOf(outcome)).toBe(lines.reduce((total, amount) => total + amount, 0n));
    }),
    { numRuns: 2_000 },
  );
  expect(priced).toBeGreaterThan(500);
});

test('more of anything never costs less', () => {
  fc.assert(
    fc.property(fc.nat(50), fc.nat(90_000), fc.nat(90_000), (output_images, milliseconds, more) => {
      const price = { model: '*', rates: { image: '0.04', second: '0.0001' } };
      const of = (images: number, ms: number) =>
        parseUsd(
          costOf(aCall({ ...NO_TOKENS, output_images: images, media_seconds: ms / 1_000 }), price).cost_usd ?? '',
        );
      expect(of(output_images, milliseconds + more)).toBeGreaterThanOrEqual(of(output_images, milliseconds));
      expect(of(output_images + 1, milliseconds) - of(output_images, milliseconds)).toBe(parseUsd('0.04'));
    }),
  );
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
