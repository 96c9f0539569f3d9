/** SQL that reads the histograms: relations `r` of histograms, with the names that requests have, so that one filter serves all. */
import type { OrgScope } from '#server/auth/orgScope';
import type { Parameters } from '#server/db/sql';
import { BUCKETS_OF_ROW, COUNTS_OF_ROW } from '#server/rollups/histogramSql';
import type { Dimension } from '#server/rollups/rollUp';
import type { StatsFilter } from './statsFilter.ts';
import {
  exceptSql,
  type Grain,
  keysOf,
  movedRows,
  movesSql,
  noonOf,
  PLACES,
  type Source,
  spansSql,
  tableOf,
  whereIn,
} from './sumsSql.ts';
import { splitRange, type TimeRange } from './timeRange.ts';

/** Rollups that have histograms. */
export type BucketSource = 'all' | Dimension;

/** True where percentiles are kept for what is asked. */
export function hasBuckets(source: Source | null): source is BucketSource {
  return source !== null && source !== 'dimensions' && source !== 'users';
}

/**
 * Rows `r` of a time `at`, the dimension of the source, the arrays `buckets` and `counts` of a histogram, and a `sign` of its
 * counts; whose time is told apart as that of sums is. Of requests themselves the arrays have two dimensions, with null for a bucket
 * that one does not count in.
 */
export function bucketsSql(
  parameters: Parameters,
  scope: OrgScope,
  filter: StatsFilter,
  { source, ...grain }: Grain & { readonly source: BucketSource },
): string {
  const split = splitRange(filter, grain);
  const org = parameters.bind(scope.org_id);
  const keys = keysOf(source)
    .map((key) => `, ${key}`)
    .join('');
  const name = source === 'all' ? '' : `, ${source}`;
  const kept = (unit: 'day' | 'hour', ranges: readonly TimeRange[], { at = 'starts_at', except = '' } = {}) => {
    const { table, where } = tableOf(source, unit);
    return ranges.map(
      (range) => `SELECT org_id, ${at} AS at${keys}, buckets, counts, 1 AS sign FROM ${table}
       WHERE org_id = ${org} AND ${where} ${whereIn(parameters, 'starts_at', [range])}${except}`,
    );
  };
  const ofRequests = (span: string, { at, sign, places = '' }: { at: string; sign: string; places?: string }) =>
    `SELECT org_id, ${at} AS at${name}, array_agg(${BUCKETS_OF_ROW}) AS buckets, array_agg(${COUNTS_OF_ROW}) AS counts, ${sign} AS sign
    FROM ${span} JOIN requests ON org_id = ${org} AND started_at >= since AND started_at < until${places}
    GROUP BY org_id, ${at}${places && ', place.sign'}${name}`;
  const parts = [
    ...kept('day', split.days, grain.edges === undefined ? {} : { at: noonOf('starts_at') }),
    ...kept('hour', split.hours, { except: exceptSql(parameters, 'starts_at', split.exceptHours) }),
  ];
  if (split.rest.length > 0) parts.push(ofRequests(spansSql(parameters, split.rest), { at: 'since', sign: '1' }));
  if (split.movedHours.length > 0) {
    const { table, where } = tableOf(source, 'hour');
    parts.push(`SELECT org_id, place.at${keys}, buckets, counts, place.sign FROM ${movesSql(parameters, split.movedHours)}
      CROSS JOIN ${movedRows({ table, time: 'starts_at', org, where })} CROSS JOIN ${PLACES}`);
  }
  if (split.movedRest.length > 0)
    parts.push(
      ofRequests(movesSql(parameters, split.movedRest), {
        at: 'place.at',
        sign: 'place.sign',
        places: ` CROSS JOIN ${PLACES}`,
      }),
    );
  if (parts.length === 0) parts.push(...kept('day', [{ from: 0, to: 0 }]));
  return `(${parts.join(' UNION ALL ')}) r`;
}
