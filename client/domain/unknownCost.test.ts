import { explainUnknownCost } from './unknownCost.ts';

test.each([
  [null, null, 'chat.completions', 'no tokens reported'],
  [null, 5, null, 'no input tokens reported'],
  [5, null, 'responses', 'no output tokens reported'],
  [5, null, 'embeddings', 'no price for this model'],
  [5, 5, null, 'no price for this model'],
])('%p tokens in, %p out, of %s: %s', (input_tokens, output_tokens, endpoint, words) => {
  expect(explainUnknownCost({ input_tokens, output_tokens, endpoint })).toBe(words);
});
