import { diffOf } from './diffOf.ts';

const STUDY =
  'Delivery to the south of the country takes 90 hours longer than a year ago, since the night hub was closed.';
const MINUTES = 'Of the returns that name a reason, 54 % say that the item is too small, and most come from one page.';

test('words that differ are told apart from those that both texts have', () => {
  const changes = diffOf('Paris is the capital of France.', 'Paris is a city in France.');
  expect(changes?.filter(({ removed }) => removed).map(({ value }) => value.trim())).toContain('the');
  expect(changes?.filter(({ added, removed }) => !added && !removed)[0]?.value).toContain('Paris is');
});

test('two texts that share little more than "the" and "of" are not marked at all', () => {
  expect(diffOf(STUDY, MINUTES)).toBeUndefined();
  expect(diffOf(STUDY, STUDY.replace('90', '36'))).toBeDefined();
  // A word is read at a glance, and a mark on it takes nothing away.
  expect(diffOf('yes', 'no')).toBeDefined();
});

test('both sides of a comparison are given the very same parts', () => {
  expect(diffOf(STUDY, `${STUDY} It was measured.`)).toBe(diffOf(STUDY, `${STUDY} It was measured.`));
});
