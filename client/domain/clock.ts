/** Times of a log as it prints them: exact, in the viewer's zone unless another is given, with a line for each day. */
import { DAY_MS } from '#shared/durations';
import { formatDateTime } from '../lib/formatDateTime.ts';

/** `08:46:15`. */
export function formatClock(instant: string, timeZone?: string): string {
  return formatDateTime(instant, { hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone });
}

/** `26 Nov 08:46:15`, where the rows around it are of other days. */
export function formatDayClock(instant: string, timeZone?: string): string {
  return `${formatDateTime(instant, { day: 'numeric', month: 'short', timeZone })} ${formatClock(instant, timeZone)}`;
}

/** `2026-11-26`: the day of an instant, to tell days apart. */
export function dayOf(instant: string, timeZone?: string): string {
  return formatDateTime(instant, { timeZone }, 'sv-SE');
}

/** `Today, Thu 26 Nov`, `Yesterday, Wed 25 Nov`, `Tue 24 Nov 2025`. */
export function labelDay(instant: string, now: number, timeZone?: string): string {
  const day = dayOf(instant, timeZone);
  const isThisYear = day.slice(0, 4) === dayOf(new Date(now).toISOString(), timeZone).slice(0, 4);
  const date = formatDateTime(instant, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    ...(!isThisYear && { year: 'numeric' }),
    timeZone,
  }).replace(',', '');
  if (day === dayOf(new Date(now).toISOString(), timeZone)) return `Today, ${date}`;
  return day === dayOf(new Date(now - DAY_MS).toISOString(), timeZone) ? `Yesterday, ${date}` : date;
}
