import type { DataHealth, DataHealthHour, HealthNote } from '#shared/dataHealth';
import { toFindings } from './findings.ts';
import { formatHour, hourStarts } from './hours.ts';

const none = {
  accepted: 0,
  duplicate: 0,
  updated: 0,
  rejected: 0,
  dropped: [],
  truncated: 0,
  clock_skewed: 0,
  requests: 0,
  without_usage: 0,
  without_price: 0,
};
const hour = (at: string, fields: Partial<DataHealthHour>): DataHealthHour => ({ ...none, hour: at, ...fields });
const health = (fields: Partial<DataHealth>): DataHealth => ({
  from: '2026-11-20T10:00:00.000Z',
  to: '2026-11-20T13:20:00.000Z',
  totals: none,
  sources: [],
  hours: [],
  notes: [],
  waiting: { spans: 0, log_records: 0 },
  ...fields,
});

test('what came in is always said; what did not happen is not', () => {
  expect(toFindings(health({})).map(({ id, count }) => [id, count])).toEqual([
    ['accepted', 0],
    ['requests', 0],
  ]);
});

test('each count has its hours, and an hour without anything is zero', () => {
  const findings = toFindings(
    health({
      totals: { ...none, accepted: 7, without_usage: 2, dropped: [{ reason: 'no_ai_work', count: 30 }] },
      hours: [
        hour('2026-11-20T10:00:00.000Z', { accepted: 5, without_usage: 2 }),
        hour('2026-11-20T12:00:00.000Z', { accepted: 2, dropped: [{ reason: 'no_ai_work', count: 30 }] }),
      ],
    }),
  );
  expect(findings.map(({ id, count, hours }) => [id, count, hours])).toEqual([
    ['accepted', 7, [5, 0, 2, 0]],
    ['requests', 0, [0, 0, 0, 0]],
    ['without_usage', 2, [2, 0, 0, 0]],
    ['dropped.no_ai_work', 30, [0, 0, 30, 0]],
  ]);
});

test('a reason that this dashboard does not know yet is shown under its own name', () => {
  const [, , drop, note] = toFindings(
    health({
      totals: { ...none, dropped: [{ reason: 'constructor', count: 1 }] },
      notes: [{ reason: 'odd_thing', count: 3 }],
    }),
  );
  expect(drop).toMatchObject({ title: 'Dropped: constructor', count: 1, tone: 'loss' });
  expect(note).toMatchObject({ title: 'odd_thing', count: 3, hours: null });
});

test.each<HealthNote>(['exclusive_usage', 'bad_token_count', 'too_many_attributes', 'reported_total'])(
  'what the server notes as %s has words here',
  (reason) => {
    const note = toFindings(health({ notes: [{ reason, count: 2 }] })).find(({ id }) => id === `note.${reason}`);
    expect(note).toMatchObject({ count: 2, tone: 'plain', title: expect.stringMatching(/^[A-Z]/) });
  },
);

test('an hour is said short, in the zone of the reader', () => {
  expect(formatHour('2026-11-26T22:00:00.000Z', 'UTC')).toBe('Thu 26 Nov 22:00');
  expect(formatHour('2026-11-26T22:00:00.000Z', 'Asia/Kolkata')).toBe('Fri 27 Nov 03:30');
});

test('the hours reach from the first to the one that is not over', () => {
  expect(hourStarts({ from: '2026-11-20T10:00:00.000Z', to: '2026-11-20T12:00:00.000Z' })).toHaveLength(2);
  expect(hourStarts({ from: '2026-11-20T10:00:00.000Z', to: '2026-11-20T12:00:01.000Z' })).toHaveLength(3);
});
