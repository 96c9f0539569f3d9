import fc from 'fast-check';
import { Histogram, percentilesBy } from './histogram.ts';
import { BUCKET_GROWTH } from './histogramSql.ts';

const middleOf = (bucket: number) => BUCKET_GROWTH ** (bucket + 0.5);
const textOf = (numbers: readonly (number | null)[]) => `{${numbers.map((each) => each ?? 'NULL').join(',')}}`;

test('the percentiles of what several histograms hold together, of each kind by itself', () => {
  const Counts = fc.array(fc.tuple(fc.nat(999), fc.integer({ min: 1, max: 5 })), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(fc.array(Counts, { minLength: 1, maxLength: 5 }), Counts, (latencies, ttfts) => {
      const sum = new Histogram();
      for (const counts of latencies) {
        sum.add({
          buckets: textOf(counts.map(([bucket]) => bucket)),
          counts: textOf(counts.map(([, n]) => n)),
          sign: 1,
        });
      }
      sum.add({
        buckets: textOf(ttfts.map(([bucket]) => 1_000 + bucket)),
        counts: textOf(ttfts.map(([, n]) => n)),
        sign: 1,
      });
      const expected = (counts: readonly (readonly [number, number])[], part: number) => {
        const values = counts
          .flatMap(([bucket, n]) => Array.from({ length: n }, () => bucket))
          .toSorted((a, b) => a - b);
        return middleOf(values[Math.ceil(part * values.length) - 1] ?? NaN);
      };
      const found = sum.percentiles();
      expect(found?.p50_latency_ms).toBeCloseTo(expected(latencies.flat(), 0.5), 6);
      expect(found?.p99_latency_ms).toBeCloseTo(expected(latencies.flat(), 0.99), 6);
      expect(found?.p95_ttft_ms).toBeCloseTo(expected(ttfts, 0.95), 6);
      expect(found?.p50_tokens_per_second).toBeNull();
    }),
  );
});

test('what is taken off again counts nowhere, and of nothing there are no percentiles', () => {
  const sum = new Histogram();
  sum.add({ buckets: '{10,20,1030}', counts: '{5,1,2}', sign: 1 });
  sum.add({ buckets: '{1030,10}', counts: '{2,5}', sign: -1 });
  expect(sum.percentiles()).toMatchObject({ p50_latency_ms: middleOf(20), p50_ttft_ms: null });
  sum.add({ buckets: '{20}', counts: '{1}', sign: -1 });
  expect(sum.percentiles()).toBeNull();
  expect(new Histogram().percentiles()).toBeNull();
});

test('arrays of two dimensions, as several requests have them, with what one of them does not count', () => {
  const sum = new Histogram();
  sum.add({ buckets: '{{7,NULL,2009},{8,1003,NULL}}', counts: '{{1,1,1},{1,1,1}}', sign: 1 });
  expect(sum.percentiles()).toMatchObject({
    p50_latency_ms: middleOf(7),
    p99_latency_ms: middleOf(8),
    p50_ttft_ms: middleOf(3),
    p50_tokens_per_second: middleOf(9),
  });
});

test('rows of one key are added up, in the order of the keys', () => {
  const row = (at: string, bucket: number, sign = 1) => ({ at, buckets: `{${bucket}}`, counts: '{1}', sign });
  const found = percentilesBy([row('b', 5), row('a', 1), row('b', 9), row('c', 3), row('c', 3, -1)]);
  expect(found.map(({ at, p50_latency_ms }) => [at, p50_latency_ms])).toEqual([
    ['b', middleOf(5)],
    ['a', middleOf(1)],
  ]);
});
