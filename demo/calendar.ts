/**
 * When calls happen: how many on each day, and at what time of a day. Days are UTC days, counted from the epoch, and
 * nothing here depends on the time of day at which the demo runs, so that two runs on one day plan the same calls.
 */
import { DAY_MS } from '#shared/durations';
import { Random } from './random.ts';

/** Sunday first. */
const WEEKDAY_WEIGHT = [0.32, 1.04, 1.1, 1.12, 1.06, 0.88, 0.38] as const;

/** Calls per hour of a working day (UTC, a European company) and of a weekend, relative to each other. */
const WORKDAY_HOURS = [
  6, 4, 3, 3, 4, 10, 26, 62, 92, 104, 98, 78, 72, 96, 100, 90, 74, 52, 44, 48, 42, 32, 20, 11,
] as const;
const WEEKEND_HOURS = [
  9, 6, 4, 3, 3, 5, 9, 18, 30, 44, 52, 54, 50, 50, 52, 50, 48, 50, 56, 62, 58, 44, 28, 16,
] as const;

export interface DayPlan {
  readonly day: number;
  /** Calls of the whole day. */
  readonly quota: number;
}

export function dayOf(at: number): number {
  return Math.floor(at / DAY_MS);
}

export function isWeekend(day: number): boolean {
  const weekday = weekdayOf(day);
  return weekday === 0 || weekday === 6;
}

/** The time in a day (milliseconds) before which `share` of its calls have begun. */
export function timeInDay(day: number, share: number): number {
  const hours = isWeekend(day) ? WEEKEND_HOURS : WORKDAY_HOURS;
  const total = hours.reduce((sum: number, weight) => sum + weight, 0);
  let rest = share * total;
  for (const [hour, weight] of hours.entries()) {
    if (rest < weight) return Math.floor((hour + rest / weight) * 3_600_000);
    rest -= weight;
  }
  return DAY_MS - 1;
}

/**
 * Quotas of the `days` days before `today`, and of today. Any stretch of `days` × 24 hours in them holds at least
 * `requests` calls, and a few more: `generateDemo` leaves out the oldest ones.
 */
export function planDays(options: { requests: number; days: number; today: number; seed: number }): DayPlan[] {
  const { requests, days, today, seed } = options;
  const first = today - days;
  const weights = Array.from({ length: days + 1 }, (_, index) => dayWeight(first + index, index / days, seed));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  // The leanest stretch either misses the first day or today.
  const leanest = total - Math.max(weights[0] ?? 0, weights[days] ?? 0);
  const scale = (requests * 1.04 + 8) / leanest;
  let planned = 0;
  let exact = 0;
  return weights.map((weight, index) => {
    exact += weight * scale;
    const quota = Math.round(exact) - planned;
    planned += quota;
    return { day: first + index, quota };
  });
}

function weekdayOf(day: number): number {
  return (day + 4) % 7; // 1970-01-01 was a Thursday.
}

/** Grows by a half from the first day to the last, with the ups and downs of real days. */
function dayWeight(day: number, progress: number, seed: number): number {
  const weather = new Random(seed, day, 7).between(0.9, 1.1);
  return (WEEKDAY_WEIGHT[weekdayOf(day)] ?? 1) * (0.8 + 0.4 * progress) * weather;
}
