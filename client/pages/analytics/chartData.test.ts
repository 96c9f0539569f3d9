import type { SeriesPoint, StatsSeries } from '#shared/stats';
import { rowsByGroup, rowsOf, toCsv } from './chartData.ts';

const point = (at: string, fields: Partial<SeriesPoint> = {}): SeriesPoint => ({
  at,
  requests: 2,
  errors: 0,
  cost_usd: '0.5',
  unpriced_requests: 0,
  unmeasured_requests: 0,
  input_tokens: 3,
  output_tokens: 4,
  cached_input_tokens: 0,
  reasoning_tokens: 0,
  p50_latency_ms: 10,
  p95_latency_ms: 20,
  p99_latency_ms: 30,
  p50_ttft_ms: null,
  p95_ttft_ms: null,
  p50_tokens_per_second: null,
  ...fields,
});
const STARTS = ['2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z', '2026-10-26T23:00:00.000Z'];
const series = (groups: StatsSeries['groups']): StatsSeries => ({
  interval: 'day',
  time_zone: 'Europe/Oslo',
  starts: STARTS,
  groups,
  is_folded: false,
  counted_back_to: null,
  percentiles_back_to: null,
});

test('a day without requests is zero where it is counted, and a gap where nothing is known', () => {
  const one = series([{ value: null, is_other: false, points: [point(STARTS[1] ?? '')] }]);
  const requests = { name: 'Requests', color: 'x', value: (each: SeriesPoint) => each.requests };
  const latency = { name: 'p95', color: 'x', value: (each: SeriesPoint) => each.p95_latency_ms };
  expect(rowsOf(one, [requests], true).map(({ label, values }) => [label, values.Requests])).toEqual([
    ['25 Oct', 0],
    ['26 Oct', 2],
  ]);
  expect(rowsOf(one, [latency], false).map(({ values }) => values.p95)).toEqual([null, 20]);
});

test('values that are told apart are layers, the rarer ones together', () => {
  const { rows, layers } = rowsByGroup(
    series([
      { value: 'gpt-4o', is_other: false, points: [point(STARTS[0] ?? '')] },
      { value: null, is_other: true, points: [point(STARTS[1] ?? '', { requests: 7 })] },
    ]),
    ({ requests }) => requests,
    { none: 'no model' },
  );
  expect(layers.map(({ name }) => name)).toEqual(['gpt-4o', 'other values']);
  expect(rows.map(({ values }) => values)).toEqual([
    { 'gpt-4o': 2, 'other values': 0 },
    { 'gpt-4o': 0, 'other values': 7 },
  ]);
});

test('CSV is read as text by a spreadsheet', () => {
  const rows = [{ at: STARTS[0] ?? '', label: '', values: { '=1+1': 3, 'a "b", c': null } }];
  expect(toCsv(rows, ['\n=1', '＝1'])).toBe(`start,"'\n=1",'＝1\r\n${STARTS[0]},,\r\n`);
  expect(toCsv(rows, ['=1+1', 'a "b", c'])).toBe(`start,'=1+1,"a ""b"", c"\r\n${STARTS[0]},3,\r\n`);
});
