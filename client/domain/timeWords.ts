/** Understands a time as people type it: `25m`, `last 3 days`, `yesterday`, `1 Nov`, `1 nov 8:00 - 3 nov`. */
import { between, formatTime, readTime } from './timeRange.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const UNITS: ReadonlyMap<string, 'm' | 'h' | 'd' | 'w'> = new Map([
  ...['m', 'min', 'mins', 'minute', 'minutes'].map((name) => [name, 'm'] as const),
  ...['h', 'hr', 'hrs', 'hour', 'hours'].map((name) => [name, 'h'] as const),
  ...['d', 'day', 'days'].map((name) => [name, 'd'] as const),
  ...['w', 'week', 'weeks'].map((name) => [name, 'w'] as const),
]);

/**
 * The parameter `t` of what was typed, `''` for all time, null for what is not understood. Dates are days of the viewer's
 * zone; one without a year is the last such day.
 */
export function understandTime(typed: string, now: number): string | null {
  const text = typed.trim().toLowerCase().replaceAll(/\s+/g, ' ');
  if (['', 'all', 'all time', 'any time', 'ever'].includes(text)) return '';
  if (readTime(typed.trim()) !== null) return typed.trim();
  return ageOf(text) ?? calendarOf(text, now) ?? spanOf(text, now);
}

/** `last 3 days`, `past hour`, `90 min`. */
function ageOf(text: string): string | null {
  const match = /^(?:the )?(?:last |past )?(\d{1,6})? ?([a-z]+)$/.exec(text);
  const unit = UNITS.get(match?.[2] ?? '');
  if (!match || unit === undefined) {
    const months = /^(?:last |past )?(\d{1,3}) months?$/.exec(text);
    return months ? `${30 * Number(months[1])}d` : null;
  }
  // "last week" is a week of the calendar.
  if (match[1] === undefined && (unit === 'w' || !/^(the )?(last|past) /.test(text))) return null;
  const age = `${Number(match[1] ?? 1)}${unit}`;
  return readTime(age) === null ? null : age;
}

/** `today`, `yesterday`, `this week`, `last week`, `this month`, `last month`. */
function calendarOf(text: string, now: number): string | null {
  const today = new Date(now);
  const day = (offset: number) => new Date(today.getFullYear(), today.getMonth(), today.getDate() + offset).getTime();
  const month = (offset: number) => new Date(today.getFullYear(), today.getMonth() + offset, 1).getTime();
  // Weeks begin on Monday.
  const monday = -((today.getDay() + 6) % 7);
  switch (text) {
    case 'today':
      return fromTo(day(0), null);
    case 'yesterday':
      return fromTo(day(-1), day(0));
    case 'this week':
      return fromTo(day(monday), null);
    case 'last week':
    case 'past week':
      return fromTo(day(monday - 7), day(monday));
    case 'this month':
      return fromTo(month(0), null);
    case 'last month':
      return fromTo(month(-1), month(0));
    default:
      return null;
  }
}

/** `1 nov`, `since 1 nov 8:00`, `until 2026-11-03`, `1 nov - 3 nov`: a day is all of it. */
function spanOf(text: string, now: number): string | null {
  const since = /^(?:since|from|after) (.+)$/.exec(text)?.[1];
  if (since !== undefined) {
    const moment = momentOf(since, now);
    return moment && fromTo(moment.from, null);
  }
  const until = /^(?:until|to|before) (.+)$/.exec(text)?.[1];
  if (until !== undefined) {
    const moment = momentOf(until, now);
    return moment && formatTime({ kind: 'between', from: null, to: moment.from });
  }
  const [first = '', second, ...rest] = text.split(/ ?(?: - |–|—|\.\.| to | until ) ?/);
  const from = momentOf(first, now);
  if (from === null || rest.length > 0) return null;
  if (second === undefined) return from.isDay ? fromTo(from.from, from.to) : null;
  const to = momentOf(second, now);
  if (to === null) return null;
  const end = to.isDay ? to.to : to.from;
  return end > from.from ? fromTo(from.from, end) : null;
}

interface Moment {
  readonly from: number;
  /** The end of the day; of a moment with a time the same as `from`. */
  readonly to: number;
  readonly isDay: boolean;
}

function momentOf(text: string, now: number): Moment | null {
  if (text === 'now') return { from: now, to: now, isDay: false };
  const match = /^(.+?)(?:(?:,? | at |t)(\d{1,2}):(\d\d)(?::(\d\d))?)?$/.exec(text);
  const day = dayOf(match?.[1] ?? '', now);
  if (!match || day === null) return null;
  const [, , hours, minutes, seconds] = match;
  if (hours === undefined) return { from: day.getTime(), to: nextDay(day), isDay: true };
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds ?? 0) > 59) return null;
  day.setHours(Number(hours), Number(minutes), Number(seconds ?? 0));
  return { from: day.getTime(), to: day.getTime(), isDay: false };
}

/** `1 nov`, `nov 1 2026`, `2026-11-01`, `1.11.2026`, `today`, `yesterday`. */
function dayOf(text: string, now: number): Date | null {
  const today = new Date(now);
  if (text === 'today' || text === 'yesterday') {
    return new Date(today.getFullYear(), today.getMonth(), today.getDate() - (text === 'today' ? 0 : 1));
  }
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  if (iso) return dateOf(Number(iso[1]), Number(iso[2]) - 1, Number(iso[3]));
  const dotted = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text);
  if (dotted) return dateOf(Number(dotted[3]), Number(dotted[2]) - 1, Number(dotted[1]));
  const named =
    /^(?<day>\d{1,2})\.? (?<month>[a-z]{3,9})\.?(?:,? (?<year>\d{4}))?$/.exec(text) ??
    /^(?<month>[a-z]{3,9})\.? (?<day>\d{1,2})(?:,? (?<year>\d{4}))?$/.exec(text);
  const { day = '', month = '', year } = named?.groups ?? {};
  const index = MONTHS.findIndex((name) => month.startsWith(name));
  if (index === -1) return null;
  if (year !== undefined) return dateOf(Number(year), index, Number(day));
  const thisYear = dateOf(today.getFullYear(), index, Number(day));
  return thisYear !== null && thisYear.getTime() > now ? dateOf(today.getFullYear() - 1, index, Number(day)) : thisYear;
}

/** Null for a day that the calendar does not have. */
function dateOf(year: number, month: number, day: number): Date | null {
  const date = new Date(year, month, day);
  return date.getFullYear() === year && date.getMonth() === month && date.getDate() === day ? date : null;
}

function nextDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
}

function fromTo(from: number, to: number | null): string {
  return formatTime(to === null ? { kind: 'between', from, to } : between(from, to));
}
