import fc from 'fast-check';
import { parseExactJson, stringifyExactJson } from '#shared/exactJson';
import type { JsonObject } from '#shared/primitives';
import { cutError, cutObject, cutTags } from './cutFields.ts';

test('every text of an error is cut, and says how long it was', () => {
  const long = 'x'.repeat(1_000_000);
  const { value, isCut } = cutError({ type: long, code: long, message: long, param: long, http_status: 500 });
  expect(isCut).toBe(true);
  expect(JSON.stringify(value).length).toBeLessThan(10_000);
  for (const text of [value.type, value.code, value.message, value.param]) {
    expect(text).toMatch(/… \[truncated: 1000000 characters\]$/);
  }
  const short = { type: 't', code: null, message: 'm' };
  expect(cutError(short)).toEqual({ value: short, isCut: false });
});

test('a cut between the halves of a character leaves text that can be stored', () => {
  for (const shift of ['', 'x']) {
    expect(cutError({ message: shift + '😀'.repeat(10_000) }).value.message?.isWellFormed()).toBe(true);
  }
});

test('tags are kept up to the first that does not fit', () => {
  const tags = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`name${index}`, 'v'.repeat(250)]));
  const { value, isCut } = cutTags(tags);
  expect(isCut).toBe(true);
  expect(JSON.stringify(value).length).toBeLessThanOrEqual(16_384);
  expect(Object.keys(value)).toEqual(Object.keys(tags).slice(0, Object.keys(value).length));
  expect(cutTags({ env: 'prod' })).toEqual({ value: { env: 'prod' }, isCut: false });
});

test('metadata keeps its first values, the last of which is cut', () => {
  const metadata = { a: 1, b: ['x'.repeat(600), { c: 'y'.repeat(600) }], d: 'gone' };
  const { value, isCut } = cutObject(metadata, 1_000);
  expect(isCut).toBe(true);
  expect(value).toEqual({
    a: 1,
    b: ['x'.repeat(600), { c: expect.stringMatching(/^y+… \[truncated: 600 characters\]$/) }],
  });
  const odd = JSON.parse('{"__proto__":{"x":1},"long":""}') as JsonObject;
  odd.long = 'x'.repeat(2_000);
  expect(Object.keys(cutObject(odd, 1_000).value)).toEqual(['__proto__', 'long']);
});

test('an object that fits is the same, and one that does not is never larger than there is room for, but for escapes', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.integer({ min: 2, max: 500 }), (object, length) => {
      const { value, isCut } = cutObject(object as JsonObject, length);
      const size = JSON.stringify(object).length;
      expect(isCut || value === object).toBe(true);
      expect(isCut || size <= length).toBe(true);
      // The marker of a text is at least as long as 64 characters of it; escapes may add as much.
      expect(JSON.stringify(value).length).toBeLessThanOrEqual(length + 6 * 64);
    }),
  );
});

test('a number keeps its digits where its neighbour is cut', () => {
  const object = parseExactJson(`{"n":10.50,"list":[1.0],"text":"${'x'.repeat(500)}"}`) as JsonObject;
  const { value, isCut } = cutObject(object, 200);
  expect(isCut).toBe(true);
  expect(stringifyExactJson(value)).toMatch(
    /^\{"n":10\.50,"list":\[1\.0\],"text":"x+… \[truncated: 500 characters\]"\}$/,
  );
});
