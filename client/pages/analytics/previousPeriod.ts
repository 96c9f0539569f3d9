/** With which time the numbers of a time are compared. Pure. */
import { DAY_MS, MINUTE_MS } from '#shared/durations';
import { boundsOf, type TimeBounds, type TimeRange } from '../../domain/timeRange.ts';

/** What the address says as `vs`. */
export const COMPARISONS = [
  { value: 'before', label: 'Against the time before' },
  { value: 'week', label: 'Against a week earlier' },
  { value: 'off', label: 'No comparison' },
] as const;
export type Comparison = (typeof COMPARISONS)[number]['value'];

/** Whether a word of the address is one of them. */
export function isComparison(name: string | undefined): name is Comparison {
  return COMPARISONS.some(({ value }) => value === name);
}

const WEEK_MS = 7 * DAY_MS;

/**
 * The time of the same length before a range, or as many whole weeks earlier as it is long; null where there is nothing to
 * compare with, since the range has no beginning.
 */
export function comparedBounds(
  range: TimeRange | null,
  comparison: Comparison,
  now: number,
): Required<TimeBounds> | null {
  if (range === null || comparison === 'off') return null;
  const { from, to } = boundsOf(range, now);
  if (from === undefined) return null;
  const first = Date.parse(from);
  // A range that goes on ends with the minute in which it is asked for.
  const end = to === undefined ? Math.floor(now / MINUTE_MS) * MINUTE_MS : Date.parse(to);
  if (end <= first) return null;
  const length = end - first;
  const step = comparison === 'week' ? Math.ceil(length / WEEK_MS) * WEEK_MS : length;
  return { from: new Date(first - step).toISOString(), to: new Date(end - step).toISOString() };
}
