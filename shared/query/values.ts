/** Amounts with units, and times, as they are written in a query. */
import { DAY_MS, HOUR_MS } from '#shared/durations';

const UNITS = {
  duration: new Map([
    ['', 1],
    ['ms', 1],
    ['s', 1_000],
    ['m', 60_000],
    ['min', 60_000],
    ['h', HOUR_MS],
  ]),
  count: new Map([
    ['', 1],
    ['k', 1_000],
    // As the dashboard shows it.
    ['K', 1_000],
    ['M', 1_000_000],
  ]),
  money: new Map([
    ['', 1],
    ['$', 1],
  ]),
} as const;

/** `2s` in milliseconds, `8k` as a count, `$0.05` in dollars; null for what is none. */
export function parseAmount(text: string, type: keyof typeof UNITS): number | null {
  const match = /^\$?(\d{1,12}(?:\.\d{1,12})?)([a-zA-Z$]*)$/.exec(text);
  const factor = UNITS[type].get(match?.[2] ?? '?');
  if (!match || factor === undefined || (text.startsWith('$') && type !== 'money')) return null;
  return Number(match[1]) * factor;
}

/** A moment, or so many milliseconds ago. */
export type QueryTime = { readonly at: string } | { readonly agoMs: number };

const AGO = new Map([
  ['m', 60_000],
  ['min', 60_000],
  ['h', HOUR_MS],
  ['d', DAY_MS],
  ['w', 7 * DAY_MS],
]);

/** `2026-08-01`, `2026-08-01T12:00:00Z` (a day is one in UTC), or `2h`; null for what is none. */
export function parseTime(text: string): QueryTime | null {
  const ago = /^(\d{1,6})(m|min|h|d|w)$/.exec(text);
  if (ago) return { agoMs: Number(ago[1]) * (AGO.get(ago[2] ?? '') ?? 0) };
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/.test(text)) return null;
  const time = Date.parse(text);
  // JavaScript takes the 30th of February for a day in March.
  const day = text.slice(0, 10);
  if (Number.isNaN(Date.parse(day)) || !new Date(day).toISOString().startsWith(day)) return null;
  return Number.isNaN(time) || time < Date.parse('0001-01-02T00:00:00Z') ? null : { at: new Date(time).toISOString() };
}

/** `1s..5s` as its ends, of which one may be empty; null for what is no range. */
export function splitRange(text: string): { low: string; high: string } | null {
  const at = text.indexOf('..');
  return at < 0 ? null : { low: text.slice(0, at), high: text.slice(at + 2) };
}

/** True for `2026-08-01`, which names a whole day. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text);
}

/** The moment a day later. */
export function nextDay(time: QueryTime): QueryTime {
  return 'at' in time ? { at: new Date(Date.parse(time.at) + DAY_MS).toISOString() } : time;
}
