import {
  formatChange,
  formatBytes,
  formatCompact,
  formatCount,
  formatDuration,
  formatShare,
  formatUsd,
  formatUsdMark,
  plural,
} from './formatNumber.ts';

test('counts are grouped, and shortened only where they get long', () => {
  expect(formatCount(1234567)).toBe('1,234,567');
  expect(formatCompact(99_999)).toBe('99,999');
  expect(formatCompact(1_234_567)).toBe('1.23M');
});

test('marks of an axis are told apart', () => {
  expect([0, 0.025, 0.1, 0.125, 12.5, 0.000_002].map(formatUsdMark)).toEqual([
    '$0.00',
    '$0.025',
    '$0.10',
    '$0.125',
    '$12.50',
    '$0.000002',
  ]);
});

test.each([
  [0, '0 ms'],
  [0.4, '<1 ms'],
  [842.4, '842 ms'],
  [999.7, '1.00 s'],
  [1240, '1.24 s'],
  [12_340, '12.3 s'],
  [59_960, '1 min 0 s'],
  [65_000, '1 min 5 s'],
  [3_720_000, '1 h 2 min'],
])('a duration of %d ms reads %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

test.each([
  ['0', '$0.00'],
  ['0.0000000000', '$0.00'],
  ['1234.5', '$1,234.50'],
  ['0.999', '$1.00'],
  ['0.5', '$0.50'],
  ['0.0123', '$0.012'],
  ['0.00998', '$0.010'],
  ['0.00000999', '<$0.00001'],
  ['0.0000999', '$0.00010'],
  ['0.000342', '$0.00034'],
  ['0.0000312', '$0.000031'],
  ['0.00000312', '<$0.00001'],
])('an amount of %s dollars reads %s', (amount, text) => {
  expect(formatUsd(amount)).toBe(text);
});

test('a share is never shown as nothing when there is some', () => {
  expect(formatShare(0, 10)).toBe('0%');
  expect(formatShare(0, 0)).toBe('0%');
  expect(formatShare(1, 100_000)).toBe('<0.1%');
  expect(formatShare(3, 40)).toBe('7.5%');
  expect(formatShare(1, 3)).toBe('33%');
});

test('a change is never shown as none, nor as all while something is left', () => {
  const shown = [
    [160, 200],
    [100, 95.9],
    [100, 0],
    [100_000, 300],
    [100_000, 1],
    [100_000, 100_001],
    [10, 1_000],
  ].map(([from = 0, to = 0]) => formatChange(from, to));
  expect(shown).toEqual(['+25%', '−4.1%', '−100%', '−99.7%', '−99.9%', '+<0.1%', '+9900%']);
});

test('nouns follow their number', () => {
  expect(plural(1, 'error')).toBe('1 error');
  expect(plural(1200, 'error')).toBe('1,200 errors');
});

test('sizes have a unit that fits', () => {
  expect([6, 30_000, 999_900, 1_500_000].map(formatBytes)).toEqual(['6 B', '30 kB', '1 MB', '1.5 MB']);
});
