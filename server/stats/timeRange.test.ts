import fc from 'fast-check';
import { DAY_MS, HOUR_MS } from '#shared/durations';
import { NOON_MS, splitRange, type SplitRange, type TimeRange } from './timeRange.ts';
import { zonedBuckets } from './zonedBuckets.ts';

const START = Date.parse('2026-03-20T00:00:00Z');
const ZONES = [
  'UTC',
  'Europe/Oslo',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
] as const;
const minutes = fc.integer({ min: 0, max: 30 * 24 * 60 }).map((minute) => START + minute * 60_000);

const holds = ({ from, to }: TimeRange, time: number) => (from ?? -Infinity) <= time && time < (to ?? Infinity);

/** How often a moment is counted in each bucket, by the parts that it is read from. */
function countAt(split: SplitRange, edges: readonly number[], time: number): Map<number, number> {
  const counts = new Map<number, number>();
  const add = (at: number, sign: number) => {
    const bucket = edges.findLast((edge) => edge <= at) ?? NaN;
    counts.set(bucket, (counts.get(bucket) ?? 0) + sign);
  };
  const day = Math.floor(time / DAY_MS) * DAY_MS;
  const hour = Math.floor(time / HOUR_MS) * HOUR_MS;
  for (const range of split.days) if (holds(range, day)) add(day + NOON_MS, 1);
  for (const range of split.hours) if (holds(range, hour) && !split.exceptHours.includes(hour)) add(hour, 1);
  for (const span of split.rest) if (holds(span, time)) add(span.from, 1);
  for (const move of [...split.movedHours, ...split.movedRest]) {
    if (!holds(move, time)) continue;
    add(move.from, 1);
    add(move.countedAt, -1);
  }
  return new Map([...counts].filter(([, count]) => count !== 0));
}

test('each moment is counted once, in the bucket of its zone that it is in', () => {
  fc.assert(
    fc.property(
      fc.tuple(minutes, minutes).map(([a, b]) => [Math.min(a, b), Math.max(a, b) + 60_000] as const),
      fc.constantFrom(...ZONES),
      fc.constantFrom('hour', 'day', 'week'),
      fc.array(minutes, { minLength: 20, maxLength: 20 }),
      ([from, to], zone, interval, times) => {
        const edges = zonedBuckets({ from, to }, interval, zone);
        fc.pre(edges !== null);
        const split = splitRange({ from, to }, { finest: interval === 'hour' ? 'hour' : 'day', edges });
        for (const time of [from, to - 1, ...times]) {
          const expected = time >= from && time < to ? [[edges.findLast((edge) => edge <= time), 1]] : [];
          expect([...countAt(split, edges, time)]).toEqual(expected);
        }
        for (const { from: since, to: until } of [...split.rest, ...split.movedRest])
          expect(until - since).toBeLessThanOrEqual(HOUR_MS);
      },
    ),
    { numRuns: 500 },
  );
});

test('a month of a zone is read from days, and from the hours at their edges alone', () => {
  const [from, to] = [START, START + 30 * DAY_MS];
  const edges = zonedBuckets({ from, to }, 'day', 'Europe/Oslo') ?? [];
  const split = splitRange({ from, to }, { finest: 'day', edges });
  expect(split.days).toEqual([{ from, to }]);
  const hours = split.movedHours.reduce((sum, move) => sum + (move.to - move.from) / HOUR_MS, 0);
  expect(hours).toBeLessThanOrEqual(2 * 30);
  expect([split.hours, split.rest, split.movedRest]).toEqual([[], [], []]);
});

test('without sums of hours the ends are read from the requests, up to a day each', () => {
  const [from, to] = [START + HOUR_MS, START + 3 * DAY_MS + 90 * 60_000];
  expect(splitRange({ from, to }, { finest: 'day', hasHours: false })).toMatchObject({
    days: [{ from: START + DAY_MS, to: START + 3 * DAY_MS }],
    hours: [],
    rest: [
      { from, to: START + DAY_MS },
      { from: START + 3 * DAY_MS, to },
    ],
  });
  expect(splitRange({ from, to: from + 60_000 }, { finest: 'day', hasHours: false }).rest).toEqual([
    { from, to: from + 60_000 },
  ]);
});
