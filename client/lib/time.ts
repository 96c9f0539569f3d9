/** Times as people read them, in the viewer's zone. `now` is passed in, so that these stay pure. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#shared/durations';
import { formatDateTime } from './formatDateTime.ts';

const SECOND_MS = 1_000;

/** `12 s ago`, `3 min ago`, `2 h ago`, `4 d ago`, then the date. A clock that runs ahead reads `just now`. */
export function formatRelative(instant: string, now: number): string {
  const age = now - Date.parse(instant);
  if (age < 5 * SECOND_MS) return 'just now';
  if (age < MINUTE_MS) return `${Math.floor(age / SECOND_MS)} s ago`;
  if (age < HOUR_MS) return `${Math.floor(age / MINUTE_MS)} min ago`;
  if (age < DAY_MS) return `${Math.floor(age / HOUR_MS)} h ago`;
  if (age < 7 * DAY_MS) return `${Math.floor(age / DAY_MS)} d ago`;
  return formatDate(instant);
}

/** `24 Nov 2026`. */
export function formatDate(instant: string, timeZone?: string): string {
  return formatDateTime(instant, { day: 'numeric', month: 'short', year: 'numeric', timeZone });
}

/** `24 Nov 2026, 14:03:05.120 GMT+1`. */
export function formatExact(instant: string, timeZone?: string): string {
  return formatDateTime(instant, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    timeZoneName: 'short',
    timeZone,
  });
}

/** `24 Nov, 14:03:05.120`: exact, for a line that has little room. */
export function formatMoment(instant: string, timeZone?: string): string {
  const day = formatDateTime(instant, { day: 'numeric', month: 'short', timeZone });
  const time = formatDateTime(instant, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    timeZone,
  });
  return `${day}, ${time}`;
}
