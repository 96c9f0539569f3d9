import { explainUnknownCost } from './unknownCost.ts';

const none = {
  endpoint: null,
  input_tokens: null,
  output_tokens: null,
  cached_input_tokens: null,
  cache_write_tokens: null,
  audio_input_tokens: null,
  audio_output_tokens: null,
};

test.each([
  [{ endpoint: 'chat.completions' }, 'no tokens reported'],
  [{ output_tokens: 5 }, 'no input tokens reported'],
  [{ input_tokens: 5, endpoint: 'responses' }, 'no output tokens reported'],
  [{ input_tokens: 5, endpoint: 'embeddings' }, 'no price for this model'],
  [{ input_tokens: 5, output_tokens: 5 }, 'no price for this model'],
  [{ input_tokens: 5, output_tokens: 5, cached_input_tokens: 5 }, 'no price for this model'],
  [{ input_tokens: 3, output_tokens: 5, cache_write_tokens: 12_304 }, 'the reported tokens contradict each other'],
  [{ input_tokens: 3, output_tokens: 5, audio_output_tokens: 6 }, 'the reported tokens contradict each other'],
])('%j: %s', (request, words) => {
  expect(explainUnknownCost({ ...none, ...request })).toBe(words);
});
