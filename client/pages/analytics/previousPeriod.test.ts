import { readTime } from '../../domain/timeRange.ts';
import { comparedBounds } from './previousPeriod.ts';

const NOW = Date.parse('2026-11-26T12:00:30Z');
const compare = (t: string, comparison: 'before' | 'week' | 'off' = 'before') =>
  comparedBounds(readTime(t), comparison, NOW);

test('an age is compared with as long a time before it, which ends where it begins', () => {
  expect(compare('30d')).toEqual({ from: '2026-09-27T12:00:00.000Z', to: '2026-10-27T12:00:00.000Z' });
  expect(compare('1h')).toEqual({ from: '2026-11-26T10:00:00.000Z', to: '2026-11-26T11:00:00.000Z' });
});

test('a fixed time is compared with the one before it, or with whole weeks earlier', () => {
  const t = '2026-11-02T00:00Z..2026-11-05T00:00Z';
  expect(compare(t)).toEqual({ from: '2026-10-30T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z' });
  expect(compare(t, 'week')).toEqual({ from: '2026-10-26T00:00:00.000Z', to: '2026-10-29T00:00:00.000Z' });
  // Ten days and those a week earlier would overlap.
  expect(compare('2026-11-02T00:00Z..2026-11-12T00:00Z', 'week')).toEqual({
    from: '2026-10-19T00:00:00.000Z',
    to: '2026-10-29T00:00:00.000Z',
  });
});

test('what has no beginning, or shall not be compared, is compared with nothing', () => {
  expect(compare('..2026-11-02T00:00Z')).toBeNull();
  expect(compare('30d', 'off')).toBeNull();
  expect(comparedBounds(null, 'before', NOW)).toBeNull();
  expect(compare('2026-11-02T00:00Z..')).toEqual({
    from: '2026-10-08T12:00:00.000Z',
    to: '2026-11-02T00:00:00.000Z',
  });
});
