import type { StatsSeries } from '#shared/stats';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { type PageSearch, toFilters } from '../../domain/pageSearch.ts';
import { between, labelTime, readTime } from '../../domain/timeRange.ts';
import { viewersTimeZone } from '../../lib/formatDateTime.ts';
import { formatExact } from '../../lib/time.ts';
import type { ChartCardProps } from './ChartCard.tsx';
import { comparedBounds, type Comparison } from './previousPeriod.ts';
import { STATS_OPTIONS } from './statsOptions.ts';
import { type ShownTile, Tiles } from './Tiles.tsx';
import { tilesOf, usersTile } from './tiles.ts';
import classes from './AnalyticsPage.module.css';

type ComparedTotalsProps = {
  search: PageSearch;
  now: number;
  comparison: Comparison;
  series: StatsSeries | undefined;
  searchOf: ChartCardProps['searchOf'];
};

/** The totals of the page, against those of another time. */
export function ComparedTotals({ search, now, comparison, series, searchOf }: ComparedTotalsProps) {
  const filters = toFilters(search, now);
  const range = search.t === undefined ? null : readTime(search.t);
  const other = comparedBounds(range, comparison, now);
  const asked = { ...filters, ...other };
  const totals = trpc.stats.totals.useQuery(filters, STATS_OPTIONS);
  const before = trpc.stats.totals.useQuery(asked, { ...STATS_OPTIONS, enabled: other !== null });
  const users = trpc.stats.groups.useQuery({ filters, by: 'user', limit: 1 }, STATS_OPTIONS);
  const usersBefore = trpc.stats.groups.useQuery(
    { filters: asked, by: 'user', limit: 1 },
    { ...STATS_OPTIONS, enabled: other !== null },
  );
  const compared = other === null ? null : labelTime(between(Date.parse(other.from), Date.parse(other.to)));
  const shown = totals.data && [
    ...tilesOf({
      totals: totals.data,
      before: other === null ? undefined : before.data,
      points: series?.starts.slice(0, -1).map((at) => series.groups[0]?.points.find((point) => point.at === at)) ?? [],
    }).map(({ terms, sort, ...tile }): ShownTile => ({
      ...tile,
      to: '/requests',
      search: { ...searchOf(terms), ...(sort !== undefined && { sort }) },
    })),
    ...(users.data ? [activeUsers(users.data, other === null ? undefined : usersBefore.data, searchOf([]))] : []),
  ];
  return (
    <>
      {totals.error && !totals.data ? (
        <ErrorPanel
          title="The totals could not be loaded"
          message={errorMessage(totals.error)}
          onRetry={() => void totals.refetch()}
        />
      ) : (
        <Tiles tiles={shown} comparedWith={compared} isStale={totals.isPlaceholderData} />
      )}
      <p className={classes.compared}>
        {[
          compared === null ? null : `Changes are against ${compared}.`,
          totals.data?.counted_back_to
            ? `Counted are the latest requests, since ${formatExact(totals.data.counted_back_to)}.`
            : null,
          `Days begin at midnight of ${viewersTimeZone()}. Drag over a chart to zoom, click a bar to list its requests.`,
        ]
          .filter(Boolean)
          .join(' ')}
      </p>
    </>
  );
}

interface UserCount {
  readonly values: number;
  readonly counted_back_to: string | null;
  readonly is_folded: boolean;
}

function activeUsers(users: UserCount, before: UserCount | undefined, search: PageSearch): ShownTile {
  const isPart = (count: UserCount) => count.counted_back_to !== null || count.is_folded;
  const tile = usersTile(users.values, before && !isPart(before) ? before.values : null, isPart(users));
  return { ...tile, line: [], to: '/users', search };
}
