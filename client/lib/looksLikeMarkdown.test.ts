import { looksLikeMarkdown } from './looksLikeMarkdown.ts';

test.each([
  ['# Title', true],
  ['Some\n- a list', true],
  ['1. First\n2. Second', true],
  ['**bold** words', true],
  ['a `name` in code', true],
  ['see [here](https://example.org)', true],
  ['| a |\n|---|\n| 1 |', true],
  ['```\ncode\n```', true],
  ['> quoted', true],
  ['2 * 3 * 4 = 24, a_b_c, C#, 5 > 4', false],
  ['Plain words.\nMore of them.', false],
  ['', false],
])('%j: %s', (text, expected) => {
  expect(looksLikeMarkdown(text)).toBe(expected);
});

test('texts that are made to be slow are not', () => {
  const start = performance.now();
  for (const text of ['[', '*', '`', '|-', '\n', ' ', '**a', '[a](', '> ', '|   ']) {
    looksLikeMarkdown(text.repeat(1_000_000 / text.length));
  }
  expect(performance.now() - start).toBeLessThan(2_000);
});
