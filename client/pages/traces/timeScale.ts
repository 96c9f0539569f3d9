/** The time of a trace on a line: what of it is in view, and where the marks of its axis stand. Pure. */
import { HOUR_MS } from '#shared/durations';

/** Milliseconds since 1970. */
export interface TimeView {
  readonly from: number;
  readonly to: number;
}

/** The closest that a zoom comes. */
const SHORTEST_MS = 1;

/** From the first beginning to the last known end; never empty. */
export function wholeOf(rows: readonly { readonly start: number; readonly end: number | null }[]): TimeView {
  let [from, to] = [Infinity, -Infinity];
  for (const { start, end } of rows) {
    from = Math.min(from, start);
    to = Math.max(to, end ?? start);
  }
  if (from === Infinity) return { from: 0, to: SHORTEST_MS };
  return { from, to: Math.max(to, from + SHORTEST_MS) };
}

/** Where a stretch lies, as parts of the view; null where none of it is in view. */
export function placeIn(view: TimeView, start: number, end: number): { left: number; width: number } | null {
  const length = view.to - view.from;
  const left = Math.max(0, (start - view.from) / length);
  const right = Math.min(1, (end - view.from) / length);
  return left > 1 || right < 0 || right < left ? null : { left, width: right - left };
}

/** What was dragged over, as parts of the view. Undefined where it was a click. */
export function zoomTo(view: TimeView, one: number, other: number): TimeView | undefined {
  const [from, to] = [Math.min(one, other), Math.max(one, other)].map(
    (part) => view.from + Math.min(1, Math.max(0, part)) * (view.to - view.from),
  ) as [number, number]; // Two of two.
  const isDrag = Math.abs(one - other) > 0.01;
  return isDrag && to - from >= SHORTEST_MS ? { from, to } : undefined;
}

/** The view moved by a part of its length, without leaving the whole. */
export function panBy(view: TimeView, part: number, whole: TimeView): TimeView {
  const length = view.to - view.from;
  const from = Math.min(Math.max(view.from + part * length, whole.from), whole.to - length);
  return { from, to: from + length };
}

/** Closer to a place, or further from it, within the whole. */
export function zoomBy(view: TimeView, factor: number, at: number, whole: TimeView): TimeView {
  const centre = view.from + at * (view.to - view.from);
  const from = Math.max(whole.from, centre - (centre - view.from) * factor);
  const to = Math.min(whole.to, centre + (view.to - centre) * factor);
  return to - from < SHORTEST_MS ? view : { from, to };
}

/** Round times since the beginning, at most `most` of them: `{ at: 0.25, ms: 10000 }`. */
export function ticksOf(view: TimeView, origin: number, most: number): { at: number; ms: number }[] {
  const length = view.to - view.from;
  const step = STEPS_MS.find((ms) => length / ms <= most) ?? Math.ceil(length / most / HOUR_MS) * HOUR_MS;
  const ticks: { at: number; ms: number }[] = [];
  for (let ms = Math.ceil((view.from - origin) / step) * step; origin + ms <= view.to; ms += step) {
    ticks.push({ at: (origin + ms - view.from) / length, ms });
  }
  return ticks;
}

/** Of the words beside a mark. */
const WORDS_PX = 52;

/**
 * The marks whose words have room on an axis of so many pixels. `isEnd`: they stand before their mark, since behind it the
 * axis ends; without that, a short axis would show its beginning alone.
 */
export function placeWords<Tick extends { readonly at: number }>(
  ticks: readonly Tick[],
  width: number,
): (Tick & { readonly isEnd: boolean })[] {
  return ticks
    .map((tick) => ({ ...tick, isEnd: tick.at * width + WORDS_PX > width }))
    .filter(({ at, isEnd }, index) => !isEnd || (at - (ticks[index - 1]?.at ?? 0)) * width >= 2 * WORDS_PX);
}

const STEPS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500].concat(
  [1, 2, 5, 10, 20, 30].map((seconds) => seconds * 1_000),
  [1, 2, 5, 10, 20, 30].map((minutes) => minutes * 60_000),
  [1, 2, 4, 6, 12, 24].map((hours) => hours * HOUR_MS),
);

/** `0`, `250 ms`, `1.5 s`, `2 min`: of an axis, where every figure is round. */
export function formatTick(ms: number): string {
  if (ms === 0) return '0';
  if (Math.abs(ms) < 1_000) return `${ms} ms`;
  if (Math.abs(ms) < 60_000) return `${Number((ms / 1_000).toFixed(2))} s`;
  if (Math.abs(ms) < HOUR_MS) return `${Number((ms / 60_000).toFixed(2))} min`;
  return `${Number((ms / HOUR_MS).toFixed(2))} h`;
}
