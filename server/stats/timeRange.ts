/** A range of time as whole UTC days, whole hours, and what is left at its ends. Pure. */
import { DAY_MS, HOUR_MS } from '#shared/durations';

/** Milliseconds: at or after, and before. Null: without an end. */
export interface TimeRange {
  readonly from: number | null;
  readonly to: number | null;
}

/** With both ends. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A part of a day that lies in another bucket than the middle of that day, where all of the day was counted. */
export interface Move extends Span {
  /** Where it was counted, and is taken off. */
  readonly countedAt: number;
}

export interface SplitRange {
  readonly days: readonly TimeRange[];
  readonly hours: readonly TimeRange[];
  /** Hours inside of those ranges that are not whole: a bucket begins within. */
  readonly exceptHours: readonly number[];
  /** Read from the requests, each of one bucket: shorter than an hour, or than a day where there are no sums of hours. */
  readonly rest: readonly Span[];
  /** Whole hours of the days above that belong to another bucket, and what is shorter than an hour. */
  readonly movedHours: readonly Move[];
  readonly movedRest: readonly Move[];
}

/** Where in a day it is counted as a whole. */
export const NOON_MS = DAY_MS / 2;

export interface SplitOptions {
  /** With `hour` also whole days are answered as hours, for who asks what happened in each. */
  readonly finest: 'day' | 'hour';
  /** Where buckets begin; what holds one is told apart. */
  readonly edges?: readonly number[];
  /** False where there are sums of days alone. Default: true. */
  readonly hasHours?: boolean;
}

/** Takes a range apart into what is kept of whole days and hours, and what has to be read from the requests. */
export function splitRange({ from, to }: TimeRange, { finest, edges = [], hasHours = true }: SplitOptions): SplitRange {
  const first = from ?? -Infinity;
  const end = to ?? Infinity;
  const inside = edges.filter((edge) => edge > first && edge < end);
  const unit = hasHours ? HOUR_MS : DAY_MS;
  const [firstUnit, lastUnit] = [ceil(first, unit), floor(end, unit)];
  const nothing = { days: [], hours: [], exceptHours: [], movedHours: [], movedRest: [] };
  if (firstUnit > lastUnit) return { ...nothing, rest: cut(ranges([first, end]), inside) };
  const [firstDay, lastDay] = [ceil(firstUnit, DAY_MS), floor(lastUnit, DAY_MS)];
  const hasDays = finest === 'day' && firstDay < lastDay;
  const ends = hasDays ? ranges([firstUnit, firstDay], [lastDay, lastUnit]) : ranges([firstUnit, lastUnit]);
  // Hours that stand alone and hold an edge; without sums of hours what is no whole day is read anyway.
  const exceptHours = hasHours
    ? [...new Set(inside.filter((edge) => edge % HOUR_MS !== 0).map((edge) => floor(edge, HOUR_MS)))].filter((hour) =>
        ends.some((range) => hour >= (range.from ?? -Infinity) && hour < (range.to ?? Infinity)),
      )
    : [];
  const rest = [
    ...ranges([first, firstUnit], [lastUnit, end]),
    ...(hasHours ? exceptHours.map((hour) => ({ from: hour, to: hour + HOUR_MS })) : ends),
  ];
  const moves = hasDays ? movesOf(inside, { firstDay, lastDay }) : [];
  const moved = (areWhole: boolean): Move[] =>
    moves.flatMap(({ countedAt, ...move }) =>
      inHours(move)
        .filter(({ isWhole }) => isWhole === areWhole)
        .map(({ from: start, to: stop }) => ({ from: start, to: stop, countedAt })),
    );
  return {
    days: hasDays ? ranges([firstDay, lastDay]) : [],
    hours: hasHours ? ends : [],
    exceptHours,
    rest: cut(rest, inside),
    movedHours: moved(true),
    movedRest: moved(false),
  };
}

/** The parts of days, cut where buckets begin, that do not hold the middle of their day. */
function movesOf(edges: readonly number[], { firstDay, lastDay }: { firstDay: number; lastDay: number }): Move[] {
  const days = new Set(edges.filter((edge) => edge % DAY_MS !== 0).map((edge) => floor(edge, DAY_MS)));
  return [...days]
    .filter((day) => day >= firstDay && day < lastDay)
    .flatMap((day) => {
      const countedAt = day + NOON_MS;
      const parts = cut([{ from: day, to: day + DAY_MS }], edges);
      return parts
        .filter(({ from, to }) => countedAt < from || countedAt >= to)
        .map((part) => ({ ...part, countedAt }));
    });
}

/** As whole hours in one piece, and what is left at both ends. */
function inHours({ from, to }: Span): (Span & { isWhole: boolean })[] {
  const [first, last] = [ceil(from, HOUR_MS), floor(to, HOUR_MS)];
  if (first > last) return [{ from, to, isWhole: false }];
  return [
    { from, to: first, isWhole: false },
    { from: first, to: last, isWhole: true },
    { from: last, to, isWhole: false },
  ].filter((part) => part.from < part.to);
}

function ranges(...pairs: (readonly [number, number])[]): TimeRange[] {
  const finite = (time: number) => (Number.isFinite(time) ? time : null);
  return pairs.filter(([from, to]) => from < to).map(([from, to]) => ({ from: finite(from), to: finite(to) }));
}

/** Ranges without an open end, which have none: a rest is shorter than an hour or a day. */
function cut(found: readonly TimeRange[], edges: readonly number[]): Span[] {
  return found.flatMap(({ from, to }) => {
    if (from === null || to === null) return [];
    const places = [from, ...edges.filter((edge) => edge > from && edge < to), to];
    return places.slice(1).map((place, index) => ({ from: places[index] ?? from, to: place }));
  });
}

const ceil = (time: number, unit: number) => Math.ceil(time / unit) * unit;
const floor = (time: number, unit: number) => Math.floor(time / unit) * unit;
