/** The rows of the endpoint table that are about totals, series and groups. */
import type { Endpoint } from './endpoints.ts';
import { EXAMPLES } from './endpointExamples.ts';
import { FilterQuery } from './endpointQueries.ts';
import { GroupsQuery, SeriesQuery, StatsGroups, StatsSeries, StatsTotals } from './stats.ts';

export const statsEndpoints = {
  getStats: {
    method: 'get',
    path: '/api/v1/stats',
    auth: 'read',
    tag: 'Reading',
    examples: EXAMPLES.getStats,
    summary: 'Totals over the requests that match a filter.',
    query: FilterQuery,
    output: StatsTotals,
    status: 200,
  },
  getStatsSeries: {
    method: 'get',
    path: '/api/v1/stats/series',
    auth: 'read',
    tag: 'Reading',
    examples: EXAMPLES.getStatsSeries,
    summary: 'Sums and percentiles in the hours, days, weeks or months of a time zone, told apart by a field.',
    query: FilterQuery.extend(SeriesQuery.shape),
    output: StatsSeries,
    status: 200,
  },
  getStatsGroups: {
    method: 'get',
    path: '/api/v1/stats/groups',
    auth: 'read',
    tag: 'Reading',
    examples: EXAMPLES.getStatsGroups,
    summary: 'What the requests that match add up to by the values of a field or of a tag, the largest first.',
    query: FilterQuery.extend(GroupsQuery.shape),
    output: StatsGroups,
    status: 200,
  },
} as const satisfies Record<string, Endpoint>;
