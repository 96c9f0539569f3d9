import fc from 'fast-check';
import { parseQuery } from './parseQuery.ts';
import { asksForWords, foldCase, holdsWords, listWords, markWords } from './words.ts';

const query = (text: string) => parseQuery(text).query;

test.each<[string, string[]]>([
  ['refund "late parcel" status:error', ['refund', 'late parcel']],
  ['a OR (b -c)', ['a', 'b']],
  ['-(a OR b)', []],
  ['input:x response:x', ['x']],
  ['status:error', []],
  ['', []],
])('%s looks for %j', (text, words) => {
  expect(listWords(query(text))).toEqual(words);
});

test('what is left out is asked for as well', () => {
  expect(['-a', 'status:error -(b)', 'a', 'status:error', ''].map((text) => asksForWords(query(text)))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

test.each<[string, string, boolean]>([
  ['A late Refund', 'REFUND', true],
  ['refund', 'refunds', false],
  ['ЖУРНАЛ', 'журн', true],
  ['ΟΔΟΣ και ΟΔΟΣΑ', 'οδος', true],
  ['İstanbul', 'İSTANBUL', true],
  ['50% off_x \\n', '% OFF_X \\N', true],
])('%s against %s: %s', (text, words, holds) => {
  expect(holdsWords(text, words)).toBe(holds);
});

test('no character changes its length, and folding twice changes nothing more', () => {
  const wrong: string[] = [];
  for (let code = 0; code <= 0x10ffff; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const character = String.fromCodePoint(code);
    const folded = foldCase(character);
    if (folded.length !== character.length || foldCase(folded) !== folded) wrong.push(code.toString(16));
  }
  expect(wrong).toEqual([]);
});

test('the pieces of a marked text are the text, and each hit is one', () => {
  expect(markWords('A Refund, refunded', ['refund', 'fund,'])).toEqual([
    { text: 'A ', isHit: false },
    { text: 'Refund,', isHit: true },
    { text: ' ', isHit: false },
    { text: 'refund', isHit: true },
    { text: 'ed', isHit: false },
  ]);
  const letter = fc.constantFrom('a', 'A', 'b', ' ', 'é', 'É', '北', '😀');
  const text = fc.array(letter, { maxLength: 30 }).map((letters) => letters.join(''));
  fc.assert(
    fc.property(text, fc.array(text, { maxLength: 3 }), (whole, words) => {
      const pieces = markWords(whole, words);
      expect(pieces.map((piece) => piece.text).join('')).toBe(whole);
      const wanted = words.filter((word) => word !== '');
      expect(pieces.some(({ isHit }) => isHit)).toBe(wanted.some((word) => holdsWords(whole, word)));
    }),
  );
});
