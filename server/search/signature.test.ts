/** What a signature promises: a row that holds a word is never left out, and few others are looked at in vain. */
import fc from 'fast-check';
import { parseQuery } from '#shared/query/parseQuery';
import { holdsWords } from '#shared/query/words';
import { SLOTS } from './grams.ts';
import { SEGMENT_ROWS, SignatureBuilder } from './signature.ts';
import { candidates, mayHold, narrowPlan, placesOf, planSlices, presencePlaces, slotsOf } from './slices.ts';

type Built = ReturnType<SignatureBuilder['finish']>;

function build(rows: readonly (readonly string[])[]): Built {
  const builder = new SignatureBuilder();
  for (const texts of rows) builder.addRow(texts);
  return builder.finish();
}

/** The rows that are looked at. */
function look(built: Built, q: string): number[] {
  const plan = planSlices(parseQuery(q).query);
  const isPresent = (place: number) => ((built.presence[place >> 3] ?? 0) & (1 << (place & 7))) !== 0;
  if (!mayHold(plan, isPresent)) return [];
  const sliceOf = (slot: number) => built.signature.subarray(slot * built.width, (slot + 1) * built.width);
  return placesOf(candidates(plan, sliceOf), built.rows);
}

const quote = (text: string) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
const letter = fc.constantFrom(
  'a',
  'b',
  'c',
  'A',
  'É',
  'é',
  'Σ',
  'ς',
  '北',
  '京',
  '😀',
  '🚀',
  ' ',
  '%',
  '\\',
  'İ',
  '\u212a',
);
const text = fc.array(letter, { maxLength: 12 }).map((letters) => letters.join(''));
const word = fc.array(letter, { minLength: 1, maxLength: 5 }).map((letters) => letters.join(''));
const rows = fc.array(fc.array(text, { maxLength: 3 }), { minLength: 1, maxLength: 40 });

test('each row that holds the words is looked at', () => {
  expect.hasAssertions();
  fc.assert(
    fc.property(rows, word, word, fc.constantFrom(' ', ' OR '), (texts, one, other, joint) => {
      const holds = (row: readonly string[], words: string) => row.some((each) => holdsWords(each, words));
      const looked = new Set(look(build(texts), `${quote(one)}${joint}${quote(other)}`));
      const isHit = (row: readonly string[]) =>
        joint === ' ' ? holds(row, one) && holds(row, other) : holds(row, one) || holds(row, other);
      expect(texts.filter((row, place) => isHit(row) && !looked.has(place))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test('what is left out, and what is asked of fields, narrows nothing', () => {
  const built = build([['refund'], ['parcel'], ['late refund']]);
  expect(look(built, '-refund')).toEqual([0, 1, 2]);
  expect(look(built, 'refund OR status:error')).toEqual([0, 1, 2]);
  expect(look(built, 'refund -late status:error')).toEqual([0, 2]);
  expect(look(built, 'zebra')).toEqual([]);
  expect(look(built, 'q')).toEqual([]);
});

test('a full segment of long texts lets few rows through that do not hold the word', () => {
  const TEXTS = 400;
  let seed = 1;
  const next = () => (seed = (seed * 48_271) % 2_147_483_647) % 5_000;
  const texts = Array.from({ length: TEXTS }, (_, place) => [
    `${Array.from({ length: 200 }, () => `w${(next() ** 2).toString(36)}`).join(' ')}${place % 100 === 3 ? ' brontide' : ''}`,
  ]);
  const built = build(texts);
  const wanted = texts.flatMap((_, place) => (place % 100 === 3 ? [place] : []));
  const looked = look(built, 'brontide');
  expect(looked).toEqual(expect.arrayContaining(wanted));
  expect(looked.length).toBeLessThan(wanted.length + TEXTS / 100);
});

test('two Chinese characters and an emoji tell rows apart; a single ASCII letter does not', () => {
  const built = build([['北京天氣'], ['上海天氣'], ['all 🚀'], ['done 🎉']]);
  expect(look(built, '北京')).toEqual([0]);
  expect(look(built, '海')).toEqual([1]);
  expect(look(built, '🚀')).toEqual([2]);
  expect(look(built, 'a')).toEqual([0, 1, 2, 3]);
});

test('a long text that comes again is found in each row, also after many others', () => {
  const long = (name: string) => `${'prompt '.repeat(40)}${name}`;
  const texts = Array.from({ length: 600 }, (_, place) => [long(place % 3 === 0 ? 'brontide' : `other${place}`), 'x']);
  const wanted = texts.flatMap((_, place) => (place % 3 === 0 ? [place] : []));
  expect(look(build(texts), 'brontide')).toEqual(expect.arrayContaining(wanted));
  expect(look(build(texts), 'other301')).toEqual(expect.arrayContaining([301]));
});

test('fewer slots of a word let no row out that holds it', () => {
  fc.assert(
    fc.property(rows, word, (texts, wanted) => {
      const built = build(texts);
      const sliceOf = (slot: number) => built.signature.subarray(slot * built.width, (slot + 1) * built.width);
      const plan = planSlices(parseQuery(quote(wanted)).query);
      const narrow = narrowPlan(plan, [{ rows: built.rows, sliceOf }]);
      expect(slotsOf(plan)).toEqual(expect.arrayContaining(slotsOf(narrow)));
      const looked = new Set(placesOf(candidates(narrow, sliceOf), built.rows));
      const missed = texts.filter((row, place) => row.some((each) => holdsWords(each, wanted)) && !looked.has(place));
      expect(missed).toEqual([]);
    }),
  );
});

test('fewer slots of a word leave no more rows of what was seen, also where its grams often stand together', () => {
  const texts = Array.from({ length: 400 }, (_, place) => [
    `${place % 100 === 0 ? 'alampard' : place % 40 === 1 ? 'alampa' : ''} ${place % 3 === 0 ? 'mpard' : ''}`,
  ]);
  const built = build(texts);
  const sliceOf = (slot: number) => built.signature.subarray(slot * built.width, (slot + 1) * built.width);
  const plan = planSlices(parseQuery('alampard').query);
  const narrow = narrowPlan(plan, [{ rows: built.rows, sliceOf }]);
  expect(slotsOf(narrow).length).toBeLessThan(slotsOf(plan).length);
  const looked = (some: typeof plan) => placesOf(candidates(some, sliceOf), built.rows);
  expect(looked(narrow)).toEqual(looked(plan));
  // A letter has no slots.
  expect(narrowPlan(planSlices(parseQuery('z').query), [{ rows: built.rows, sliceOf }])).toMatchObject({ slots: [] });
});

test('a query of many words asks for a bounded number of slices', () => {
  const q = Array.from({ length: 40 }, (_, index) => `word${index * 7_919}`).join(' ');
  expect(slotsOf(planSlices(parseQuery(q).query)).length).toBeLessThanOrEqual(48);
  expect(presencePlaces(planSlices(parseQuery(q).query)).length).toBeLessThanOrEqual(48);
});

test('a builder takes no more than a segment', () => {
  const builder = new SignatureBuilder();
  for (let row = 0; row < SEGMENT_ROWS; row++) builder.addRow([]);
  expect(() => builder.addRow([])).toThrow('full');
  expect(builder.finish().signature).toHaveLength((SLOTS * SEGMENT_ROWS) / 8);
});
