import { SavePriceInput } from '#shared/price';
import { describeRates, emptyPrice, type PriceDraft, toInput } from './priceDraft.ts';

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
  expect(describeRates({ input: '2.50', output: '10', request: '0.01' })).toBe(
    '$2.50 input · $10 output · $0.01 a request',
  );
});
