import { zonedBuckets } from './zonedBuckets.ts';

const days = (from: string, to: string, zone: string, interval: 'day' | 'week' | 'month' = 'day') =>
  zonedBuckets({ from: Date.parse(from), to: Date.parse(to) }, interval, zone)?.map((at) =>
    new Date(at).toISOString().slice(0, 16),
  );

test('days begin at midnight of their zone, also where its clocks change', () => {
  expect(days('2026-03-28T12:00Z', '2026-03-30T12:00Z', 'Europe/Oslo')).toEqual([
    '2026-03-27T23:00',
    '2026-03-28T23:00',
    '2026-03-29T22:00',
    '2026-03-30T22:00',
  ]);
  expect(days('2026-10-25T00:00Z', '2026-10-26T00:00Z', 'Europe/Oslo')).toEqual([
    '2026-10-24T22:00',
    '2026-10-25T23:00',
    '2026-10-26T23:00',
  ]);
});

test('zones of half hours and quarters, and a midnight that is skipped', () => {
  expect(days('2026-11-01T12:00Z', '2026-11-01T13:00Z', 'Asia/Kolkata')).toEqual([
    '2026-10-31T18:30',
    '2026-11-01T18:30',
  ]);
  expect(days('2026-06-01T12:00Z', '2026-06-01T13:00Z', 'Asia/Kathmandu')).toEqual([
    '2026-05-31T18:15',
    '2026-06-01T18:15',
  ]);
  // In Beirut the clocks go from 0:00 to 1:00.
  expect(days('2026-03-28T12:00Z', '2026-03-29T12:00Z', 'Asia/Beirut')).toEqual([
    '2026-03-27T22:00',
    '2026-03-28T22:00',
    '2026-03-29T21:00',
  ]);
});

test('weeks begin on Monday, months on their first day', () => {
  expect(days('2026-11-26T12:00Z', '2026-11-27T12:00Z', 'UTC', 'week')).toEqual([
    '2026-11-23T00:00',
    '2026-11-30T00:00',
  ]);
  expect(days('2026-11-26T12:00Z', '2026-12-05T12:00Z', 'UTC', 'month')).toEqual([
    '2026-11-01T00:00',
    '2026-12-01T00:00',
    '2027-01-01T00:00',
  ]);
});

test('more buckets than a series holds are refused', () => {
  expect(zonedBuckets({ from: 0, to: 500 * 86_400_000 }, 'day', 'UTC')).toBeNull();
});
