import { chooseGroups } from './chooseGroups.ts';

const choice = (value: string, requests = 100) => ({ value, requests, first_at: '', last_at: '' });

test.each([
  ['the youngest and the one before it', 'release', [choice('3'), choice('2'), choice('1')], { a: '2', b: '3' }],
  ['of the same name', 'prompt', [choice('x@2'), choice('y@1'), choice('x@1')], { a: 'x@1', b: 'x@2' }],
  ['with enough requests', 'release', [choice('3', 2), choice('2'), choice('1')], { a: '1', b: '2' }],
  ['if there are such', 'release', [choice('3', 2), choice('2')], { a: '2', b: '3' }],
  ['the most frequent models', 'model', [choice('new', 40), choice('a', 90), choice('b', 80)], { a: 'b', b: 'a' }],
  ['one alone', 'release', [choice('1')], { a: undefined, b: '1' }],
  ['none', 'release', [], { a: undefined, b: undefined }],
  ['the last days', 'period', [], { a: undefined, b: '7d' }],
] as const)('chosen are %s, by %s', (_, by, choices, expected) => {
  expect(chooseGroups(by, {}, choices)).toEqual(expected);
});

test('what the address says counts, and the other one is another', () => {
  const choices = [choice('3'), choice('2'), choice('1')];
  expect(chooseGroups('release', { a: '3' }, choices)).toEqual({ a: '3', b: '2' });
  expect(chooseGroups('release', { b: '1' }, choices)).toEqual({ a: '3', b: '1' });
  expect(chooseGroups('release', { a: 'x', b: 'y' }, choices)).toEqual({ a: 'x', b: 'y' });
});
