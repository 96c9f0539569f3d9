/** The time that savings are summed over, and how far back within it requests are looked at. Pure. */
import { DAY_MS } from '#shared/durations';
import type { RequestFilters } from '#shared/request';

/** Where nobody says when. */
const USUAL_MS = 30 * DAY_MS;

export interface Period {
  readonly from: string;
  readonly to: string;
}

/** The time that is asked for; without a beginning the 30 days before its end. */
export function readPeriod({ from, to }: RequestFilters, now: Date): Period {
  const end = to === undefined ? now.getTime() : Date.parse(to);
  return {
    from: new Date(from === undefined ? end - USUAL_MS : Date.parse(from)).toISOString(),
    to: new Date(end).toISOString(),
  };
}

/**
 * Where the latest `most` requests of a period begin, by whole days and within the first of them by its share, so that a
 * little more or less is looked at.
 * @param days how many requests each UTC day has, the newest first.
 * @returns the beginning of the period where it has no more than that.
 */
export function beginOfLatest(
  { from, to }: Period,
  days: readonly { readonly day: string; readonly requests: number }[],
  most: number,
): string {
  let left = most;
  for (const { day, requests } of days) {
    if (requests <= left) {
      left -= requests;
      continue;
    }
    const start = Date.parse(day);
    const end = Math.min(start + DAY_MS, Date.parse(to));
    const begin = Math.round(end - ((end - start) * left) / requests);
    return new Date(Math.max(begin, Date.parse(from))).toISOString();
  }
  return from;
}
