import { type Aligned, alignMessages, MOST_MESSAGES } from './alignMessages.ts';

/** `s:words` is a system message. */
const messages = (...words: string[]): Aligned[] =>
  words.map((word) => ({ role: word.slice(0, 1), text: word.slice(2) }));

const shown = (rows: readonly (readonly (Aligned | null)[])[]) =>
  rows.map((row) => row.map((one) => (one === null ? '-' : `${one.role}:${one.text}`)).join(' | '));

test('the same conversation with another system prompt and answer', () => {
  expect(
    shown(alignMessages([messages('s:be brief', 'u:hi', 'a:one'), messages('s:be nice', 'u:hi', 'a:two')])),
  ).toEqual(['s:be brief | s:be nice', 'u:hi | u:hi', 'a:one | a:two']);
});

test('a message that one side lacks has a row of its own', () => {
  expect(shown(alignMessages([messages('u:hi', 'a:one'), messages('s:new', 'u:hi', 'a:one')]))).toEqual([
    '- | s:new',
    'u:hi | u:hi',
    'a:one | a:one',
  ]);
  expect(shown(alignMessages([messages('s:old', 'u:hi'), messages('u:hi', 'a:more')]))).toEqual([
    's:old | -',
    'u:hi | u:hi',
    '- | a:more',
  ]);
});

test('of two that could be meant, the one that is more alike', () => {
  expect(shown(alignMessages([messages('u:what is a flask'), messages('u:hello', 'u:what is a flask?')]))).toEqual([
    '- | u:hello',
    'u:what is a flask | u:what is a flask?',
  ]);
});

test('three sides share the rows of what the first lacks', () => {
  expect(shown(alignMessages([messages('u:hi'), messages('s:a', 'u:hi'), messages('s:b', 'u:hi', 'a:c')]))).toEqual([
    '- | s:a | s:b',
    'u:hi | u:hi | u:hi',
    '- | - | a:c',
  ]);
});

test('nothing, and very much', () => {
  expect(alignMessages([[], []])).toEqual([]);
  const many = messages(...Array.from({ length: 500 }, (_, index) => `u:${index}`));
  expect(alignMessages([many, many])).toHaveLength(MOST_MESSAGES);
});
