import '@mantine/charts/styles.css';
import { Button, NativeSelect } from '@mantine/core';
import { BarChartIcon } from '@radix-ui/react-icons';
import { Link, useNavigate } from '@tanstack/react-router';
import { addTerm } from '#shared/query/terms';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { Page } from '../../components/Page.tsx';
import { TextLink } from '../../components/TextLink.tsx';
import { FilterControls } from '../../domain/filters/FilterControls.tsx';
import { LeftOutLine } from '../../domain/filters/LeftOutLine.tsx';
import { useKeyNames } from '../../domain/KeyName.tsx';
import { changeSearch, type PageSearch, toFilters } from '../../domain/pageSearch.ts';
import { between, formatTime } from '../../domain/timeRange.ts';
import { useAddress } from '../../domain/useAddress.ts';
import { viewersTimeZone } from '../../lib/formatDateTime.ts';
import { formatExact } from '../../lib/time.ts';
import { useNow } from '../../lib/useNow.ts';
import { AnalyticsCharts } from './AnalyticsCharts.tsx';
import type { ChartCardProps } from './ChartCard.tsx';
import { ComparedTotals } from './ComparedTotals.tsx';
import { groupLabel, type GroupName, groupNoun, GROUPS, isGroupName } from './layers.ts';
import { COMPARISONS, isComparison } from './previousPeriod.ts';
import { STATS_OPTIONS } from './statsOptions.ts';
import { TopTable } from './TopTable.tsx';
import classes from './AnalyticsPage.module.css';

const USUAL_TIME = '30d';
const USUAL_GROUP = 'model';
/** Beside that of the chosen field. */
const TOPS: readonly GroupName[] = ['model', 'prompt', 'user', 'key', 'error.type'];
/** Tags are asked for seldom: which there are hardly changes. */
const TAGS_STALE_MS = 300_000;

/** Numbers over time, each of which leads to the requests behind it. */
export default function AnalyticsPage() {
  const { search: asked, change } = useAddress();
  const search: PageSearch = { ...asked, t: asked.t ?? USUAL_TIME };
  const now = useNow();
  const navigate = useNavigate();
  const group = search.by !== undefined && isGroupName(search.by) ? search.by : USUAL_GROUP;
  const comparison = isComparison(search.vs) ? search.vs : 'before';
  const filters = toFilters(search, now);
  const time_zone = viewersTimeZone();
  const keyNames = useKeyNames();
  const nameOf = (of: GroupName) => (value: string) =>
    of === 'key' ? (keyNames.get(value) ?? value.slice(0, 8)) : value;

  const all = trpc.stats.series.useQuery({ filters, time_zone }, STATS_OPTIONS);
  const byStatus = trpc.stats.series.useQuery(
    { filters, time_zone, group: 'status', percentiles: false },
    STATS_OPTIONS,
  );
  const grouped = trpc.stats.series.useQuery({ filters, time_zone, group, percentiles: false }, STATS_OPTIONS);
  const tags = trpc.stats.facets.useQuery({ filters: {}, fields: ['tag'] }, { staleTime: TAGS_STALE_MS });
  // That of the address too, which requests may have that are not looked at for tags.
  const tagNames = new Set([...(tags.data?.facets.map(({ field }) => field) ?? []), group]);
  const groups: readonly { value: GroupName; label: string }[] = [
    ...GROUPS,
    ...[...tagNames]
      .filter((name) => name.startsWith('tag.'))
      .filter(isGroupName)
      .map((value) => ({ value, label: groupLabel(value) })),
  ];

  const searchOf: ChartCardProps['searchOf'] = (terms, time) =>
    changeSearch(search, {
      q: terms.reduce((q, term) => addTerm(q, term), search.q ?? ''),
      ...(time && { t: formatTime(between(Date.parse(time.from), Date.parse(time.to))) }),
      by: undefined,
      vs: undefined,
    });
  const onZoom: ChartCardProps['onZoom'] = (from, to) =>
    change({ t: formatTime(between(Date.parse(from), Date.parse(to))) });
  const onPick: ChartCardProps['onPick'] = (from, to) =>
    void navigate({ to: '/requests', search: searchOf([], { from, to }) });
  const sinceOf = (backTo: string | null | undefined) =>
    backTo ? `of the latest requests, since ${formatExact(backTo)}` : undefined;
  const series = all.data;
  const error = all.error ?? grouped.error;
  const isEmpty = series?.groups.every(({ points }) => points.length === 0) === true;
  return (
    <Page
      title="Analytics"
      actions={
        <Button
          size="xs"
          variant="default"
          renderRoot={(props) => <Link to="/requests" search={searchOf([])} {...props} />}
        >
          Open in list
        </Button>
      }
    >
      <div className={classes.toolbar} role="group" aria-label="Filters">
        <FilterControls search={search} change={change} now={now} />
        <NativeSelect
          size="xs"
          aria-label="Group by"
          value={group}
          data={groups.map(({ value }) => ({ value, label: `By ${groupNoun(value)}` }))}
          onChange={({ currentTarget: { value } }) => change({ by: value === USUAL_GROUP ? undefined : value })}
        />
        <NativeSelect
          size="xs"
          aria-label="Compare"
          value={comparison}
          data={COMPARISONS.map(({ value, label }) => ({ value, label }))}
          onChange={({ currentTarget: { value } }) => change({ vs: value === 'before' ? undefined : value })}
        />
      </div>
      <LeftOutLine search={search} change={change} />
      <ComparedTotals {...{ search, now, comparison, series, searchOf }} />
      {error && !series ? (
        <ErrorPanel
          title="The numbers could not be loaded"
          message={errorMessage(error)}
          onRetry={() => void all.refetch()}
        />
      ) : isEmpty ? (
        <EmptyState
          icon={<BarChartIcon />}
          title="No requests in this time"
          description="Charts are drawn of the requests that match the query and began in this time. Choose a longer time, or see the requests."
        >
          <TextLink to="/requests" search={changeSearch(search, { t: undefined, by: undefined, vs: undefined })}>
            Requests of all time
          </TextLink>
        </EmptyState>
      ) : (
        <AnalyticsCharts
          {...{ series, group, searchOf, onZoom, onPick, sinceOf, nameOf }}
          byStatus={byStatus.data}
          grouped={grouped.data}
          isStale={all.isPlaceholderData}
        />
      )}
      {!isEmpty && (
        <div className={classes.tops}>
          {[...new Set<GroupName>([group, ...TOPS])].map((each, place) => (
            <TopTable
              key={each}
              group={each}
              isFirst={place === 0}
              {...{ filters, searchOf, sinceOf }}
              nameOf={nameOf(each)}
            />
          ))}
        </div>
      )}
    </Page>
  );
}
