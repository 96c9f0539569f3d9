import { useState } from 'react';
import { UnstyledButton } from '@mantine/core';
import { useInViewport } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import type { GroupSort, StatsGroup } from '#shared/stats';
import type { RequestFilters } from '#shared/request';
import type { Term } from '#shared/query/terms';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import type { PageSearch } from '../../domain/pageSearch.ts';
import { costTotal } from '../../domain/totals.ts';
import { formatCompact, formatCount, formatDuration, formatShare } from '../../lib/formatNumber.ts';
import { type GroupName, groupNoun, groupTerm } from './layers.ts';
import { STATS_OPTIONS } from './statsOptions.ts';
import page from './AnalyticsPage.module.css';
import classes from './TopTable.module.css';

type TopTableProps = {
  group: GroupName;
  filters: RequestFilters;
  searchOf: (terms: readonly Term[]) => PageSearch;
  nameOf: (value: string) => string;
  /** Where it is asked for at once, and not only when it is seen. */
  isFirst: boolean;
  sinceOf: (backTo: string | null | undefined) => string | undefined;
};

const SHOWN = 10;
const COLUMNS: readonly { readonly name: string; readonly sort?: GroupSort }[] = [
  { name: 'Requests', sort: 'requests' },
  { name: 'Errors', sort: 'errors' },
  { name: 'Cost', sort: 'cost' },
  { name: 'Tokens', sort: 'tokens' },
  { name: 'Average' },
  { name: 'p95' },
];

/** The values of a field with the most of something, each a link to its requests. */
export function TopTable({ group, filters, searchOf, nameOf, isFirst, sinceOf }: TopTableProps) {
  const [sort, setSort] = useState<GroupSort>('requests');
  const { ref, inViewport } = useInViewport();
  const [wasSeen, setWasSeen] = useState(false);
  if (inViewport && !wasSeen) setWasSeen(true);
  const { data, error, isPlaceholderData } = trpc.stats.groups.useQuery(
    { filters, by: group, sort, limit: SHOWN },
    { ...STATS_OPTIONS, enabled: wasSeen || isFirst },
  );
  const noun = groupNoun(group);
  const most = Math.max(1, ...(data?.groups.map((each) => each.requests) ?? []));
  const notes = [
    sinceOf(data?.counted_back_to ?? data?.percentiles_back_to),
    data?.is_folded ? 'at least: some days had too many values to tell all apart' : undefined,
  ].filter((note) => note !== undefined);
  return (
    <section ref={ref} aria-label={`Top by ${noun}`} className={classes.section}>
      <h2 className={classes.title}>
        Top by {noun} {data && data.values > SHOWN && <small>{formatCount(data.values)} in all</small>}{' '}
        <small>{notes.join('; ')}</small>
      </h2>
      <div className={classes.scroll} tabIndex={0} role="region" aria-label={`Top by ${noun}, numbers`}>
        {error && !data ? (
          <p role="alert">{errorMessage(error)}</p>
        ) : (
          <table className={classes.table} data-stale={isPlaceholderData || undefined}>
            <thead>
              <tr>
                <th scope="col">{noun.charAt(0).toUpperCase() + noun.slice(1)}</th>
                {COLUMNS.map(({ name, sort: by }) => (
                  <th key={name} scope="col" data-number aria-sort={by === sort ? 'descending' : undefined}>
                    {by ? (
                      <UnstyledButton fz="inherit" className={classes.sort} onClick={() => setSort(by)}>
                        {name}
                        {by === sort && <span aria-hidden> ↓</span>}
                      </UnstyledButton>
                    ) : (
                      name
                    )}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {data?.groups.map((each) => (
                <TopRow key={`${each.is_other}/${each.value}`} {...{ group, most, searchOf, nameOf, each }} />
              ))}
              {(!data || data.groups.length === 0) && (
                <tr>
                  <td colSpan={COLUMNS.length + 1}>{data ? 'No requests in this time' : '…'}</td>
                </tr>
              )}
            </tbody>
          </table>
        )}
      </div>
    </section>
  );
}

type TopRowProps = Pick<TopTableProps, 'group' | 'searchOf' | 'nameOf'> & { most: number; each: StatsGroup };

function TopRow({ group, most, searchOf, nameOf, each }: TopRowProps) {
  const { value, is_other, requests, errors, input_tokens, output_tokens, avg_latency_ms, p95_latency_ms } = each;
  const name = is_other ? 'Other values' : value === null ? `No ${groupNoun(group)}` : nameOf(value);
  const term = is_other ? undefined : groupTerm(group, value);
  const cost = costTotal(each, 'request');
  const tokens = input_tokens + output_tokens;
  const duration = (ms: number | null) => (ms === null ? '–' : formatDuration(ms));
  const failed: Term = { field: 'status', value: 'error' };
  return (
    <tr>
      <th scope="row" dir="auto" title={name}>
        {term ? (
          <Link to="/requests" search={searchOf([term])} className={page.link}>
            {name}
          </Link>
        ) : (
          <span className={classes.plain}>{name}</span>
        )}
      </th>
      <td data-number title={formatCount(requests)}>
        <span className={classes.share} style={{ width: `${(requests / most) * 100}%` }} aria-hidden />
        <span className={classes.number}>{formatCompact(requests)}</span>
      </td>
      <td data-number title={`${formatCount(errors)} of ${formatCount(requests)}`}>
        {term && errors > 0 ? (
          <Link to="/requests" search={searchOf([term, failed])} className={page.link}>
            {formatShare(errors, requests)}
          </Link>
        ) : (
          formatShare(errors, requests)
        )}
      </td>
      <td data-number title={[cost.exact, cost.detail].filter(Boolean).join(', ')}>
        {cost.value}
        {each.unpriced_requests > 0 && cost.value !== '–' && '+'}
      </td>
      <td data-number title={tokens === 0 ? 'not reported' : formatCount(tokens)}>
        {tokens === 0 ? '–' : formatCompact(tokens)}
      </td>
      <td data-number>{duration(avg_latency_ms)}</td>
      <td data-number>{duration(p95_latency_ms)}</td>
    </tr>
  );
}
