import { axisTicks, highestOf } from './axisTicks.ts';

test.each([
  [235, true, [0, 50, 100, 150, 200, 250]],
  [250, true, [0, 50, 100, 150, 200, 250]],
  [251, true, [0, 100, 200, 300]],
  [0.298, false, [0, 0.1, 0.2, 0.3]],
  [0.3, false, [0, 0.1, 0.2, 0.3]],
  [148_000, true, [0, 50_000, 100_000, 150_000]],
  [1, true, [0, 1]],
  [3, true, [0, 1, 2, 3]],
  [7, true, [0, 2, 4, 6, 8]],
  // Half a request makes no sense, half a second does.
  [11, true, [0, 5, 10, 15]],
  [11, false, [0, 2.5, 5, 7.5, 10, 12.5]],
  [1e-9, false, [0, 2e-10, 4e-10, 6e-10, 8e-10, 1e-9]],
  [9.99e20, false, [0, 2e20, 4e20, 6e20, 8e20, 1e21]],
])('of %d, whole: %s', (highest, isWhole, ticks) => {
  expect(axisTicks(highest, isWhole)).toEqual(ticks);
});

test.each([0, -1, NaN, Infinity])('leaves %d to the library', (highest) => {
  expect(axisTicks(highest, false)).toBeUndefined();
});

test('reach over whatever is drawn, with at most six lines', () => {
  for (let number = 1; number < 5_000; number += 7) {
    for (const highest of [number, number / 1_000, number * 1e7]) {
      const ticks = axisTicks(highest, false) ?? [];
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(highest);
      expect(ticks.at(-2)).toBeLessThan(highest);
      expect(ticks.length).toBeLessThanOrEqual(6);
    }
  }
});

test('the highest is the sum where layers stand on each other, and what is not known counts as nothing', () => {
  const row = { at: 'a', until: 'b', label: '', values: { x: 2, y: 3, z: null } };
  const layers = ['x', 'y', 'z'].map((name) => ({ name, color: 'red' }));
  expect([highestOf([row], layers, true), highestOf([row], layers, false), highestOf([], layers, true)]).toEqual([
    5, 3, 0,
  ]);
});
