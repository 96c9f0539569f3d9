import { useEffect, useRef, useState } from 'react';
import { ActionIcon, ColorSwatch, getThemeColor, Group, Paper, Text, Tooltip, useMantineTheme } from '@mantine/core';
import { BarChart, LineChart } from '@mantine/charts';
import { DownloadIcon, ImageIcon, ListBulletIcon, TableIcon } from '@radix-ui/react-icons';
import { Link } from '@tanstack/react-router';
import type { Term } from '#shared/query/terms';
import type { PageSearch } from '../../domain/pageSearch.ts';
import { downloadText } from '../../lib/downloadText.ts';
import { axisTicks, highestOf } from './axisTicks.ts';
import { ChartTable } from './ChartTable.tsx';
import { type ChartLayer, type ChartRow, toCsv } from './chartData.ts';
import { savePicture } from './savePicture.ts';
import classes from './AnalyticsPage.module.css';

export type ChartCardProps = {
  title: string;
  /** Behind the title, such as of what it is a part. */
  note?: string | undefined;
  rows: readonly ChartRow[];
  layers: readonly ChartLayer[];
  kind: 'bars' | 'lines';
  format: (value: number) => string;
  /** Of the round values of the axis; `format` where there is none. */
  formatTick?: ((value: number) => string) | undefined;
  /** True where half of one makes no sense. Default: false. */
  isWhole?: boolean;
  /** The requests behind it: of these terms besides those of the page, in a time. */
  searchOf: (terms: readonly Term[], time?: { from: string; to: string }) => PageSearch;
  /** The buckets that were dragged over. */
  onZoom: (from: string, to: string) => void;
  /** The bucket that was clicked. */
  onPick: (from: string, to: string) => void;
};

/** The buckets under the pointer, while its button is down. */
interface Dragged {
  readonly first: number;
  readonly last: number;
}

/** What the chart library says of the pointer. */
type Pointed = { activeTooltipIndex?: number | string | null | undefined };

/** Room for half of the words at the uppermost line. */
const MARGIN = { top: 8, right: 4, bottom: 0, left: 0 };

/** All charts of the page show the same moment. */
const SYNC = 'analytics';

/** A chart, the table behind it, and its numbers as CSV. Dragging over it zooms, a click lists the requests of a bucket. */
export function ChartCard(props: ChartCardProps) {
  const { title, note, rows, layers, kind, format, searchOf } = props;
  const [isTable, setIsTable] = useState(false);
  const card = useRef<HTMLDivElement>(null);
  const names = layers.map(({ name }) => name);
  return (
    <Paper ref={card} component="section" aria-label={title} p="md" className={classes.card}>
      <Group justify="space-between" wrap="nowrap" mb={8}>
        <h2 className={classes.title}>{title}</h2>
        <Text fz="xs" c="dimmed" flex={1} truncate title={note}>
          {note}
        </Text>
        <Group gap={4} wrap="nowrap" data-not-in-picture>
          <Tooltip label="Open in list" withinPortal={false}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`${title}: open in list`}
              renderRoot={(root) => <Link to="/requests" search={searchOf([])} {...root} />}
            >
              <ListBulletIcon />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="As a table" withinPortal={false}>
            <ActionIcon
              variant={isTable ? 'light' : 'subtle'}
              color="gray"
              aria-label={`${title} as a table`}
              aria-pressed={isTable}
              onClick={() => setIsTable(!isTable)}
            >
              <TableIcon />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="CSV" withinPortal={false}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`${title} as CSV`}
              onClick={() => downloadText(toCsv(rows, names), `${title}.csv`, 'text/csv')}
            >
              <DownloadIcon />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Picture" withinPortal={false}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`${title} as a picture`}
              onClick={() => card.current && void savePicture(card.current, `${title}.png`)}
            >
              <ImageIcon />
            </ActionIcon>
          </Tooltip>
        </Group>
      </Group>
      {isTable ? (
        <ChartTable {...{ title, rows, layers, format, searchOf }} />
      ) : (
        <>
          <Chart {...props} />
          {(layers.length > 1 || kind === 'bars') && <Legend layers={layers} searchOf={searchOf} />}
        </>
      )}
    </Paper>
  );
}

function Chart({ rows, layers, kind, format, formatTick = format, isWhole = false, onZoom, onPick }: ChartCardProps) {
  const [dragged, setDragged] = useState<Dragged | null>(null);
  const [start, end] = dragged
    ? [rows[Math.min(dragged.first, dragged.last)], rows[Math.max(dragged.first, dragged.last)]]
    : [];
  // The button may be let go of beside the chart.
  useEffect(() => {
    if (!start || !end) return undefined;
    const finish = () => {
      setDragged(null);
      if (start === end) onPick(start.at, start.until);
      else onZoom(start.at, end.until);
    };
    const cancel = (event: KeyboardEvent) => event.key === 'Escape' && setDragged(null);
    window.addEventListener('mouseup', finish);
    window.addEventListener('keydown', cancel);
    return () => {
      window.removeEventListener('mouseup', finish);
      window.removeEventListener('keydown', cancel);
    };
  }, [start, end, onPick, onZoom]);
  const placeOf = ({ activeTooltipIndex: index }: Pointed) =>
    index === null || index === undefined || !rows[Number(index)] ? null : Number(index);
  const handlers = {
    syncId: SYNC,
    onMouseDown: (pointed: Pointed) => {
      const at = placeOf(pointed);
      if (at !== null) setDragged({ first: at, last: at });
    },
    onMouseMove: (pointed: Pointed) => {
      const at = placeOf(pointed);
      if (at !== null && dragged) setDragged((before) => before && { ...before, last: at });
    },
  };
  const ticks = axisTicks(highestOf(rows, layers, kind === 'bars'), isWhole);
  const labels = new Map(rows.map(({ at, label }) => [at, label]));
  const labelOf = (at: unknown) => labels.get(String(at)) ?? '';
  // Layers that stand on each other add up, which is what the height of a bar says.
  const sums = new Map(kind === 'bars' && layers.length > 1 ? rows.map((row) => [row.at, sumOf(row, layers)]) : []);
  const headOf = (at: unknown) => {
    const sum = sums.get(String(at));
    return sum === undefined || sum === null ? labelOf(at) : `${labelOf(at)}: ${format(sum)}`;
  };
  const shared = {
    h: 200,
    className: classes.chart,
    // Names of callers may mean something to the library: it gets our own.
    data: rows.map(({ at, values }) => ({
      at,
      ...Object.fromEntries(layers.map(({ name }, index) => [`s${index}`, values[name] ?? null])),
    })),
    dataKey: 'at',
    series: layers.map(({ name, color }, index) => ({ name: `s${index}`, label: name, color })),
    valueFormatter: format,
    tickLine: 'none' as const,
    tooltipAnimationDuration: 0,
    // Days at even distances, and round values that stand at their lines.
    xAxisProps: { tickFormatter: labelOf, interval: 'equidistantPreserveStart' as const },
    yAxisProps: {
      width: 64,
      allowDecimals: !isWhole,
      niceTicks: 'snap125' as const,
      interval: 0,
      tickFormatter: formatTick,
      ...(ticks && { ticks, domain: [0, ticks.at(-1) ?? 0] }),
    },
    tooltipProps: { labelFormatter: headOf },
    // What is dragged over is seen, and not what the numbers of one bucket are.
    mod: { dragging: start !== undefined && start !== end },
    ...(start && end && start !== end && { referenceAreas: [{ x1: start.at, x2: end.at, color: 'indigo.6' }] }),
  };
  return kind === 'bars' ? (
    <BarChart {...shared} type="stacked" maxBarWidth={40} barChartProps={{ ...handlers, margin: MARGIN }} />
  ) : (
    <LineChart
      {...shared}
      curveType="linear"
      connectNulls={false}
      withDots={rows.length < 40}
      lineChartProps={{ ...handlers, margin: MARGIN }}
    />
  );
}

/** Null where none of them is known. */
function sumOf({ values }: ChartRow, layers: readonly ChartLayer[]): number | null {
  const known = layers.map(({ name }) => values[name]).filter((value) => value !== null && value !== undefined);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

/** The names of the layers, each a link to its requests. */
function Legend({ layers, searchOf }: Pick<ChartCardProps, 'layers' | 'searchOf'>) {
  const theme = useMantineTheme();
  return (
    <ul className={classes.legend}>
      {layers.map(({ name, color, term }) => (
        <li key={name}>
          <ColorSwatch size={10} color={getThemeColor(color, theme)} withShadow={false} aria-hidden />
          {term ? (
            <Link to="/requests" search={searchOf([term])} className={classes.link} title={name}>
              {name}
            </Link>
          ) : (
            <span title={name}>{name}</span>
          )}
        </li>
      ))}
    </ul>
  );
}
