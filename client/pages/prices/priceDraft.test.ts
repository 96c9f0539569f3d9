import { type BuiltinPrice, SavePriceInput } from '#shared/price';
import { describeRates, draftOf, emptyPrice, type PriceDraft, toInput } from './priceDraft.ts';

const aDraft = (fields: Partial<PriceDraft>): PriceDraft => ({
  ...emptyPrice(),
  model: ' my-llama-* ',
  rates: { input: '$2,50', output: '10' },
  ...fields,
});

test('what is written is what the server takes', () => {
  const input = toInput(aDraft({ provider: ' vllm ', valid_from: '2026-11-01', note: ' ' }));
  expect(input).toEqual({
    model: 'my-llama-*',
    provider: 'vllm',
    service_tier: null,
    rates: { input: '2.50', output: '10' },
    tiers: [],
    valid_from: '2026-11-01T00:00:00Z',
    note: null,
  });
  expect(SavePriceInput.safeParse(input).success).toBe(true);
});

test.each<[Partial<PriceDraft>, string]>([
  [{ model: '  ' }, 'Name a model'],
  [{ rates: {} }, 'at least one rate'],
  [{ rates: { input: 'free' } }, 'Input must be a number'],
  [{ rates: { input: '1', reasoning: '-1' } }, 'Reasoning must be a number'],
  [{ valid_from: '2026-13-45' }, 'The day must be one'],
])('%j is not a price yet', (fields, sentence) => {
  expect(toInput(aDraft(fields))).toContain(sentence);
});

test('rates are said with what they are for', () => {
  expect(describeRates({ input: '2.5', output: '10', cached_input: '0.025', request: '0.01' })).toBe(
    '$2.50 input · $10 output · $0.025 cached input · $0.01 a request',
  );
});

test('units other than tokens are said', () => {
  expect(describeRates({ image: '0.04', second: '0.0001', web_search: '10' })).toBe(
    '$0.04 an image · $0.0001 a second · $10 per 1,000 web searches',
  );
  expect(describeRates({ input: '1', image_output: '30', audio_hour: '0.36' })).toBe(
    '$1 input · $30 image output · $0.36 an hour of audio',
  );
});

test('a price in place of a built-in one begins with what both can have', () => {
  const rates = { input: '1.25', output: '10', image_output: '30', audio_hour: '0.36' };
  const builtin: BuiltinPrice = {
    provider: 'google',
    provider_name: 'Google',
    model: 'gemini-2.5-pro',
    rates,
    tiers: [
      { above_input_tokens: 200_000, rates: { input: '2.5', output: '15' } },
      { above_input_tokens: 400_000, rates: { image_output: '60' } },
    ],
    valid_from: null,
    source_url: null,
  };
  const draft = draftOf({ provider: 'google', model: 'gemini-2.5-pro-preview' }, builtin);
  expect(draft).toMatchObject({ model: 'gemini-2.5-pro-preview', rates: { input: '1.25', output: '10' } });
  expect(SavePriceInput.parse(toInput(draft))).toMatchObject({
    rates: { input: '1.25', output: '10' },
    tiers: [{ above_input_tokens: 200_000, rates: { input: '2.5', output: '15' } }],
  });
  expect(draftOf({ provider: 'p', model: 'm' }, null)).toMatchObject({ provider: 'p', model: 'm', rates: {} });
});
