/** What the charts draw, from a series of the server. Pure. */
import { csvLine } from '#shared/csv';
import type { SeriesPoint, StatsSeries } from '#shared/stats';
import type { Term } from '#shared/query/terms';
import { formatDateTime } from '../../lib/formatDateTime.ts';

/** A line or a layer of bars. */
export interface ChartLayer {
  readonly name: string;
  readonly color: string;
  /** What its requests have in common; missing where that cannot be asked for. */
  readonly term?: Term;
}

/** With what it says of a bucket. */
export interface MeasuredLayer extends ChartLayer {
  /** Null: not known, which is a gap and not zero. */
  readonly value: (point: SeriesPoint) => number | null;
}

/** A bucket of time; `values` are by the names of the layers, null for a gap. */
export interface ChartRow {
  /** When its bucket begins and ends. */
  readonly at: string;
  readonly until: string;
  readonly label: string;
  readonly values: Readonly<Record<string, number | null>>;
}

/** Colors of layers, with 3:1 on both surfaces; values that are told apart take them in turn. */
const COLORS = ['indigo.6', 'teal.7', 'orange.7', 'grape.6', 'cyan.7', 'lime.8', 'pink.6', 'blue.7'] as const;
const OTHER_COLOR = 'gray.6';

/** A row for each bucket, also those without requests: there what is counted is zero, and what is not known a gap. */
export function rowsOf(series: StatsSeries, layers: readonly MeasuredLayer[], isCounted: boolean): ChartRow[] {
  const points = new Map(series.groups[0]?.points.map((point) => [point.at, point]));
  return bucketsOf(series, (at) => {
    const point = points.get(at);
    const valueOf = (layer: MeasuredLayer) => (point ? layer.value(point) : isCounted ? 0 : null);
    return Object.fromEntries(layers.map((layer) => [layer.name, valueOf(layer)]));
  });
}

/** How the values of a field are named, colored and asked for. */
export interface GroupedLayers {
  /** Of requests that have no value. */
  readonly none: string;
  readonly nameOf?: (value: string) => string;
  readonly colorOf?: (value: string) => string | undefined;
  readonly termOf?: (value: string | null) => Term | undefined;
}

/** The same with a layer for each value that is told apart. */
export function rowsByGroup(
  series: StatsSeries,
  value: (point: SeriesPoint) => number | null,
  { none, nameOf, colorOf, termOf }: GroupedLayers,
): { rows: ChartRow[]; layers: ChartLayer[] } {
  const used = new Set<string>();
  const groups = series.groups.map((group, index) => {
    const shown = group.is_other
      ? 'other values'
      : group.value === null
        ? none
        : (nameOf?.(group.value) ?? group.value);
    // Two keys may have one name, and a value may be called as we call the others.
    const name = used.has(shown) ? `${shown} (${index + 1})` : shown;
    used.add(name);
    const own = group.value === null ? undefined : colorOf?.(group.value);
    const color = group.is_other ? OTHER_COLOR : (own ?? COLORS[index % COLORS.length] ?? OTHER_COLOR);
    const term = group.is_other ? undefined : termOf?.(group.value);
    return {
      layer: { name, color, ...(term && { term }) },
      points: new Map(group.points.map((point) => [point.at, point])),
    };
  });
  const rows = bucketsOf(series, (at) =>
    Object.fromEntries(
      groups.map(({ layer, points }) => {
        const point = points.get(at);
        return [layer.name, point ? value(point) : 0];
      }),
    ),
  );
  return { rows, layers: groups.map(({ layer }) => layer) };
}

function bucketsOf(series: StatsSeries, valuesOf: (at: string) => ChartRow['values']): ChartRow[] {
  return series.starts.slice(0, -1).map((at, index) => ({
    at,
    until: series.starts[index + 1] ?? at,
    label: labelOf(at, series),
    values: valuesOf(at),
  }));
}

/** Such as `26 Nov`, or `26 Nov 14:00` of hours, in the zone of the series. */
export function labelOf(at: string, { interval, time_zone }: Pick<StatsSeries, 'interval' | 'time_zone'>): string {
  return formatDateTime(at, {
    timeZone: time_zone,
    ...(interval === 'month' ? { month: 'short', year: 'numeric' } : { day: 'numeric', month: 'short' }),
    ...(interval === 'hour' && { hour: '2-digit', minute: '2-digit' }),
  });
}

/** As a spreadsheet reads it; what it would run as a formula begins with an apostrophe. */
export function toCsv(rows: readonly Pick<ChartRow, 'at' | 'values'>[], names: readonly string[]): string {
  const lines = [['start', ...names], ...rows.map((row) => [row.at, ...names.map((name) => row.values[name] ?? null)])];
  return lines.map(csvLine).join('');
}
