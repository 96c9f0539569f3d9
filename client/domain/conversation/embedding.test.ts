import { describeEmbedding } from './embedding.ts';

test.each([
  ['768 numbers', { data: [{ embedding: Array.from({ length: 768 }, () => 0.1) }] }, null],
  ['2 embeddings of 3 numbers', { data: [{ embedding: [1, 2, 3] }, { embedding: [4, 5, 6] }] }, null],
  ['256 numbers, not logged', null, { dimensions: 256 }],
  ['Numbers, not logged', { data: [{ embedding: 'base64' }] }, null],
])('%s', (words, response, parameters) => {
  expect(describeEmbedding(response, parameters)).toBe(words);
});
