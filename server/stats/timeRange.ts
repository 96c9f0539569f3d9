/** A range of time as whole UTC days, whole hours, and what is left at its ends. Pure. */

/** Milliseconds: at or after, and before. Null: without an end. */
export interface TimeRange {
  readonly from: number | null;
  readonly to: number | null;
}

export interface SplitRange {
  readonly days: readonly TimeRange[];
  readonly hours: readonly TimeRange[];
  /** Shorter than an hour each. */
  readonly rest: readonly TimeRange[];
}

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** `finest`: with `hour` also whole days are answered as hours, for who asks what happened in each. */
export function splitRange({ from, to }: TimeRange, finest: 'day' | 'hour'): SplitRange {
  const first = from ?? -Infinity;
  const end = to ?? Infinity;
  const [firstHour, lastHour] = [ceil(first, HOUR_MS), floor(end, HOUR_MS)];
  if (firstHour > lastHour) return { days: [], hours: [], rest: ranges([first, end]) };
  const rest = ranges([first, firstHour], [lastHour, end]);
  const [firstDay, lastDay] = [ceil(firstHour, DAY_MS), floor(lastHour, DAY_MS)];
  if (finest === 'hour' || firstDay >= lastDay) return { days: [], hours: ranges([firstHour, lastHour]), rest };
  return { days: ranges([firstDay, lastDay]), hours: ranges([firstHour, firstDay], [lastDay, lastHour]), rest };
}

function ranges(...pairs: (readonly [number, number])[]): TimeRange[] {
  const finite = (time: number) => (Number.isFinite(time) ? time : null);
  return pairs.filter(([from, to]) => from < to).map(([from, to]) => ({ from: finite(from), to: finite(to) }));
}

const ceil = (time: number, unit: number) => Math.ceil(time / unit) * unit;
const floor = (time: number, unit: number) => Math.floor(time / unit) * unit;
