import { formatExact, formatMoment, formatRelative } from './time.ts';

const NOW = Date.parse('2026-11-24T12:00:00.000Z');

test.each([
  ['2026-11-24T12:00:30.000Z', 'just now'],
  ['2026-11-24T11:59:57.000Z', 'just now'],
  ['2026-11-24T11:59:48.000Z', '12 s ago'],
  ['2026-11-24T11:57:00.000Z', '3 min ago'],
  ['2026-11-24T09:30:00.000Z', '2 h ago'],
  ['2026-11-20T12:00:00.000Z', '4 d ago'],
  ['2026-10-01T12:00:00.000Z', '1 Oct 2026'],
])('%s reads %s at noon of 24 November', (instant, text) => {
  expect(formatRelative(instant, NOW)).toBe(text);
});

test('the exact time has milliseconds and names its zone', () => {
  expect(formatExact('2026-11-24T12:00:00.120Z', 'UTC')).toBe('24 Nov 2026, 12:00:00.120 UTC');
});

test('a moment is exact and short', () => {
  expect(formatMoment('2026-11-24T12:00:00.120Z', 'UTC')).toBe('24 Nov, 12:00:00.120');
});
