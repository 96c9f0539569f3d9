/** How wide the buckets of a strip are. Pure. */
import { DAY_MS, HOUR_MS } from '#shared/durations';
import { STRIP_BUCKETS } from '#shared/stats';

/** Milliseconds. */
export interface StripRange {
  readonly from: number;
  readonly to: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
/** Widths that a reader can say. */
const WIDTHS = [
  SECOND_MS,
  ...[5, 10, 15, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 7, 14, 28, 56].map((days) => days * DAY_MS),
];
/** Where buckets are counted from: a Monday. */
const ORIGIN = Date.parse('2001-01-01T00:00:00Z');

/** The narrowest buckets, of `narrowest` or more, of which at most STRIP_BUCKETS cover the range. */
export function chooseBuckets({ from, to }: StripRange, narrowest: number): StripRange & { bucketMs: number } {
  const align = (bucketMs: number) => ({
    bucketMs,
    from: ORIGIN + Math.floor((from - ORIGIN) / bucketMs) * bucketMs,
    to: ORIGIN + Math.ceil((to - ORIGIN) / bucketMs) * bucketMs,
  });
  for (const bucketMs of WIDTHS) {
    const range = align(bucketMs);
    if (bucketMs >= narrowest && (range.to - range.from) / bucketMs <= STRIP_BUCKETS) return range;
  }
  // Longer than any range that is asked for: years of requests.
  return align(Math.ceil((to - from) / (STRIP_BUCKETS - 1) / DAY_MS) * DAY_MS);
}
