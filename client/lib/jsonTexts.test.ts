import { looksLikeJson, splitJsonTexts } from './jsonTexts.ts';

test('texts that are written from right to left are told apart, with their quotation marks', () => {
  expect(splitJsonTexts('{ "نص": "م\\"ر", "a": 1.0 }')).toEqual([
    '{ ',
    '"نص"',
    ': ',
    '"م\\"ر"',
    ', ',
    '"a"',
    ': 1.0 }',
  ]);
  expect(splitJsonTexts('{ "a": "b" }')).toEqual(['{ "a": "b" }']);
});

test('whatever the text is, its pieces are the text', () => {
  for (const text of ['"م', 'م"\\', '{"م":"\\', '', '"م" x "']) expect(splitJsonTexts(text).join('')).toBe(text);
  const long = `{"م":"${'\\"'.repeat(200_000)}`;
  expect(splitJsonTexts(long).join('')).toBe(long);
});

test('JSON is told from words', () => {
  expect(['{"a":1}', '{\n  "a"', '[]', '[1]', '[\n  {', '{}'].every(looksLikeJson)).toBe(true);
  expect(['مرحبا', '[مرحبا](x)', '{{name}} مرحبا', '"نص"'].some(looksLikeJson)).toBe(false);
});
