import { sayBlank } from './blankText.ts';

test('a text of which nothing is seen is said in words', () => {
  expect(sayBlank('')).toBe('Empty');
  expect(sayBlank('\n')).toBe('White space alone, 1 character');
  expect(sayBlank(' \n\t\u00a0\u200b\ufeff')).toBe('White space alone, 6 characters');
  for (const text of ['a', ' \n.', '0', '\u200b😀']) expect(sayBlank(text)).toBeNull();
});
