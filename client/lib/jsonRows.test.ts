import { parseExactJson } from '#shared/exactJson';
import { findInJson, formatPath, MEMBERS_SHOWN, openFor, previewOf, toJsonRows, type OpenRows } from './jsonRows.ts';

const CLOSED: OpenRows = { byId: new Map(), shown: new Map(), depth: 1 };
const VALUE = parseExactJson('{"a":{"b":[1,{"c/d":"x"}]},"e":107505301260286117,"f":null}');

test('only what is open has rows', () => {
  expect(toJsonRows(VALUE, CLOSED).map(({ id }) => id)).toEqual(['', '/a', '/e', '/f']);
  const open = openFor(VALUE, '/a/b/1/c~1d', CLOSED);
  expect(toJsonRows(VALUE, open).map(({ id, depth }) => `${depth} ${id}`)).toEqual([
    '0 ',
    '1 /a',
    '2 /a/b',
    '3 /a/b/0',
    '3 /a/b/1',
    '4 /a/b/1/c~1d',
    '1 /e',
    '1 /f',
  ]);
});

test('a long list starts closed, and opens in steps', () => {
  const list = Array.from({ length: 2_000 }, (_, index) => index);
  expect(toJsonRows(list, CLOSED)).toHaveLength(1);
  const open = { ...CLOSED, byId: new Map([['', true]]) };
  const rows = toJsonRows(list, open);
  expect(rows).toHaveLength(MEMBERS_SHOWN + 2);
  expect(rows.at(-1)).toMatchObject({ hidden: 1_500, depth: 1 });
  expect(toJsonRows(list, openFor(list, '/1200', open)).some(({ id }) => id === '/1200')).toBe(true);
});

test('names and values are found, in any case', () => {
  expect(findInJson(VALUE, 'C/D', 9)).toEqual(['/a/b/1/c~1d']);
  expect(findInJson(VALUE, '0286117', 9)).toEqual(['/e']);
  expect(findInJson(VALUE, 'X', 9)).toEqual(['/a/b/1/c~1d']);
  expect(findInJson(VALUE, '', 9)).toEqual([]);
  expect(findInJson(['x', 'x', 'x'], 'x', 2)).toEqual(['/0', '/1']);
});

test('a path is written as code writes it', () => {
  expect(formatPath(['response', 'choices', 0, 'odd name', 'ü'])).toBe('response.choices[0]["odd name"].ü');
});

test('a closed row says what it holds', () => {
  expect(previewOf(VALUE)).toBe('a: {…}, e: 107505301260286117, f: null');
  expect(previewOf([1, [2, 3], {}])).toBe('1, [2], {}');
});
