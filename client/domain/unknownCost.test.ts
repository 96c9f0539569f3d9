import { explainUnknownCost } from './unknownCost.ts';

type Request = Parameters<typeof explainUnknownCost>[0];

const USED: Request = {
  cost_status: 'no_price',
  endpoint: null,
  input_tokens: 5,
  output_tokens: 5,
  service_tier: null,
};
const NO_USAGE: Request = { ...USED, cost_status: 'no_usage' };

test.each<[string, Request]>([
  ['no tokens reported', { ...NO_USAGE, input_tokens: null, output_tokens: null }],
  [
    'no tokens, images or seconds reported',
    { ...NO_USAGE, input_tokens: null, output_tokens: null, endpoint: 'images.generate' },
  ],
  ['no input tokens reported', { ...NO_USAGE, input_tokens: null }],
  ['no output tokens reported', { ...NO_USAGE, output_tokens: null, endpoint: 'responses' }],
  ['the counts of tokens, images or seconds are incomplete or contradict each other', NO_USAGE],
  [
    'the counts of tokens, images or seconds are incomplete or contradict each other',
    { ...NO_USAGE, output_tokens: null, endpoint: 'embeddings' },
  ],
  ['no price for this model, or for a fee of this call', USED],
  ['no price for this model, or for a fee of this call', { ...USED, output_tokens: null, endpoint: 'embeddings' }],
  ['no price for this model, or for a fee of this call', { ...USED, service_tier: 'default' }],
  ['no price for this model by the service tier priority', { ...USED, service_tier: 'priority' }],
])('%s', (words, request) => {
  expect(explainUnknownCost(request)).toBe(words);
});
