import { dayOf, formatClock, formatDayClock, labelDay } from './clock.ts';

const AT = '2026-11-26T07:46:15.123Z';
const NOW = Date.parse('2026-11-26T12:00:00Z');

test('a time is exact and in the zone of the viewer', () => {
  expect(formatClock(AT, 'Europe/Oslo')).toBe('08:46:15');
  expect(formatDayClock(AT, 'UTC')).toBe('26 Nov 07:46:15');
  expect(dayOf('2026-11-25T23:30:00Z', 'Europe/Oslo')).toBe('2026-11-26');
});

test('a day is called by how near it is', () => {
  expect(labelDay(AT, NOW, 'UTC')).toBe('Today, Thu 26 Nov');
  expect(labelDay('2026-11-25T23:30:00Z', NOW, 'UTC')).toBe('Yesterday, Wed 25 Nov');
  expect(labelDay('2026-11-24T23:30:00Z', NOW, 'UTC')).toBe('Tue 24 Nov');
  expect(labelDay('2025-11-24T23:30:00Z', NOW, 'UTC')).toBe('Mon 24 Nov 2025');
});
