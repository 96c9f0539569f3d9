/** A range of time as whole UTC days, whole hours, and what is left at its ends. Pure. */

/** Milliseconds: at or after, and before. Null: without an end. */
export interface TimeRange {
  readonly from: number | null;
  readonly to: number | null;
}

export interface SplitRange {
  readonly days: readonly TimeRange[];
  readonly hours: readonly TimeRange[];
  /** Hours inside of those ranges that are not whole: a bucket begins within. */
  readonly exceptHours: readonly number[];
  /** Shorter than an hour each, and of one bucket. */
  readonly rest: readonly { readonly from: number; readonly to: number }[];
}

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/**
 * `finest`: with `hour` also whole days are answered as hours, for who asks what happened in each. `edges`: where buckets
 * begin; an hour that holds one is told apart.
 */
export function splitRange({ from, to }: TimeRange, finest: 'day' | 'hour', edges: readonly number[] = []): SplitRange {
  const first = from ?? -Infinity;
  const end = to ?? Infinity;
  const [firstHour, lastHour] = [ceil(first, HOUR_MS), floor(end, HOUR_MS)];
  const within = edges.filter((edge) => edge % HOUR_MS !== 0 && edge > first && edge < end);
  if (firstHour > lastHour) return { days: [], hours: [], exceptHours: [], rest: cut(ranges([first, end]), within) };
  const exceptHours = [...new Set(within.map((edge) => floor(edge, HOUR_MS)))].filter(
    (hour) => hour >= firstHour && hour < lastHour,
  );
  const rest = cut(
    [
      ...ranges([first, firstHour], [lastHour, end]),
      ...exceptHours.map((hour) => ({ from: hour, to: hour + HOUR_MS })),
    ],
    within,
  );
  const [firstDay, lastDay] = [ceil(firstHour, DAY_MS), floor(lastHour, DAY_MS)];
  if (finest === 'hour' || firstDay >= lastDay)
    return { days: [], hours: ranges([firstHour, lastHour]), exceptHours, rest };
  return {
    days: ranges([firstDay, lastDay]),
    hours: ranges([firstHour, firstDay], [lastDay, lastHour]),
    exceptHours,
    rest,
  };
}

function ranges(...pairs: (readonly [number, number])[]): TimeRange[] {
  const finite = (time: number) => (Number.isFinite(time) ? time : null);
  return pairs.filter(([from, to]) => from < to).map(([from, to]) => ({ from: finite(from), to: finite(to) }));
}

/** Ranges without an open end, which have none: a rest is shorter than an hour. */
function cut(found: readonly TimeRange[], edges: readonly number[]): { from: number; to: number }[] {
  return found.flatMap(({ from, to }) => {
    if (from === null || to === null) return [];
    const places = [from, ...edges.filter((edge) => edge > from && edge < to), to];
    return places.slice(1).map((place, index) => ({ from: places[index] ?? from, to: place }));
  });
}

const ceil = (time: number, unit: number) => Math.ceil(time / unit) * unit;
const floor = (time: number, unit: number) => Math.floor(time / unit) * unit;
