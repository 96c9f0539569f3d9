/** SQL of series: sums in buckets of time, told apart by the values of a field. */
import { SERIES_LIMITS } from '#shared/stats';
import { OTHER, TTFT_BUCKETS } from './rollUp.ts';
import { PERCENTILES } from './sumsSql.ts';

const COUNTED = [
  'requests',
  'input_tokens',
  'output_tokens',
  'cached_input_tokens',
  'reasoning_tokens',
  'unpriced_requests',
];
const SUMMED = [...COUNTED, 'errors', 'unmeasured_requests'];
const SUMS = `${SUMMED.map((name) => `sum(${name})::bigint AS ${name}`).join(', ')}, trim_scale(sum(cost_usd))::text AS cost_usd`;
const NO_PERCENTILES = `NULL::float8 AS p50_latency_ms, NULL::float8 AS p95_latency_ms, NULL::float8 AS p99_latency_ms,
  NULL::float8 AS p50_ttft_ms, NULL::float8 AS p95_ttft_ms`;

/** Which values are told apart: the most frequent; NULL is one of them. */
const RANKED = `ranked AS (
    SELECT value, row_number() OVER (ORDER BY value IS NOT DISTINCT FROM '${OTHER}', sum(requests) DESC, value) > ${SERIES_LIMITS.groups}
      OR value IS NOT DISTINCT FROM '${OTHER}' AS is_other
    FROM binned GROUP BY value
  )`;
const JOINED = 'FROM binned JOIN ranked ON ranked.value IS NOT DISTINCT FROM binned.value';
const VALUE = 'CASE WHEN NOT is_other THEN binned.value END';

/** Over a relation of sums: `sums WHERE where`. */
export function sumSeriesSql({
  place,
  value,
  sums,
  where,
}: Readonly<Record<'place' | 'value' | 'sums' | 'where', string>>): string {
  return `WITH binned AS MATERIALIZED (
    SELECT ${place} AS at, ${value} AS value, ${COUNTED.map((name) => `sum(r.${name}) AS ${name}`).join(', ')},
      sum(r.requests) FILTER (WHERE r.status = 'error') AS errors,
      sum(r.requests - least(r.input_reported, r.output_reported)) AS unmeasured_requests, sum(r.cost_usd) AS cost_usd
    FROM ${sums} WHERE ${where} GROUP BY 1, 2 HAVING sum(r.requests) > 0
  ), ${RANKED}
  SELECT at, ${VALUE} AS value, is_other, ${SUMS.replace('sum(errors)', 'coalesce(sum(errors), 0)')}, ${NO_PERCENTILES}
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
  SELECT at, ${VALUE} AS value, is_other, count(*) AS requests,
    count(*) FILTER (WHERE status = 'error') AS errors, coalesce(sum(input_tokens), 0)::bigint AS input_tokens,
    coalesce(sum(output_tokens), 0)::bigint AS output_tokens,
    coalesce(sum(cached_input_tokens), 0)::bigint AS cached_input_tokens,
    coalesce(sum(reasoning_tokens), 0)::bigint AS reasoning_tokens,
    count(*) FILTER (WHERE input_tokens IS NULL OR output_tokens IS NULL) AS unmeasured_requests,
    count(*) FILTER (WHERE cost_usd IS NULL) AS unpriced_requests, trim_scale(coalesce(sum(cost_usd), 0))::text AS cost_usd,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY latency_ms) AS p50_latency_ms,
    percentile_disc(0.95) WITHIN GROUP (ORDER BY latency_ms) AS p95_latency_ms,
    percentile_disc(0.99) WITHIN GROUP (ORDER BY latency_ms) AS p99_latency_ms,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY ttft_ms) AS p50_ttft_ms,
    percentile_disc(0.95) WITHIN GROUP (ORDER BY ttft_ms) AS p95_ttft_ms,
    (SELECT started_at FROM latest WHERE place = ${rows} AND EXISTS (SELECT FROM latest WHERE place > ${rows})) AS counted_back_to
  ${JOINED} GROUP BY 1, 2, 3 ORDER BY 1`;
}

/** Percentiles in buckets of time, over rows of a time, a `bucket` and a count. */
export function histogramSeriesSql(place: string, found: string): string {
  const isLatency = `bucket < ${TTFT_BUCKETS}`;
  return `WITH held AS (SELECT ${place} AS at, bucket, sum(n) AS n FROM (${found}) found GROUP BY 1, 2 HAVING sum(n) > 0),
  running AS (
    SELECT at, bucket % ${TTFT_BUCKETS} AS bucket, ${isLatency} AS is_latency,
      sum(n) OVER (PARTITION BY at, ${isLatency} ORDER BY bucket) / sum(n) OVER (PARTITION BY at, ${isLatency}) AS part
    FROM held
  )
  SELECT at, ${PERCENTILES} FROM running GROUP BY 1`;
}
