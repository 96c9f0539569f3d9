import { completeWord, suggestWords } from './querySuggestions.ts';

const VALUES: Record<string, string[]> = { model: ['gpt-4o', 'o3', 'my model'] };
const words = (text: string) => suggestWords(text, (field) => VALUES[field] ?? []).map(({ word }) => word);

test('fields are offered where a term begins, also behind a minus and a bracket', () => {
  expect(words('la')).toEqual(['latency:']);
  expect(words('status:error -la')).toEqual(['-latency:']);
  expect(words('(mod')).toEqual(['model:']);
});

test('values in view and those that there are, where one has a field', () => {
  expect(words('model:')).toEqual(['model:gpt-4o', 'model:o3', 'model:"my model"']);
  expect(words('status:a')).toEqual(['status:aborted']);
  expect(words('-has:to')).toEqual(['-has:tools']);
  expect(words('nothing:')).toEqual([]);
});

test('a word is completed in its place, and a value ends its term', () => {
  expect(completeWord('env:prod la', 'latency:')).toBe('env:prod latency:');
  expect(completeWord('env:prod model:gp', 'model:gpt-4o')).toBe('env:prod model:gpt-4o ');
  expect(completeWord('model:"my m', 'model:"my model"')).toBe('model:"my model" ');
});
