import '@mantine/charts/styles.css';
import { useState } from 'react';
import { Button, Group, NativeSelect, Skeleton, Text } from '@mantine/core';
import { keepPreviousData } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { FacetField, SeriesPoint, StatsSeries } from '#shared/stats';
import { addTerm } from '#shared/query/terms';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { Page } from '../../components/Page.tsx';
import { changeSearch, type PageSearch, toFilters } from '../../domain/pageSearch.ts';
import { TimeControl } from '../../domain/TimeControl.tsx';
import { between, formatTime } from '../../domain/timeRange.ts';
import { useAddress } from '../../domain/useAddress.ts';
import { formatCompact, formatDuration, formatUsd } from '../../lib/formatNumber.ts';
import { useNow } from '../../lib/useNow.ts';
import { FilterNumbers } from '../requests/FilterNumbers.tsx';
import { LeftOutLine } from '../requests/LeftOutLine.tsx';
import { QueryBar } from '../requests/QueryBar.tsx';
import { ChartCard } from './ChartCard.tsx';
import { type ChartLayer, rowsByGroup, rowsOf } from './chartData.ts';
import classes from './AnalyticsPage.module.css';

const GROUPS = [
  { value: 'model', label: 'Model' },
  { value: 'provider', label: 'Provider' },
  { value: 'prompt', label: 'Prompt' },
  { value: 'env', label: 'Environment' },
  { value: 'user', label: 'User' },
  { value: 'release', label: 'Release' },
] as const;
type GroupName = (typeof GROUPS)[number]['value'];

const isGroup = (name: string): name is GroupName => GROUPS.some(({ value }) => value === name);
const USUAL_TIME = '30d';
const STALE_MS = 30_000;

const BY_STATUS: readonly ChartLayer[] = [
  { name: 'Not failed', color: 'indigo.6', value: ({ requests, errors }) => requests - errors },
  { name: 'Errors', color: 'red.7', value: ({ errors }) => errors },
];
const TOKENS: readonly ChartLayer[] = [
  { name: 'Input', color: 'indigo.6', value: (point) => point.input_tokens - point.cached_input_tokens },
  { name: 'Cached input', color: 'cyan.7', value: (point) => point.cached_input_tokens },
  { name: 'Output', color: 'orange.7', value: (point) => point.output_tokens - point.reasoning_tokens },
  { name: 'Reasoning', color: 'grape.6', value: (point) => point.reasoning_tokens },
];
const LATENCY: readonly ChartLayer[] = [
  { name: 'p50', color: 'teal.7', value: (point) => point.p50_latency_ms },
  { name: 'p95', color: 'orange.7', value: (point) => point.p95_latency_ms },
  { name: 'p99', color: 'red.7', value: (point) => point.p99_latency_ms },
];
const FIRST_TOKEN: readonly ChartLayer[] = [
  { name: 'p50', color: 'teal.7', value: (point) => point.p50_ttft_ms },
  { name: 'p95', color: 'orange.7', value: (point) => point.p95_ttft_ms },
];

/** Numbers over time, each of which leads to the requests behind it. */
export default function AnalyticsPage() {
  const { search: asked, change } = useAddress();
  const search: PageSearch = { ...asked, t: asked.t ?? USUAL_TIME };
  const now = useNow();
  const navigate = useNavigate();
  const [group, setGroup] = useState<GroupName>('model');
  const filters = toFilters(search, now);
  const time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const options = { placeholderData: keepPreviousData, staleTime: STALE_MS };
  const totals = trpc.stats.totals.useQuery(filters, options);
  const all = trpc.stats.series.useQuery({ filters, time_zone }, options);
  const grouped = trpc.stats.series.useQuery({ filters, time_zone, group }, options);
  const tops = trpc.stats.facets.useQuery({ filters, fields: [group] satisfies FacetField[] }, options);

  const series = all.data;
  const zoomTo = (at: string) => {
    const index = series?.starts.indexOf(at) ?? -1;
    const end = series?.starts[index + 1];
    if (end === undefined) return;
    void navigate({
      to: '/requests',
      search: changeSearch(search, { t: formatTime(between(Date.parse(at), Date.parse(end))) }),
    });
  };
  const error = all.error ?? grouped.error;
  const sinceOf = (backTo: string | null | undefined) =>
    backTo ? `of the latest requests, since ${new Date(backTo).toLocaleString('en-GB')}` : undefined;
  const chart = (title: string, layers: readonly ChartLayer[], kind: 'bars' | 'lines', format: (n: number) => string) =>
    series && (
      <ChartCard
        title={title}
        note={sinceOf(kind === 'bars' ? series.counted_back_to : series.percentiles_back_to)}
        rows={rowsOf(series, layers, kind === 'bars')}
        layers={layers}
        kind={kind}
        format={format}
        onPick={zoomTo}
      />
    );
  const byGroup = (title: string, value: (point: SeriesPoint) => number, format: (n: number) => string) =>
    grouped.data && (
      <ChartCard
        title={title}
        note={sinceOf(grouped.data.counted_back_to)}
        {...rowsByGroup(grouped.data, value)}
        kind="bars"
        format={format}
        onPick={zoomTo}
      />
    );
  const groupLabel = GROUPS.find(({ value }) => value === group)?.label.toLowerCase() ?? group;
  return (
    <Page
      title="Analytics"
      actions={
        <Button
          size="xs"
          variant="default"
          renderRoot={(props) => <Link to="/requests" search={changeSearch(search, {})} {...props} />}
        >
          Open in list
        </Button>
      }
    >
      <div className={classes.toolbar} role="group" aria-label="Filters">
        <QueryBar value={search.q ?? ''} onApply={(q) => change({ q })} filters={filters} />
        <TimeControl value={search.t} onChange={(t) => change({ t })} />
        <NativeSelect
          size="xs"
          aria-label="Group by"
          value={group}
          data={GROUPS.map(({ value, label }) => ({ value, label: `By ${label.toLowerCase()}` }))}
          onChange={(event) => isGroup(event.currentTarget.value) && setGroup(event.currentTarget.value)}
        />
      </div>
      <LeftOutLine search={search} onForget={() => change({ q: asked.q })} />
      <FilterNumbers totals={totals.data} isStale={totals.isPlaceholderData} error={totals.error} />
      {error && !series ? (
        <ErrorPanel
          title="The numbers could not be loaded"
          message={errorMessage(error)}
          onRetry={() => void all.refetch()}
        />
      ) : (
        <div className={classes.charts} data-stale={all.isPlaceholderData || undefined}>
          {!series && [1, 2, 3, 4].map((place) => <Skeleton key={place} height={260} aria-label="Loading" />)}
          {chart('Requests by status', BY_STATUS, 'bars', formatCompact)}
          {byGroup(`Requests by ${groupLabel}`, ({ requests }) => requests, formatCompact)}
          {byGroup(
            `Cost by ${groupLabel}`,
            ({ cost_usd }) => Number(cost_usd),
            (usd) => formatUsd(String(usd)),
          )}
          {chart('Tokens', TOKENS, 'bars', formatCompact)}
          {chart('Latency', LATENCY, 'lines', formatDuration)}
          {chart('Time to first token', FIRST_TOKEN, 'lines', formatDuration)}
        </div>
      )}
      <Top group={group} label={groupLabel} search={search} facet={tops.data?.facets[0]} series={grouped.data} />
    </Page>
  );
}

type TopProps = {
  group: GroupName;
  label: string;
  search: PageSearch;
  facet: { readonly values: readonly { value: string; requests: number }[]; readonly others: number } | undefined;
  series: StatsSeries | undefined;
};

/** The most frequent values, each a link to its requests. */
function Top({ group, label, search, facet, series }: TopProps) {
  if (!facet || facet.values.length === 0) return null;
  const most = facet.values[0]?.requests ?? 1;
  const costs = new Map(
    series?.groups.map(({ value, points }) => [value, points.reduce((sum, { cost_usd }) => sum + Number(cost_usd), 0)]),
  );
  return (
    <section aria-label={`Top by ${label}`} className={classes.top}>
      <h2 className={classes.title}>Top by {label}</h2>
      {facet.values.slice(0, 10).map(({ value, requests }) => (
        <Link
          key={value}
          to="/requests"
          search={changeSearch(search, { q: addTerm(search.q ?? '', { field: group, value }) })}
          className={classes.row}
        >
          <span className={classes.share} style={{ width: `${(requests / most) * 100}%` }} aria-hidden />
          <Text fz="sm" truncate flex={1}>
            {value}
          </Text>
          <Group gap={16} wrap="nowrap">
            <Text fz="sm">{formatCompact(requests)} requests</Text>
            <Text fz="sm" w={80} ta="right">
              {costs.has(value) ? formatUsd(String(costs.get(value))) : ''}
            </Text>
          </Group>
        </Link>
      ))}
    </section>
  );
}
