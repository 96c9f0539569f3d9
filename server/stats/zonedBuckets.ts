/** When hours, days, weeks and months begin in a time zone, including those in which its clocks change. Pure. */
import { DAY_MS, HOUR_MS } from '#shared/durations';
import { SERIES_LIMITS, type SeriesInterval } from '#shared/stats';

/** What the clocks of a zone show, as if it were UTC. */
function wallClock(time: number, timeZone: string): number {
  const format = formatOf(timeZone);
  const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  if (formats.size > 500) formats.clear();
  formats.set(timeZone, format);
  return format;
}

/** The moment at which the clocks of a zone show a time; the first after it, where they skip it. */
function momentOf(wall: number, timeZone: string): number {
  const guess = wall - (wallClock(wall, timeZone) - wall);
  const second = wall - (wallClock(guess, timeZone) - guess);
  // Where the clocks show a time twice, the first is meant; where they skip it, the moment of the change.
  const candidates = [second, guess, second - HOUR_MS, guess - HOUR_MS].filter(
    (at) => wallClock(at, timeZone) === wall,
  );
  return candidates.length > 0 ? Math.min(...candidates) : Math.max(guess, second);
}

/** The beginnings of the buckets that cover a range, and the end of the last; null where there are too many. */
export function zonedBuckets(
  { from, to }: { from: number; to: number },
  interval: SeriesInterval,
  timeZone: string,
): number[] | null {
  if ((to - from) / LENGTHS[interval] > SERIES_LIMITS.buckets) return null;
  // Hours are those of UTC: the rollups know no others, and in most zones they are the same.
  if (interval === 'hour') {
    const first = Math.floor(from / HOUR_MS) * HOUR_MS;
    return Array.from({ length: Math.ceil((to - first) / HOUR_MS) + 1 }, (_, index) => first + index * HOUR_MS);
  }
  const starts: number[] = [];
  let wall = floorWall(wallClock(from, timeZone), interval);
  for (;;) {
    const start = momentOf(wall, timeZone);
    starts.push(start);
    if (start >= to && starts.length > 1) return starts;
    wall = nextWall(wall, interval);
  }
}

const LENGTHS: Readonly<Record<SeriesInterval, number>> = {
  hour: HOUR_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
  month: 28 * DAY_MS,
};

/** Hours up to four days, then days, weeks from two years on. */
export function usualInterval({ from, to }: { from: number; to: number }): SeriesInterval {
  if (to - from <= 4 * DAY_MS) return 'hour';
  if (to - from <= SERIES_LIMITS.buckets * DAY_MS) return 'day';
  return (to - from) / LENGTHS.week <= SERIES_LIMITS.buckets ? 'week' : 'month';
}

function floorWall(wall: number, interval: SeriesInterval): number {
  const day = Math.floor(wall / DAY_MS) * DAY_MS;
  const date = new Date(day);
  if (interval === 'week') return day - ((date.getUTCDay() + 6) % 7) * DAY_MS;
  return interval === 'month' ? Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) : day;
}

function nextWall(wall: number, interval: SeriesInterval): number {
  const date = new Date(wall);
  if (interval === 'month') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  return wall + (interval === 'week' ? 7 : 1) * DAY_MS;
}
