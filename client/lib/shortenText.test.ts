import { shortenText } from './shortenText.ts';

test('a short text stays whole, also when it is slightly over the limit', () => {
  expect(shortenText('hello', 3, 100)).toBe('hello');
  expect(shortenText('x'.repeat(250), 3, 100)).toBe('x'.repeat(250));
});

test('a long text is cut at the characters or at the line, whichever comes first', () => {
  expect(shortenText('x'.repeat(1000), 3, 100)).toBe('x'.repeat(100));
  const lines = Array.from({ length: 500 }, (_, line) => `line ${line}`).join('\n');
  expect(shortenText(lines, 2, 100)).toBe('line 0\nline 1');
});
