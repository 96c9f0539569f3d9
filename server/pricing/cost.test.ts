import fc from 'fast-check';
import { type PricedUsage, priceRequest } from './cost.ts';
import { formatUsd, parseUsd, trimZeros } from './usd.ts';

function aUsage(fields: Partial<PricedUsage> = {}): PricedUsage {
  return {
    provider: 'openai',
    model: 'gpt-4o',
    response_model: null,
    input_tokens: 10_000,
    output_tokens: 1_000,
    cached_input_tokens: 4_000,
    cache_write_tokens: null,
    audio_input_tokens: null,
    audio_output_tokens: null,
    started_at: new Date('2026-06-15T12:00:00Z'),
    ...fields,
  };
}

const costOf = (fields: Partial<PricedUsage>) => priceRequest(aUsage(fields)).cost_usd;

/** 10,000 input tokens of which 4,000 were read from a cache, and 1,000 output tokens, by hand from the list prices. */
test.each<[string, Partial<PricedUsage>, string]>([
  ['gpt-4o: 2.50 / 1.25 / 10', {}, '0.03'],
  ['gpt-4.1-mini: 0.40 / 0.10 / 1.60', { model: 'gpt-4.1-mini' }, '0.0044'],
  ['o3: 2 / 0.50 / 8', { model: 'o3' }, '0.022'],
  ['gpt-5: 1.25 / 0.125 / 10', { model: 'gpt-5' }, '0.018'],
  ['claude-sonnet-4-5: 3 / 0.30 / 15', { provider: 'anthropic', model: 'claude-sonnet-4-5' }, '0.0342'],
  [
    'claude-sonnet-4-5 with 2,000 written to the cache: 3.75',
    { provider: 'anthropic', model: 'claude-sonnet-4-5', cache_write_tokens: 2_000 },
    '0.0357',
  ],
  ['gemini-2.5-pro: 1.25 / 0.125 / 10', { provider: 'google', model: 'gemini-2.5-pro' }, '0.018'],
  [
    'gemini-2.5-pro above 200,000: 2.50 / 0.25 / 15 on the whole call',
    { provider: 'google', model: 'gemini-2.5-pro', input_tokens: 250_000 },
    '0.631',
  ],
  [
    'gemini-2.5-pro at exactly 200,000',
    { provider: 'google', model: 'gemini-2.5-pro', input_tokens: 200_000, cached_input_tokens: 0, output_tokens: 0 },
    '0.25',
  ],
  [
    'gemini-2.5-pro at 200,001',
    { provider: 'google', model: 'gemini-2.5-pro', input_tokens: 200_001, cached_input_tokens: 0, output_tokens: 0 },
    '0.5000025',
  ],
])('%s', (_, fields, expected) => {
  expect(priceRequest(aUsage(fields))).toEqual({ cost_usd: expected, cost_source: 'builtin' });
});

test.each<[string, Partial<PricedUsage>, Partial<PricedUsage>]>([
  ['a dated model', { model: 'gpt-4o-2024-08-06' }, {}],
  ['the model that answered', { model: 'my-alias', response_model: 'gpt-4o' }, {}],
  ['the model asked for, where the one that answered is not listed', { response_model: 'nobody-1' }, {}],
  ['a router that writes the vendor into the name', { provider: 'my-router', model: 'openai/gpt-4o' }, {}],
  ['a provider in capitals', { provider: 'OpenAI' }, {}],
  [
    'what OpenTelemetry calls Gemini',
    { provider: 'gemini', model: 'models/gemini-2.5-pro' },
    { provider: 'google', model: 'gemini-2.5-pro' },
  ],
])('%s costs the same', (_, fields, same) => {
  expect(costOf(fields)).toBe(costOf(same));
  expect(costOf(fields)).not.toBeNull();
});

test.each<[string, Partial<PricedUsage>]>([
  ['a model that is not listed', { model: 'my-own-model' }],
  ['a provider and a model of nobody', { provider: 'nobody', model: 'nothing' }],
  ['a usage that was not reported', { input_tokens: null, output_tokens: null, cached_input_tokens: null }],
  ['more cached than input tokens', { cached_input_tokens: 10_001 }],
  ['more parts than input tokens together', { cached_input_tokens: 6_000, cache_write_tokens: 6_000 }],
  ['more audio than output tokens', { audio_output_tokens: 1_001 }],
  ['audio where the list has a price for text alone', { model: 'o3', audio_input_tokens: 10 }],
  ['a model named __proto__', { model: '__proto__', provider: 'constructor' }],
])('%s has an unknown cost, which is not zero', (_, fields) => {
  expect(priceRequest(aUsage(fields))).toEqual({ cost_usd: null, cost_source: null });
});

test('a call that used nothing costs nothing, which is known', () => {
  expect(costOf({ input_tokens: 0, output_tokens: 0, cached_input_tokens: 0 })).toBe('0');
});

test('a side that was not counted is not zero: the cost is unknown, unless that side has no price', () => {
  expect(costOf({ output_tokens: null, cached_input_tokens: null })).toBeNull();
  expect(costOf({ input_tokens: null, cached_input_tokens: null })).toBeNull();
  expect(costOf({ output_tokens: 0, cached_input_tokens: null })).toBe('0.025');
  const embedding = { model: 'text-embedding-3-small', input_tokens: 1_000_000, cached_input_tokens: null };
  expect(costOf({ ...embedding, output_tokens: null })).toBe('0.02');
  expect(costOf({ ...embedding, input_tokens: null, output_tokens: 0 })).toBeNull();
});

test('parts are never added to their totals', () => {
  expect(costOf({ cached_input_tokens: 0 })).toBe('0.035');
  expect(costOf({ cached_input_tokens: null })).toBe('0.035');
});

test('more tokens never cost less, and a cost is always an exact decimal', () => {
  fc.assert(
    fc.property(fc.nat(1e9), fc.nat(1e9), fc.nat(1e9), (input_tokens, output_tokens, more) => {
      const usage = { input_tokens, output_tokens, cached_input_tokens: null };
      const cost = costOf(usage) ?? '';
      expect(cost).toMatch(/^\d+(\.\d{1,12})?$/);
      expect(parseUsd(costOf({ ...usage, output_tokens: output_tokens + more }) ?? '')).toBeGreaterThanOrEqual(
        parseUsd(cost),
      );
    }),
  );
});

test('dollars written and read again are the same, to the trillionth', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 24n }), (trillionths) => {
      const text = formatUsd(trillionths);
      expect(parseUsd(text)).toBe(trillionths);
      expect(text).not.toMatch(/\.\d*0$|\.$/);
    }),
  );
});

test.each([
  ['0.120000000000', '0.12'],
  ['100', '100'],
  ['100.000', '100'],
  ['0.0', '0'],
])('%s is written as %s', (given, expected) => {
  expect(trimZeros(given)).toBe(expected);
});
