/**
 * The time of every page, as its address says it: `24h` moves with the clock, `2026-11-01T00:00Z..2026-11-02T00:00Z` stands
 * still, and either end of it may be missing. Pure: the clock is passed in.
 */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#shared/durations';
import { formatDateTime } from '../lib/formatDateTime.ts';

const UNIT_MS = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS, w: 7 * DAY_MS } as const;
type Unit = keyof typeof UNIT_MS;
const UNIT_WORDS: Readonly<Record<Unit, string>> = { m: 'minute', h: 'hour', d: 'day', w: 'week' };

/** Ten years: nothing older is looked for by an age. */
const LONGEST_MS = 3_660 * UNIT_MS.d;
/** The closest that a zoom comes. */
const SHORTEST_MS = MINUTE_MS;
/** Of the years that the API takes. */
const FIRST_MS = Date.parse('0001-01-02T00:00:00Z');
const END_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** A time by its length up to now, or between two moments. */
export type TimeRange =
  | { readonly kind: 'last'; readonly count: number; readonly unit: Unit }
  /** Milliseconds since 1970; null where that end is open. */
  | { readonly kind: 'between'; readonly from: number | null; readonly to: number | null };

/** What the API is asked for: ISO times; a missing one is no limit. */
export interface TimeBounds {
  readonly from?: string;
  readonly to?: string;
}

/** The choices that are offered, in their order. */
export const TIME_PRESETS = ['15m', '1h', '6h', '24h', '3d', '7d', '30d', '90d'] as const;

/** Reads the parameter `t`; null for what is none. */
export function readTime(text: string): TimeRange | null {
  const age = /^(\d{1,7})([mhdw])$/.exec(text);
  if (age) {
    const [count, unit] = [Number(age[1]), age[2] as Unit]; // By the expression.
    return count > 0 && count * UNIT_MS[unit] <= LONGEST_MS ? { kind: 'last', count, unit } : null;
  }
  const ends = /^([^.]*(?:\.\d+Z)?)\.\.(.*)$/.exec(text);
  if (!ends) return null;
  const [from, to] = [readInstant(ends[1] ?? ''), readInstant(ends[2] ?? '')];
  if (from === undefined || to === undefined || (from === null && to === null)) return null;
  return from !== null && to !== null && from >= to ? null : { kind: 'between', from, to };
}

/** The parameter `t` of a range. */
export function formatTime(range: TimeRange): string {
  if (range.kind === 'last') return `${range.count}${range.unit}`;
  return `${formatInstant(range.from)}..${formatInstant(range.to)}`;
}

/**
 * From when to when, for the API. An age begins on a full minute, so that a question of the same minute is the same
 * question and its answer is found in the cache.
 */
export function boundsOf(range: TimeRange, now: number): TimeBounds {
  if (range.kind === 'last') {
    const minute = Math.floor(now / MINUTE_MS) * MINUTE_MS;
    return { from: new Date(minute - lengthOf(range, now)).toISOString() };
  }
  return {
    ...(range.from !== null && { from: new Date(range.from).toISOString() }),
    ...(range.to !== null && { to: new Date(range.to).toISOString() }),
  };
}

/** `Last 24 hours`, `1 Nov, 08:00 – 2 Nov, 09:30`, `Since 1 Nov, 00:00`, in the viewer's zone unless another is given. */
export function labelTime(range: TimeRange, timeZone?: string): string {
  if (range.kind === 'last') {
    const { count, unit } = range;
    return count === 1 ? `Last ${UNIT_WORDS[unit]}` : `Last ${count} ${UNIT_WORDS[unit]}s`;
  }
  const { from, to } = range;
  const say = (ms: number) => labelInstant(ms, timeZone);
  if (from !== null && to !== null) return `${say(from)} – ${say(to)}`;
  return from !== null ? `Since ${say(from)}` : `Until ${say(to ?? 0)}`;
}

/** The range before or after it, of the same length. One that moves with the clock, or has an open end, stands still then. */
export function shiftTime(range: TimeRange | null, direction: -1 | 1, now: number): TimeRange | null {
  if (range === null) return null;
  const { from, to } = fixedEnds(range, now);
  const step = direction * (to - from);
  return between(from + step, to + step);
}

/** Half of the range around its middle, or twice as much; an age keeps ending now. */
export function zoomTime(range: TimeRange | null, direction: 'in' | 'out', now: number): TimeRange | null {
  const factor = direction === 'in' ? 0.5 : 2;
  // Of all time the last day is a beginning.
  if (range === null) return direction === 'in' ? { kind: 'last', count: 24, unit: 'h' } : null;
  if (range.kind === 'last') return toAge(lengthOf(range, now) * factor);
  const { from, to } = fixedEnds(range, now);
  const half = Math.max(SHORTEST_MS, (to - from) * factor) / 2;
  const middle = (from + to) / 2;
  return between(Math.round(middle - half), Math.round(middle + half));
}

/** Such as what was dragged over in a chart. */
export function between(from: number, to: number): TimeRange {
  return { kind: 'between', from: Math.max(FIRST_MS, from), to: Math.min(END_MS, to) };
}

/** An age in the largest unit that says it without a rest. */
function toAge(ms: number): TimeRange {
  const length = Math.min(Math.max(ms, SHORTEST_MS), LONGEST_MS);
  const minutes = Math.round(length / MINUTE_MS);
  const unit = (['d', 'h'] as const).find((one) => (minutes * MINUTE_MS) % UNIT_MS[one] === 0) ?? 'm';
  // "24h" is how a day is called elsewhere on the page.
  if (unit === 'd' && length === UNIT_MS.d) return { kind: 'last', count: 24, unit: 'h' };
  return { kind: 'last', count: (minutes * MINUTE_MS) / UNIT_MS[unit], unit };
}

function fixedEnds(range: TimeRange, now: number): { from: number; to: number } {
  if (range.kind === 'last') return { from: now - lengthOf(range, now), to: now };
  const { from, to } = range;
  if (from !== null) return { from, to: to ?? Math.max(now, from + UNIT_MS.h) };
  return { from: (to ?? now) - UNIT_MS.d, to: to ?? now };
}

function lengthOf(range: TimeRange, now: number): number {
  if (range.kind === 'last') return range.count * UNIT_MS[range.unit];
  const { from, to } = fixedEnds(range, now);
  return to - from;
}

/** Null for an open end, undefined for what is no time. */
function readInstant(text: string): number | null | undefined {
  if (text === '') return null;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+ -]\d\d:\d\d)$/.test(text)) return undefined;
  // A plus that was not escaped arrives as a space.
  const ms = Date.parse(text.replace(' ', '+'));
  return ms >= FIRST_MS && ms <= END_MS ? ms : undefined;
}

/** As short as it can be said: `2026-11-01T00:00Z`. */
function formatInstant(ms: number | null): string {
  if (ms === null) return '';
  return new Date(ms)
    .toISOString()
    .replace(/\.000Z$/, 'Z')
    .replace(/(T\d\d:\d\d):00Z$/, '$1Z');
}

function labelInstant(ms: number, timeZone?: string): string {
  const isThisYear = new Date(ms).getFullYear() === new Date().getFullYear();
  return formatDateTime(ms, {
    day: 'numeric',
    month: 'short',
    ...(!isThisYear && { year: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
    ...(ms % MINUTE_MS !== 0 && { second: '2-digit' }),
    timeZone,
  });
}
