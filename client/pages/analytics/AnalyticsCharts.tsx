import { Skeleton } from '@mantine/core';
import type { SeriesPoint, StatsSeries } from '#shared/stats';
import { formatCompact, formatDuration, formatShort, formatUsd, formatUsdMark } from '../../lib/formatNumber.ts';
import { formatTick } from '../traces/timeScale.ts';
import { ChartCard, type ChartCardProps } from './ChartCard.tsx';
import { type MeasuredLayer, rowsByGroup, rowsOf } from './chartData.ts';
import {
  costOf,
  FIRST_TOKEN,
  type GroupName,
  groupNoun,
  groupTerm,
  LATENCY,
  SPEED,
  statusColor,
  TOKENS,
} from './layers.ts';
import classes from './AnalyticsPage.module.css';

const formatDollars = (usd: number) => formatUsd(String(usd));

/** Of an axis: `50K` beside `100K`, `5 s` beside `10 s`. */
const TICK_FORMATS: ReadonlyMap<(value: number) => string, (value: number) => string> = new Map([
  [formatCompact, formatShort],
  [formatDuration, formatTick],
  [formatDollars, formatUsdMark],
]);

type AnalyticsChartsProps = Pick<ChartCardProps, 'searchOf' | 'onZoom' | 'onPick'> & {
  /** Of all requests, by their status, and by the values of `group`; undefined while they load. */
  series: StatsSeries | undefined;
  byStatus: StatsSeries | undefined;
  grouped: StatsSeries | undefined;
  group: GroupName;
  /** What a value of a field is called. */
  nameOf: (of: GroupName) => (value: string) => string;
  /** What is said where older requests were not counted; nothing where all were. */
  sinceOf: (backTo: string | null) => string | undefined;
  isStale: boolean;
};

/** The charts of the page, which have one pointer and one time. */
export function AnalyticsCharts(props: AnalyticsChartsProps) {
  const { series, byStatus, grouped, group, nameOf, sinceOf, isStale, ...shared } = props;
  const noteOf = ({ is_folded }: StatsSeries, backTo: string | null) =>
    [
      sinceOf(backTo),
      is_folded ? 'some days had too many values to tell all apart: those are among the other values' : undefined,
    ]
      .filter((note) => note !== undefined)
      .join('; ') || undefined;
  const chart = (
    title: string,
    layers: readonly MeasuredLayer[],
    kind: 'bars' | 'lines',
    format: (value: number) => string,
  ) =>
    series && (
      <ChartCard
        {...shared}
        {...{ title, layers, kind, format }}
        isWhole={format === formatCompact}
        formatTick={TICK_FORMATS.get(format)}
        note={noteOf(series, kind === 'bars' ? series.counted_back_to : series.percentiles_back_to)}
        rows={rowsOf(series, layers, kind === 'bars')}
      />
    );
  const byGroup = (
    title: string,
    of: GroupName,
    data: StatsSeries | undefined,
    value: (point: SeriesPoint) => number | null,
    format: (value: number) => string,
  ) =>
    data && (
      <ChartCard
        {...shared}
        {...{ title, format }}
        isWhole={format === formatCompact}
        formatTick={TICK_FORMATS.get(format)}
        kind="bars"
        note={noteOf(data, data.counted_back_to)}
        {...rowsByGroup(data, value, {
          none: `no ${groupNoun(of)}`,
          nameOf: nameOf(of),
          termOf: (each) => groupTerm(of, each),
          ...(of === 'status' && { colorOf: statusColor }),
        })}
      />
    );
  const noun = groupNoun(group);
  return (
    <div className={classes.charts} data-stale={isStale || undefined}>
      {!series && [1, 2, 3, 4].map((place) => <Skeleton key={place} height={260} aria-label="Loading" />)}
      {byGroup('Requests by status', 'status', byStatus, ({ requests }) => requests, formatCompact)}
      {byGroup(`Requests by ${noun}`, group, grouped, ({ requests }) => requests, formatCompact)}
      {byGroup(`Cost by ${noun}`, group, grouped, costOf, formatDollars)}
      {chart('Tokens', TOKENS, 'bars', formatCompact)}
      {chart('Latency', LATENCY, 'lines', formatDuration)}
      {chart('Time to first token', FIRST_TOKEN, 'lines', formatDuration)}
      {chart('Tokens a second', SPEED, 'lines', (speed) => `${formatCompact(Math.round(speed))}/s`)}
    </div>
  );
}
