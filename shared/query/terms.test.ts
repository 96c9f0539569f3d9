import fc from 'fast-check';
import { parseQuery } from './parseQuery.ts';
import { ANY_VALUE } from './tokens.ts';
import { addTerm, formatTerm, hasTerm, readTerms, removeTerm, setTerms, type Term, toggleTerm } from './terms.ts';

const model = (value: string): Term => ({ field: 'model', value });

test('a value is quoted only where it has to be, and so is the key of a tag', () => {
  expect(formatTerm(model('gpt-4o'))).toBe('model:gpt-4o');
  expect(formatTerm({ ...model('my model'), isExcluded: true })).toBe('-model:"my model"');
  expect(formatTerm({ field: 'tag.odd key', value: 'say "hi"' })).toBe('tag."odd key":"say \\"hi\\""');
});

test('a value is asked for as it is, and a pattern as one', () => {
  expect(formatTerm(model('a*b'))).toBe('model:"a\\*b"');
  expect(formatTerm({ field: 'tag.team', value: ANY_VALUE })).toBe('tag.team:*');
  expect(readTerms('model:gpt-* -model:a\\*')).toEqual([
    { field: 'model', value: { like: 'gpt-*' }, isExcluded: false },
    { field: 'model', value: 'a*', isExcluded: true },
  ]);
  expect(addTerm('model:gpt-*', model('gpt-*'))).toBe('model:(gpt-* OR "gpt-\\*")');
  expect(removeTerm('model:(gpt-* OR "gpt-\\*")', model('gpt-*'))).toBe('model:gpt-*');
});

test.each([
  ['', model('a'), 'model:a'],
  ['status:error', model('a'), 'status:error model:a'],
  ['model:a', model('b'), 'model:(a OR b)'],
  ['model:(a OR b) env:prod', model('c'), 'model:(a OR b OR c) env:prod'],
  ['model:a', model('a'), 'model:a'],
  ['-model:a', model('a'), 'model:a'],
  ['model:(a OR b)', { ...model('a'), isExcluded: true }, 'model:b -model:a'],
  ['-model:a', { ...model('b'), isExcluded: true }, '-model:a -model:b'],
  ['tag.team:x', { field: 'tag.team', value: 'y' }, 'tag.team:(x OR y)'],
  ['has:error', { field: 'has', value: 'cost' }, 'has:error has:cost'],
  ['latency:>2s', { field: 'latency', value: '<9s' }, 'latency:>2s latency:<9s'],
  ['user_id:u1', { field: 'user', value: 'u2' }, 'user:(u1 OR u2)'],
  // What is not plain stays as it was written.
  ['status:error OR latency:>2s', model('a'), '(status:error OR latency:>2s) model:a'],
  ['-(env:dev  OR env:test)', model('a'), '-(env:dev  OR env:test) model:a'],
  ['tag.team:(x y)', { field: 'tag.team', value: 'z' }, 'tag.team:(x y) tag.team:z'],
  ['modle:read', model('a'), 'model:a'],
  ['refund "late parcel"', model('a'), 'refund "late parcel" model:a'],
] as const)('%j with one more term', (text, term, expected) => {
  expect(addTerm(text, term)).toBe(expected);
});

test.each([
  ['model:a status:error', model('a'), 'status:error'],
  ['model:(a OR b)', model('a'), 'model:b'],
  ['model:(a OR "b c" OR d)', model('a'), 'model:("b c" OR d)'],
  ['model:a', model('b'), 'model:a'],
  ['-model:a', model('a'), '-model:a'],
  ['model:a OR model:b', model('a'), 'model:a OR model:b'],
] as const)('%j without a term', (text, term, expected) => {
  expect(removeTerm(text, term)).toBe(expected);
});

test('the terms that are set are read, by the names that fields have', () => {
  expect(readTerms('environment:prod -model:(a OR "b c") (x:1 OR y:2) latency:>2s tag."odd key":v')).toEqual([]);
  expect(readTerms('environment:prod -model:(a OR "b c") (env:a OR env:b) latency:>2s tag."odd key":v')).toEqual([
    { field: 'env', value: 'prod', isExcluded: false },
    { field: 'model', value: 'a', isExcluded: true },
    { field: 'model', value: 'b c', isExcluded: true },
    { field: 'latency', value: '>2s', isExcluded: false },
    { field: 'tag.odd key', value: 'v', isExcluded: false },
  ]);
  expect(readTerms('model:a OR model:b')).toEqual([]);
});

test('a range replaces the one before it, and an empty one takes it away', () => {
  expect(setTerms('env:prod latency:>2s', 'latency', ['>=1s', '<9s'])).toBe('env:prod latency:>=1s latency:<9s');
  expect(setTerms('env:prod latency:>2s', 'latency', [])).toBe('env:prod');
  expect(setTerms('-model:c', 'model', ['a', 'b'])).toBe('model:(a OR b)');
});

test('AND goes with the terms beside it, and TAG is tag', () => {
  expect(removeTerm('env:prod AND model:a', { field: 'env', value: 'prod' })).toBe('model:a');
  expect(['env:prod', 'model:a'].map((text) => readTerms(text)[0]!).reduce(removeTerm, 'env:prod AND model:a')).toBe(
    '',
  );
  expect(hasTerm('TAG.team:x', { field: 'tag.team', value: 'x' })).toBe(true);
  expect(addTerm('TAG.team:x', { field: 'tag.team', value: 'y' })).toBe('tag.team:(x OR y)');
});

const field = fc.oneof(
  fc.constantFrom('model', 'env', 'user', 'session', 'prompt', 'finish', 'name'),
  fc.string({ minLength: 1, unit: 'grapheme' }).map((key) => `tag.${key}`),
);
const value = fc.string({ maxLength: 60, unit: 'grapheme' });
const terms = fc
  .array(fc.record({ field, value, isExcluded: fc.boolean() }), { maxLength: 6 })
  .filter((all) => all.every((term) => !(term.field + term.value).includes('\0')));

test('whatever is added can be read, is found again, and what is removed is gone', () => {
  fc.assert(
    fc.property(terms, (all) => {
      const text = all.reduce(addTerm, '');
      fc.pre(text.length <= 1_000);
      expect(parseQuery(text).problem).toBeNull();
      const last = all.at(-1);
      expect(last === undefined || hasTerm(text, last)).toBe(true);
      // A later term takes back its opposite.
      for (const term of readTerms(text)) expect(hasTerm(removeTerm(text, term), term)).toBe(false);
      expect(readTerms(text).reduce(removeTerm, text)).toBe('');
    }),
  );
});

test('whatever a value is, it is asked for exactly, alone and among others', () => {
  const odd = fc.array(fc.constantFrom('*', '\\', '"', '(', ')', ' ', '\n', '-', ':', '..', '>', '@', 'OR', 'a'));
  const any = fc.oneof(
    odd.map((parts) => parts.join('')),
    fc.string({ unit: 'grapheme', maxLength: 60 }).filter((text) => !text.includes('\0')),
  );
  fc.assert(
    fc.property(fc.constantFrom('model', 'error.message', 'tag.odd "key" *'), any, any, (name, one, other) => {
      const term = { field: name, value: one };
      const asked = (text: string) => JSON.stringify(parseQuery(text));
      expect(asked(formatTerm(term))).toContain(`"value":${JSON.stringify(one)}`);
      const both = addTerm(formatTerm({ field: name, value: other }), term);
      expect(asked(both)).toContain(`"value":${JSON.stringify(one)}`);
      expect(asked(both)).toContain(`"value":${JSON.stringify(other)}`);
    }),
  );
});

test('to toggle twice asks what was asked before', () => {
  const asked = (text: string) => readTerms(text).map(formatTerm).toSorted();
  fc.assert(
    fc.property(terms, field, value, (all, name, one) => {
      const text = all.reduce(addTerm, '');
      const term = { field: name, value: one };
      fc.pre(text.length < 800 && !one.includes('\0') && !name.includes('\0'));
      // An excluded value is taken back by including it.
      fc.pre(!hasTerm(text, { ...term, isExcluded: true }));
      expect(asked(toggleTerm(toggleTerm(text, term), term))).toEqual(asked(text));
    }),
  );
});
