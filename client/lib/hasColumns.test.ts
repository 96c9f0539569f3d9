import { hasColumns } from './hasColumns.ts';

test.each([
  ['an invoice', 'Item        Qty   Price\nTent          1   299.00\nStove         2    49.50\nThank you.', true],
  ['a table of Markdown', '| a | b |\n|---|---|\n| 1 | 2 |', true],
  ['a diff', 'diff --git a/x b/x\n@@ -1,2 +1,2 @@\n-a\n+b', true],
  ['tabs', 'a\tb\nc\td\ne\tf', true],
  ['prose', 'One line.\nAnother line.\nA third one, with words.', false],
  ['two spaces after a sentence', 'One.  Two.\nThree.  Four.\nFive.  Six.', false],
  ['two lines with gaps in much prose', `a  b\nc  d\n${'words and words\n'.repeat(20)}`, false],
  ['an indented list', '- one\n  - two\n  - three\n    - four', false],
  ['nothing', '', false],
])('%s', (_, text, expected) => {
  expect(hasColumns(text)).toBe(expected);
});
