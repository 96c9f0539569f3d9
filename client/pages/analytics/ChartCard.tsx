import { useState } from 'react';
import { ActionIcon, Group, Paper, Text, Tooltip } from '@mantine/core';
import { BarChart, LineChart } from '@mantine/charts';
import { DownloadIcon, TableIcon } from '@radix-ui/react-icons';
import { type ChartRow, toCsv } from './chartData.ts';
import classes from './AnalyticsPage.module.css';

type ChartCardProps = {
  title: string;
  /** Behind the title, such as of what it is a part. */
  note?: string | undefined;
  rows: readonly ChartRow[];
  layers: readonly { readonly name: string; readonly color: string }[];
  kind: 'bars' | 'lines';
  format: (value: number) => string;
  /** The bucket that was clicked. */
  onPick: (at: string) => void;
};

/** Names of a legend that stand on one line of a wide chart. */
const MOST_ON_ONE_LINE = 4;

/** A chart, the table behind it, and its numbers as CSV. */
export function ChartCard({ title, note, rows, layers, kind, format, onPick }: ChartCardProps) {
  const [isTable, setIsTable] = useState(false);
  const names = layers.map(({ name }) => name);
  const shared = {
    // Many names take several lines of the legend, and on a phone most of a low chart.
    h: layers.length > MOST_ON_ONE_LINE ? 320 : 200,
    // Names of callers may mean something to the library: it gets our own.
    data: rows.map(({ label, values }) => ({
      label,
      ...Object.fromEntries(names.map((name, index) => [`s${index}`, values[name] ?? null])),
    })),
    dataKey: 'label',
    series: layers.map(({ name, color }, index) => ({ name: `s${index}`, label: name, color })),
    valueFormatter: format,
    withLegend: layers.length > 1,
    tickLine: 'none' as const,
    // As high as its lines need.
    legendProps: { verticalAlign: 'bottom' as const },
    tooltipAnimationDuration: 0,
    yAxisProps: { width: 64 },
  };
  const onClick = ({ activeTooltipIndex: index }: { activeTooltipIndex?: number | string | null | undefined }) => {
    const row = rows[Number(index)];
    if (row) onPick(row.at);
  };
  return (
    <Paper component="section" aria-label={title} p="md" className={classes.card}>
      <Group justify="space-between" wrap="nowrap" mb={8}>
        <h2 className={classes.title}>{title}</h2>
        {note !== undefined && (
          <Text fz="xs" c="dimmed" flex={1} truncate>
            {note}
          </Text>
        )}
        <Group gap={4} wrap="nowrap">
          <Tooltip label="As a table">
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
          <Tooltip label="CSV">
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`${title} as CSV`}
              onClick={() => download(`${title}.csv`, toCsv(rows, names))}
            >
              <DownloadIcon />
            </ActionIcon>
          </Tooltip>
        </Group>
      </Group>
      {isTable ? (
        <div className={classes.table} tabIndex={0} role="region" aria-label={`${title}, numbers`}>
          <table>
            <thead>
              <tr>
                <th scope="col">From</th>
                {names.map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.at}>
                  <th scope="row">{row.label}</th>
                  {names.map((name) => {
                    const value = row.values[name] ?? null;
                    return <td key={name}>{value === null ? '–' : format(value)}</td>;
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : kind === 'bars' ? (
        <BarChart {...shared} type="stacked" maxBarWidth={40} barChartProps={{ onClick }} />
      ) : (
        <LineChart
          {...shared}
          curveType="linear"
          connectNulls={false}
          withDots={rows.length < 40}
          lineChartProps={{ onClick }}
        />
      )}
    </Paper>
  );
}

function download(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
}
