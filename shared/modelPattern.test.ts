import { matchesPattern } from './modelPattern.ts';

test.each([
  ['gpt-*', 'GPT-4o', true],
  ['gpt-4', 'gpt-4o', false],
  ['*-mini', 'gpt-5-mini', true],
  ['a.b', 'axb', false],
  ['ft:*:org::*', 'ft:gpt-4o:org::x', true],
  ['(a|b)', 'a', false],
  ['*', 'anything at all', true],
  ['ab*ba', 'aba', false],
  ['ab*ba', 'abba', true],
  ['a*a*a', 'aa', false],
])('%s and %s: %s', (pattern, model, expected) => {
  expect(matchesPattern(pattern, model)).toBe(expected);
});
