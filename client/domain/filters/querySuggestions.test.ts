import { completeWord, suggestWords, wantedValues } from './querySuggestions.ts';

const MODELS = ['gpt-4o', 'o3', 'my model'].map((value, at) => ({ value, count: 10 - at }));
const words = (text: string, known = MODELS) => suggestWords(text, known).map(({ word }) => word);

test('fields are offered where a term begins, also behind a minus and a bracket', () => {
  expect(words('la')).toEqual(['latency:']);
  expect(words('status:error -la')).toEqual(['-latency:']);
  expect(words('(mod')).toEqual(['model:']);
  expect(words('is')).toEqual(['is:']);
});

test('the values that requests have, and those that there are, where one has a field', () => {
  expect(words('model:')).toEqual(['model:gpt-4o', 'model:o3', 'model:"my model"']);
  expect(suggestWords('model:o', MODELS)[1]?.about).toBe('9 requests');
  expect(words('status:a', [])).toEqual(['status:aborted']);
  expect(words('status:', [{ value: 'error', count: 3 }])).toEqual([
    'status:error',
    'status:success',
    'status:aborted',
    'status:incomplete',
  ]);
  expect(words('-has:to', [])).toEqual(['-has:tools']);
  expect(words('is:s', [])).toContain('is:slow');
  expect(words('nothing:')).toEqual([]);
});

test('keys of tags and their values', () => {
  const keys = ['team', 'odd key'].map((value) => ({ value, count: 1 }));
  expect(words('tag.', keys)).toEqual(['tag.team:', 'tag."odd key":']);
  expect(words('tag."odd key":', [{ value: '50%', count: 1 }])).toEqual(['tag."odd key":50%']);
});

test('of numbers, what more, less and between look like', () => {
  expect(words('latency:', [])).toEqual(['latency:>1s', 'latency:>10s', 'latency:1s..5s']);
  expect(words('latency:>', [])).toEqual([]);
});

test.each([
  ['', null],
  ['mod', null],
  ['model:gp', { field: 'model', prefix: 'gp' }],
  ['x -environment:"pr', { field: 'env', prefix: 'pr' }],
  ['tag.te', { field: 'tag', prefix: 'te' }],
  ['tag."odd key":5', { field: 'tag.odd key', prefix: '5' }],
  ['latency:', null],
  ['nothing:', null],
])('%j asks the server for %j', (text, wanted) => {
  expect(wantedValues(text)).toEqual(wanted);
});

test('a word is completed in its place, and a value ends its term', () => {
  expect(completeWord('env:prod la', 'latency:')).toBe('env:prod latency:');
  expect(completeWord('env:prod model:gp', 'model:gpt-4o')).toBe('env:prod model:gpt-4o ');
  expect(completeWord('model:"my m', 'model:"my model"')).toBe('model:"my model" ');
});

test('words that were typed or pasted are offered in one piece, beside what else is asked', () => {
  expect(suggestWords('return the Orm', [])[0]).toEqual({ word: '"return the Orm"', about: 'the words in one piece' });
  expect(completeWord('return the Orm', '"return the Orm"')).toBe('"return the Orm" ');
  expect(completeWord('status:error  late  parcel ', '"late parcel"')).toBe('status:error  "late parcel" ');
  for (const text of ['return', 'status:error late', '-late parcel:', 'late OR', 'late OR early', '"late parcel"']) {
    expect(words(text, []).filter((word) => word.startsWith('"'))).toEqual([]);
  }
});
