import type { Strip, StripBucket } from '#shared/stats';
import { barsOf } from './pulseBars.ts';

const bucket = (at: string, fields: Partial<StripBucket> = {}): StripBucket => ({
  at,
  requests: 4,
  errors: 1,
  cost_usd: '0.5',
  unpriced_requests: 0,
  input_tokens: 30,
  output_tokens: 10,
  p50_latency_ms: 100,
  p95_latency_ms: 400,
  ...fields,
});
const strip = (buckets: StripBucket[]): Strip => ({
  from: '2026-11-01T00:00:00.000Z',
  to: '2026-11-01T03:00:00.000Z',
  bucket_ms: 3_600_000,
  buckets,
  counted_back_to: null,
  percentiles_back_to: null,
});

test('errors stand below what succeeded, and an hour without requests is an empty bar', () => {
  const bars = barsOf(strip([bucket('2026-11-01T01:00:00.000Z')]), 'requests', 'UTC');
  expect(bars.map(({ when }) => when)).toEqual(['Sun 1 Nov 00:00', 'Sun 1 Nov 01:00', 'Sun 1 Nov 02:00']);
  expect(bars.map(({ parts }) => parts)).toEqual([
    [],
    [
      { kind: 'error', share: 0.25 },
      { kind: 'main', share: 0.75 },
    ],
    [],
  ]);
  expect(bars.map(({ says }) => says)).toEqual(['no requests', '4 requests, 1 error', 'no requests']);
});

test('what is not known is a gap and said so, never zero', () => {
  const unknown = bucket('2026-11-01T00:00:00.000Z', {
    p50_latency_ms: null,
    p95_latency_ms: null,
    unpriced_requests: 4,
    cost_usd: '0',
  });
  const known = bucket('2026-11-01T02:00:00.000Z', { unpriced_requests: 2 });
  expect(barsOf(strip([unknown, known]), 'p95', 'UTC').map(({ says, parts }) => [says, parts.length])).toEqual([
    ['latency not reported', 0],
    ['no requests', 0],
    ['p50 100 ms, p95 400 ms', 2],
  ]);
  expect(barsOf(strip([unknown, known]), 'cost', 'UTC').map(({ says }) => says)).toEqual([
    'cost not known',
    'no requests',
    '$0.50, and 2 without a price',
  ]);
});

test('nothing at all has no bars', () => {
  expect(barsOf({ ...strip([]), from: null, to: null }, 'requests')).toEqual([]);
});
