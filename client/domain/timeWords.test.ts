import fc from 'fast-check';
import { readTime } from './timeRange.ts';
import { understandTime } from './timeWords.ts';

// A Thursday, in the zone of whoever runs this.
const NOW = new Date(2026, 10, 26, 13, 30).getTime();
const at = (...parts: [number, number, number, number?, number?]) =>
  new Date(parts[0], parts[1], parts[2], parts[3] ?? 0, parts[4] ?? 0).getTime();
const ends = (typed: string) => {
  const range = readTime(understandTime(typed, NOW) ?? '');
  return range?.kind === 'between' ? [range.from, range.to] : range;
};

test.each([
  ['25m', '25m'],
  ['3 days', '3d'],
  ['last 3 days', '3d'],
  ['the last hour', '1h'],
  ['past 2 weeks', '2w'],
  ['90 min', '90m'],
  ['last 2 months', '60d'],
  ['all time', ''],
  ['2026-11-01T00:00Z..', '2026-11-01T00:00Z..'],
])('%s is an age or what it says', (typed, expected) => {
  expect(understandTime(typed, NOW)).toBe(expected);
});

test.each([
  ['today', at(2026, 10, 26), null],
  ['Yesterday', at(2026, 10, 25), at(2026, 10, 26)],
  ['last week', at(2026, 10, 16), at(2026, 10, 23)],
  ['this week', at(2026, 10, 23), null],
  ['last month', at(2026, 9, 1), at(2026, 10, 1)],
  ['1 Nov', at(2026, 10, 1), at(2026, 10, 2)],
  ['1 dec', at(2025, 11, 1), at(2025, 11, 2)],
  ['Nov 1, 2024', at(2024, 10, 1), at(2024, 10, 2)],
  ['1 Nov - 3 Nov', at(2026, 10, 1), at(2026, 10, 4)],
  ['1 nov 8:00 to 1 nov 9:30', at(2026, 10, 1, 8), at(2026, 10, 1, 9, 30)],
  ['since 2026-11-20 06:00', at(2026, 10, 20, 6), null],
  ['until 20.11.2026', null, at(2026, 10, 20)],
  ['yesterday - now', at(2026, 10, 25), NOW],
])('%s is from when to when', (typed, from, to) => {
  expect(ends(typed)).toEqual([from, to]);
});

test.each(['soon', '31 feb', '3 nov - 1 nov', '25:00', '1 nov 8:00', '-3d', 'last'])(
  '%s is not understood',
  (typed) => {
    expect(understandTime(typed, NOW)).toBeNull();
  },
);

test('whatever is typed is understood as a time, as all of it, or not at all', () => {
  const words = fc.constantFrom(
    'last',
    'since',
    'to',
    '-',
    '1',
    '31',
    'nov',
    'feb',
    '2026',
    'now',
    'week',
    '8:00',
    '3d',
    'today',
    '..',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(words, { maxLength: 6 }).map((all) => all.join(' ')),
        fc.string(),
      ),
      (typed) => {
        const t = understandTime(typed, NOW);
        expect(t === null || t === '' || readTime(t) !== null).toBe(true);
      },
    ),
  );
});
