import { beginOfLatest, readPeriod } from './period.ts';

const NOW = new Date('2026-11-26T12:00:00.000Z');

test('without a beginning it is the 30 days before the end', () => {
  expect(readPeriod({}, NOW)).toEqual({ from: '2026-10-27T12:00:00.000Z', to: '2026-11-26T12:00:00.000Z' });
  expect(readPeriod({ to: '2026-01-31T00:00:00Z' }, NOW)).toEqual({
    from: '2026-01-01T00:00:00.000Z',
    to: '2026-01-31T00:00:00.000Z',
  });
  expect(readPeriod({ from: '2026-11-26T13:00:00+02:00' }, NOW).from).toBe('2026-11-26T11:00:00.000Z');
});

const PERIOD = readPeriod({}, NOW);
const DAYS = [
  { day: '2026-11-26T00:00:00.000Z', requests: 100 },
  { day: '2026-11-25T00:00:00.000Z', requests: 200 },
  { day: '2026-11-24T00:00:00.000Z', requests: 300 },
];

test.each([
  ['all of them', 600, PERIOD.from],
  ['more than there are', 10_000, PERIOD.from],
  ['half of a day', 200, '2026-11-25T12:00:00.000Z'],
  ['half of today, which ends now', 50, '2026-11-26T06:00:00.000Z'],
  ['none', 0, '2026-11-26T12:00:00.000Z'],
])('the latest requests: %s', (_, most, expected) => {
  expect(beginOfLatest(PERIOD, DAYS, most)).toBe(expected);
});

test('a day before the period is left out', () => {
  const period = { from: '2026-11-24T23:00:00.000Z', to: PERIOD.to };
  expect(beginOfLatest(period, DAYS, 301)).toBe('2026-11-24T23:55:12.000Z');
  expect(beginOfLatest(period, DAYS, 350)).toBe(period.from);
});
