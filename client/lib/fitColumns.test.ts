import { fitColumns } from './fitColumns.ts';

const columns = [
  { name: 'time', width: 80, giveUp: 0 },
  { name: 'preview', width: 200, giveUp: 0 },
  { name: 'prompt', width: 150, giveUp: 9 },
  { name: 'cost', width: 80, giveUp: 3 },
];
const names = (width: number) => fitColumns(columns, width).map(({ name }) => name);

test('columns are given up by rank until the rest has room, and the first ones stay', () => {
  expect(names(510)).toEqual(['time', 'preview', 'prompt', 'cost']);
  expect(names(509)).toEqual(['time', 'preview', 'cost']);
  expect(names(300)).toEqual(['time', 'preview']);
  expect(names(10)).toEqual(['time', 'preview']);
});
