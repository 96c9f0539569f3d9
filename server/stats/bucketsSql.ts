/** SQL that reads the histograms: relations `r` of buckets, with the names that requests have, so that one filter serves all. */
import type { OrgScope } from '#server/auth/orgScope';
import type { Parameters } from '#server/db/sql';
import { bucketRowsSql } from '#server/rollups/histogramSql';
import type { StatsFilter } from './statsFilter.ts';
import {
  exceptSql,
  type Grain,
  keysOf,
  movesSql,
  noonOf,
  PLACES,
  type SingleDimension,
  type Source,
  spansSql,
  tableOf,
  whereIn,
} from './sumsSql.ts';
import { splitRange, type TimeRange } from './timeRange.ts';

/** Rollups that have histograms. */
export type BucketSource = 'all' | SingleDimension;

/** True where percentiles are kept for what is asked. */
export function hasBuckets(source: Source | null): source is BucketSource {
  return source !== null && source !== 'dimensions' && source !== 'users';
}

const HELD = 'LATERAL unnest(buckets, counts) AS held (bucket, n)';

/**
 * Rows `r` of a time `at`, the dimension of the source, a `bucket`, and how many requests `n` fell into it; whose time is
 * told apart as that of sums is.
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
      (range) => `SELECT org_id, ${at} AS at${keys}, held.bucket, held.n FROM ${table} CROSS JOIN ${HELD}
       WHERE org_id = ${org} AND ${where} ${whereIn(parameters, 'starts_at', [range])}${except}`,
    );
  };
  const ofRequests = (span: string) => `LATERAL (
      WITH own AS (SELECT * FROM requests WHERE org_id = ${org} AND started_at >= ${span}.since AND started_at < ${span}.until)
      ${bucketRowsSql(`org_id${name}`, 'own')}) found`;
  const found = name === '' ? '' : `, found.${source}`;
  const parts = [
    ...kept('day', split.days, grain.edges === undefined ? {} : { at: noonOf('starts_at') }),
    ...kept('hour', split.hours, { except: exceptSql(parameters, 'starts_at', split.exceptHours) }),
  ];
  if (split.rest.length > 0) {
    parts.push(`SELECT found.org_id, span.since AS at${found}, found.bucket, 1 AS n
      FROM ${spansSql(parameters, split.rest)} CROSS JOIN ${ofRequests('span')}`);
  }
  if (split.movedHours.length > 0) {
    const { table, where } = tableOf(source, 'hour');
    parts.push(`SELECT org_id, place.at${keys}, held.bucket, place.sign * held.n AS n FROM ${movesSql(parameters, split.movedHours)}
      JOIN ${table} ON org_id = ${org} AND ${where} starts_at >= move.since AND starts_at < move.until
      CROSS JOIN ${HELD} CROSS JOIN ${PLACES}`);
  }
  if (split.movedRest.length > 0) {
    parts.push(`SELECT found.org_id, place.at${found}, found.bucket, place.sign AS n
      FROM ${movesSql(parameters, split.movedRest)} CROSS JOIN ${ofRequests('move')} CROSS JOIN ${PLACES}`);
  }
  if (parts.length === 0) parts.push(...kept('day', [{ from: 0, to: 0 }]));
  return `(${parts.join(' UNION ALL ')}) r`;
}
