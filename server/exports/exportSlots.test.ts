import { ExportSlots } from './exportSlots.ts';

test('however many organizations have all that they may, there is a slot for the next ones', () => {
  const slots = new ExportSlots({ all: 8, each: 2 });
  for (const tenant of ['a', 'b', 'c']) for (let count = 0; count < 2; count++) slots.take(tenant);
  expect(() => slots.take('a')).toThrow(/2 exports of this organization are running/);
  slots.take('d');
  // A second one would be the last that is left.
  expect(() => slots.take('d')).toThrow(/1 exports? of this organization/);
  const giveBack = slots.take('e');
  expect(() => slots.take('f')).toThrow(/As many exports as may/);
  giveBack();
  slots.take('f');
});
