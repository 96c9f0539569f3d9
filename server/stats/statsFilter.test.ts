import { parseStatsFilter } from './statsFilter.ts';

const now = new Date('2026-08-10T00:00:00Z');

test.each(['started:2026-08-01..2026-08-02 model:m', 'model:m (started:>=2026-08-01 started:<=2026-08-02)'])(
  '%s asks of time what a range does, and of what else by itself',
  (q) => {
    expect(parseStatsFilter({ q }, now)).toEqual({
      plain: {},
      terms: [{ kind: 'text', field: 'model', value: 'm' }],
      from: Date.parse('2026-08-01T00:00:00Z'),
      to: Date.parse('2026-08-03T00:00:00Z'),
    });
  },
);
