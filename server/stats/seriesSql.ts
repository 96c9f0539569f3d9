/** SQL of series: sums in buckets of time, told apart by the values of a field. */
import { SERIES_LIMITS } from '#shared/stats';
import {
  NAMED_PERCENTILES,
  NO_PERCENTILES,
  percentilesOfBuckets,
  PERCENTILES_OF_ROWS,
} from '#server/rollups/histogramSql';
import { OTHER } from '#server/rollups/rollUp';
import { backToSql, type LatestAsked, latestSql, SUMS_OF_ROWS, TOKEN_PARTS, UNMEASURED_OF_ROWS } from './totalsSql.ts';

const SUMMED = [
  'requests',
  'errors',
  'input_tokens',
  'output_tokens',
  'cached_input_tokens',
  'reasoning_tokens',
  'unpriced_requests',
  'unmeasured_requests',
];
const SUMS = `${SUMMED.map((name) => `sum(${name})::bigint AS ${name}`).join(', ')}, trim_scale(sum(cost_usd))::text AS cost_usd`;

/**
 * Which values are told apart: the most frequent and the dearest in turn, so that neither a chart of requests nor one of costs
 * is mostly of the others. NULL is a value too. Where nothing is priced, all are as dear.
 */
const rankedSql = (from: string) => `ranked AS (
    SELECT value, row_number() OVER (ORDER BY is_rest, least(by_requests, by_cost), by_requests, value) > ${SERIES_LIMITS.groups}
      OR is_rest AS is_other
    FROM (
      SELECT value, value IS NOT DISTINCT FROM '${OTHER}' AS is_rest,
        rank() OVER (ORDER BY sum(requests) DESC) AS by_requests, rank() OVER (ORDER BY coalesce(sum(cost_usd), 0) DESC) AS by_cost
      FROM ${from} GROUP BY value
    ) placed
  )`;
/** Whether two rows have the same value, or none: an equality, which can be hashed as IS NOT DISTINCT FROM cannot. */
export const sameValue = (one: string, other: string) =>
  `coalesce('=' || ${one}.value, '') = coalesce('=' || ${other}.value, '')`;

/** Over a relation of sums: `sums WHERE where`. What is moved from one bucket to another leaves nothing behind there. */
export function sumSeriesSql({
  place,
  value,
  sums,
  where,
}: Readonly<Record<'place' | 'value' | 'sums' | 'where', string>>): string {
  const summed = [...SUMMED, 'cost_usd'].map((name) => `sum(r.${name}) AS ${name}`).join(', ');
  // By time first: the bucket is then looked for once a day or hour, and not for each of its combinations.
  return `WITH binned AS MATERIALIZED (
    SELECT ${place} AS at, value, ${summed} FROM (
      SELECT r.at, ${value} AS value, ${summed} FROM ${sums} WHERE ${where} GROUP BY 1, 2
    ) r GROUP BY 1, 2 HAVING sum(r.requests) > 0
  ), ${rankedSql('binned')}
  SELECT at, CASE WHEN NOT is_other THEN binned.value END AS value, is_other, ${SUMS}, ${NO_PERCENTILES}
  FROM binned JOIN ranked ON ${sameValue('ranked', 'binned')} GROUP BY 1, 2, 3 ORDER BY 1`;
}

/** Over the latest requests that match. */
export function latestSeriesSql({
  place,
  value,
  ...asked
}: LatestAsked & Readonly<Record<'place' | 'value', string>>): string {
  const columns = [`${place} AS at`, `${value} AS value`, '1 AS requests'];
  return `${latestSql(asked, columns)}, ${rankedSql('counted')}
  SELECT *, ${NAMED_PERCENTILES}, ${backToSql(asked.rows)} FROM (
    SELECT at, CASE WHEN NOT is_other THEN value END AS value, is_other, ${SUMS_OF_ROWS}, ${TOKEN_PARTS}, ${UNMEASURED_OF_ROWS}, ${PERCENTILES_OF_ROWS}
    FROM (SELECT counted.*, is_other FROM counted JOIN ranked ON ${sameValue('ranked', 'counted')}) r GROUP BY 1, 2, 3
  ) summed ORDER BY at`;
}

/** Percentiles in buckets of time, over rows of a time, a `bucket` and a count. */
export function histogramSeriesSql(place: string, found: string): string {
  return `WITH held AS (SELECT ${place} AS at, bucket, sum(n) AS n FROM (${found}) found GROUP BY 1, 2 HAVING sum(n) > 0)
  ${percentilesOfBuckets('held', ['at'])}`;
}

/** The same of them all. */
export function histogramTotalSql(found: string): string {
  return `WITH held AS (SELECT bucket, sum(n) AS n FROM (${found}) found GROUP BY 1 HAVING sum(n) > 0)
  ${percentilesOfBuckets('held', [])}`;
}
