import { ExactNumber } from '#shared/exactJson';
import type { JsonObject } from '#shared/primitives';
import { anUncachedCall } from '#tests/support/pricedCall';
import { readBilledCost } from './billedCost.ts';
import { priceRequest } from './cost.ts';

const AT = new Date('2026-06-15T12:00:00Z');

test.each<[string, JsonObject, string | null]>([
  ['OpenRouter', { cost: 0.00217 }, '0.00217'],
  ['OpenRouter for nothing', { cost: 0 }, '0'],
  [
    'OpenRouter with a key of the own',
    { cost: 0.001, is_byok: true, cost_details: { upstream_inference_cost: 0.02 } },
    '0.021',
  ],
  ['OpenRouter, where the provider takes the rest', { cost: 0.001, is_byok: true }, null],
  ['Perplexity', { cost: { input_tokens_cost: 0.001, request_cost: 0.005, total_cost: 0.006 } }, '0.006'],
  ['another currency beside it', { cost: 0.5, currency: 'EUR' }, null],
  ['another currency', { cost: { currency: 'EUR', total_cost: 0.006 } }, null],
  ['xAI', { cost_in_usd_ticks: 37_756_000 }, '0.0037756'],
  ['xAI, more than a dollar', { cost_in_usd_ticks: 52_500_000_000 }, '5.25'],
  ['a total', { total_cost: 0.0123 }, '0.0123'],
  ['an estimate', { estimated_cost: 0.0000411 }, '0.0000411'],
  ['digits that a number does not keep', { cost: new ExactNumber('0.10') as never }, '0.1'],
  ['what Python writes', { cost: new ExactNumber('4.1e-05') as never }, '0.000041'],
  ['the same as a text', { cost: '4.1e-05' }, '0.000041'],
  ['more than anything costs', { cost: '1e300' }, null],
  ['a text', { cost: '0.25' }, '0.25'],
  ['nothing', {}, null],
  ['no dollars', { cost: 'cheap' }, null],
  ['less than nothing', { cost: -1 }, null],
])('%s', (_, fields, expected) => {
  expect(readBilledCost({ prompt_tokens: 10, ...fields })).toBe(expected);
});

test('a figure of the caller that is no usage of a provider is not a cost', () => {
  expect(readBilledCost({ cost: 5 })).toBeNull();
});

test('it wins over the list, and the cost of the caller over it', () => {
  const response = { usage: { prompt_tokens: 10_000, cost: 0.02 } };
  const billed = { cost_usd: '0.02', cost_source: 'provided', cost_status: 'given', price_version: null };
  expect(priceRequest(anUncachedCall({ response }), AT)).toEqual(billed);
  expect(priceRequest(anUncachedCall({ metadata: response, input_tokens: null }), AT)).toEqual(billed);
  expect(priceRequest(anUncachedCall({ response, cost_usd: '0.01' }), AT).cost_usd).toBe('0.01');
});
