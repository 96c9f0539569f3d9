/** What the charts draw, from a series of the server. Pure. */
import type { SeriesPoint, StatsSeries } from '#shared/stats';

/** A line or a layer of bars. */
export interface ChartLayer {
  readonly name: string;
  readonly color: string;
  /** Null: not known, which is a gap and not zero. */
  readonly value: (point: SeriesPoint) => number | null;
}

export interface ChartRow {
  /** When its bucket begins. */
  readonly at: string;
  readonly label: string;
  readonly values: Readonly<Record<string, number | null>>;
}

/** Colors of layers, with 3:1 on both surfaces; values that are told apart take them in turn. */
export const COLORS = ['indigo.6', 'teal.7', 'orange.7', 'grape.6', 'cyan.7', 'lime.8', 'pink.6', 'blue.7'] as const;
const OTHER_COLOR = 'gray.6';

/** A row for each bucket, also those without requests: there what is counted is zero, and what is not known a gap. */
export function rowsOf(series: StatsSeries, layers: readonly ChartLayer[], isCounted: boolean): ChartRow[] {
  const points = new Map(series.groups[0]?.points.map((point) => [point.at, point]));
  return series.starts.slice(0, -1).map((at) => {
    const point = points.get(at);
    const valueOf = (layer: ChartLayer) => (point ? layer.value(point) : isCounted ? 0 : null);
    return {
      at,
      label: labelOf(at, series),
      values: Object.fromEntries(layers.map((layer) => [layer.name, valueOf(layer)])),
    };
  });
}

/** The same with a layer for each value that is told apart. */
export function rowsByGroup(
  series: StatsSeries,
  value: (point: SeriesPoint) => number,
): { rows: ChartRow[]; layers: { name: string; color: string }[] } {
  const groups = series.groups.map((group, index) => ({
    name: group.is_other ? 'other values' : (group.value ?? 'none'),
    color: group.is_other ? OTHER_COLOR : (COLORS[index % COLORS.length] ?? OTHER_COLOR),
    points: new Map(group.points.map((point) => [point.at, point])),
  }));
  const rows = series.starts.slice(0, -1).map((at) => ({
    at,
    label: labelOf(at, series),
    values: Object.fromEntries(
      groups.map(({ name, points }) => {
        const point = points.get(at);
        return [name, point ? value(point) : 0];
      }),
    ),
  }));
  return { rows, layers: groups.map(({ name, color }) => ({ name, color })) };
}

/** Such as `26 Nov`, or `26 Nov 14:00` of hours, in the zone of the series. */
export function labelOf(at: string, { interval, time_zone }: Pick<StatsSeries, 'interval' | 'time_zone'>): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: time_zone,
    ...(interval === 'month' ? { month: 'short', year: 'numeric' } : { day: 'numeric', month: 'short' }),
    ...(interval === 'hour' && { hour: '2-digit', minute: '2-digit' }),
  }).format(new Date(at));
}

/** As a spreadsheet reads it; what it would run as a formula begins with an apostrophe. */
export function toCsv(rows: readonly ChartRow[], names: readonly string[]): string {
  const cell = (value: string | number | null) => {
    if (typeof value !== 'string') return value === null ? '' : String(value);
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = [['start', ...names], ...rows.map((row) => [row.at, ...names.map((name) => row.values[name] ?? null)])];
  return `${lines.map((line) => line.map(cell).join(',')).join('\r\n')}\r\n`;
}
