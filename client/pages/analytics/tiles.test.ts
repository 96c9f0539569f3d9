import type { SeriesPoint, StatsTotals } from '#shared/stats';
import { tilesOf, usersTile } from './tiles.ts';

const totals = (fields: Partial<StatsTotals> = {}): StatsTotals => ({
  requests: 200,
  errors: 10,
  input_tokens: 1_000,
  output_tokens: 500,
  total_tokens: 1_500,
  cached_input_tokens: 250,
  reasoning_tokens: 0,
  cost_usd: '3.96',
  unpriced_requests: 2,
  unmeasured_requests: 0,
  avg_latency_ms: 812.5,
  p50_latency_ms: 700,
  p95_latency_ms: 2_000.4,
  p99_latency_ms: 3_000,
  p50_ttft_ms: null,
  p95_ttft_ms: null,
  p50_tokens_per_second: null,
  counted_back_to: null,
  percentiles_back_to: null,
  percentiles_within: 0,
  ...fields,
});
const tile = (title: string, now: StatsTotals, before?: StatsTotals, points: (SeriesPoint | undefined)[] = []) =>
  tilesOf({ totals: now, before, points }).find((each) => each.title === title);

test('each number is that of the totals, to the last digit on hover', () => {
  expect(tile('Total requests', totals())).toMatchObject({ value: '200', exact: '200', change: null });
  expect(tile('Error rate', totals())).toMatchObject({ value: '5%', exact: '10 of 200', detail: '10 errors' });
  expect(tile('Cost', totals())).toMatchObject({ value: '$3.96', exact: '$3.96' });
  expect(tile('Cost a request', totals())).toMatchObject({ value: '$0.020', detail: 'of 198 priced requests' });
  expect(tile('Cached input', totals())).toMatchObject({ value: '25%', exact: '250 of 1,000 input tokens' });
  expect(tile('Avg latency', totals())).toMatchObject({ exact: '812.5 ms' });
  expect(tile('Time to first token', totals())).toMatchObject({ value: '–', detail: 'of no stream' });
  expect(tile('Time to first token', totals({ p50_ttft_ms: 365, p95_ttft_ms: 4_800.7 }))).toMatchObject({
    value: '365 ms',
    detail: 'p95 4.80 s',
    terms: [{ field: 'ttft', value: '>=4800ms' }],
  });
  expect(tile('p95 latency', totals())?.terms).toEqual([{ field: 'latency', value: '>=2000ms' }]);
});

test('a change is of the value, of a share in points, and says which way is good', () => {
  const before = totals({ requests: 160, errors: 4, p95_latency_ms: 1_000.2, cached_input_tokens: 100 });
  expect(tile('Total requests', totals(), before)?.change).toEqual({ text: '+25%', tone: 'neutral', before: '160' });
  expect(tile('Error rate', totals(), before)?.change).toEqual({ text: '+2.5 points', tone: 'bad', before: '2.5%' });
  expect(tile('p95 latency', totals(), before)?.change).toMatchObject({ text: '+100%', tone: 'bad' });
  expect(tile('Cached input', totals(), before)?.change).toMatchObject({ text: '+15 points', tone: 'good' });
  expect(tile('Total requests', totals(), totals())?.change?.text).toBe('no change');
  expect(tile('Total requests', totals({ requests: 80 }), before)?.change?.text).toBe('−50%');
  expect(tile('Total requests', totals(), totals({ requests: 0 }))?.change?.text).toBe('new');
});

test('what is not known is no zero and has no change', () => {
  const unpriced = totals({ cost_usd: '0', unpriced_requests: 200 });
  expect(tile('Cost', unpriced, totals())).toMatchObject({ value: '–', change: null });
  expect(tile('Cost a request', unpriced)).toMatchObject({ value: '–' });
  expect(tile('Error rate', totals({ requests: 0, errors: 0 }), totals())).toMatchObject({ value: '–', change: null });
  expect(tile('p95 latency', totals({ p95_latency_ms: null }))?.terms).toEqual([]);
});

test('of the latest requests alone nothing is compared', () => {
  const part = totals({ counted_back_to: '2026-11-01T00:00:00.000Z' });
  expect(tile('Total requests', part, totals())).toMatchObject({ value: '200+', change: null });
  expect(tile('Total requests', totals(), part)?.change).toBeNull();
  expect(usersTile(120, 60, true)).toMatchObject({ value: '120+', change: null });
  expect(usersTile(120, 60, false).change?.text).toBe('+100%');
});

test('a line is zero where nothing happened, and has a gap where nothing is known', () => {
  expect(tile('Total requests', totals(), undefined, [undefined])?.line).toEqual([0]);
  expect(tile('p95 latency', totals(), undefined, [undefined])?.line).toEqual([null]);
  expect(tile('Error rate', totals(), undefined, [undefined])?.line).toEqual([null]);
});
