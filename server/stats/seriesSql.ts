/** SQL of series: sums in buckets of time, told apart by the values of a field. */
import { SERIES_LIMITS } from '#shared/stats';
import { NAMED_PERCENTILES, NO_PERCENTILES, percentilesOfBuckets, PERCENTILES_OF_ROWS } from './histogramSql.ts';
import { OTHER } from './rollUp.ts';

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

/** Which values are told apart: the most frequent; NULL is one of them. */
const RANKED = `ranked AS (
    SELECT value, row_number() OVER (ORDER BY value IS NOT DISTINCT FROM '${OTHER}', sum(requests) DESC, value) > ${SERIES_LIMITS.groups}
      OR value IS NOT DISTINCT FROM '${OTHER}' AS is_other
    FROM binned GROUP BY value
  )`;
/** Whether two rows have the same value, or none: an equality, which can be hashed as IS NOT DISTINCT FROM cannot. */
export const sameValue = (one: string, other: string) =>
  `coalesce('=' || ${one}.value, '') = coalesce('=' || ${other}.value, '')`;
const JOINED = `FROM binned JOIN ranked ON ${sameValue('ranked', 'binned')}`;
const VALUE = 'CASE WHEN NOT is_other THEN binned.value END';

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
  ), ${RANKED}
  SELECT at, ${VALUE} AS value, is_other, ${SUMS}, ${NO_PERCENTILES}
  ${JOINED} GROUP BY 1, 2, 3 ORDER BY 1`;
}

/** Over the latest requests `r` that match, of which there is one more than are counted. */
export function latestSeriesSql({
  place,
  value,
  where,
  rows,
}: {
  place: string;
  value: string;
  where: string;
  rows: number;
}): string {
  return `WITH latest AS MATERIALIZED (
    SELECT ${place} AS at, ${value} AS value, r.started_at, 1 AS requests, r.status, r.input_tokens, r.output_tokens,
      r.cached_input_tokens, r.reasoning_tokens, r.cost_usd, r.latency_ms, r.ttft_ms,
      row_number() OVER (ORDER BY r.started_at DESC, r.id DESC) AS place
    FROM requests r WHERE ${where} ORDER BY r.started_at DESC, r.id DESC LIMIT ${rows + 1}
  ), binned AS (SELECT * FROM latest WHERE place <= ${rows}), ${RANKED}
  SELECT *, ${NAMED_PERCENTILES},
    (SELECT started_at FROM latest WHERE place = ${rows} AND EXISTS (SELECT FROM latest WHERE place > ${rows})) AS counted_back_to
  FROM (
    SELECT at, ${VALUE} AS value, is_other, count(*) AS requests,
      count(*) FILTER (WHERE status = 'error') AS errors, coalesce(sum(input_tokens), 0)::bigint AS input_tokens,
      coalesce(sum(output_tokens), 0)::bigint AS output_tokens,
      coalesce(sum(cached_input_tokens), 0)::bigint AS cached_input_tokens,
      coalesce(sum(reasoning_tokens), 0)::bigint AS reasoning_tokens,
      count(*) FILTER (WHERE input_tokens IS NULL OR output_tokens IS NULL) AS unmeasured_requests,
      count(*) FILTER (WHERE cost_usd IS NULL) AS unpriced_requests, trim_scale(coalesce(sum(cost_usd), 0))::text AS cost_usd,
      ${PERCENTILES_OF_ROWS}
    ${JOINED} GROUP BY 1, 2, 3
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
