/** SQL that works the rollups out of the requests again, and answers where they say something else. */
import { bucketSql, DIMENSIONS, MEASURES, OTHER, TTFT_BUCKETS } from './rollUp.ts';

const NAMES = Object.keys(MEASURES);
/** Most differences of one rollup that are shown. */
const SHOWN = 20;

/** Days that have an *other*: there only its sums with what was folded into it are known. */
const FOLDED_DAYS = `folded AS (
    SELECT day, bool_or(prompt_slug = '${OTHER}') AS has_prompts, bool_or(model = '${OTHER}') AS has_models
    FROM request_days WHERE org_id = $1 GROUP BY day)`;

/** Differences between `request_hours` or `request_days` and the requests of the organization `$1`. */
export function sumDifferencesSql(table: 'request_hours' | 'request_days', time: 'hour' | 'day'): string {
  const names = NAMES.join(', ');
  const sums = NAMES.map((name) => `sum(${name}) AS ${name}`).join(', ');
  const keys = `date_trunc('${time}', at, 'UTC') AS starts_at,
      CASE WHEN has_models THEN '${OTHER}' ELSE provider END AS provider,
      CASE WHEN has_models THEN '${OTHER}' ELSE model END AS model,
      CASE WHEN has_prompts THEN '${OTHER}' ELSE prompt_slug END AS prompt_slug,
      CASE WHEN has_prompts THEN '${OTHER}' ELSE environment END AS environment, status`;
  return `
  WITH ${FOLDED_DAYS}, counted AS (
    SELECT date_trunc('hour', started_at, 'UTC') AS at, provider, model, coalesce(prompt_slug, '') AS prompt_slug,
      coalesce(environment, '') AS environment, status, ${NAMES.map((name) => `${MEASURES[name]} AS ${name}`).join(', ')}
    FROM requests WHERE org_id = $1 GROUP BY 1, 2, 3, 4, 5, 6
  ), of_rows AS (
    SELECT ${keys}, ${sums} FROM counted LEFT JOIN folded ON folded.day = date_trunc('day', at, 'UTC') GROUP BY 1, 2, 3, 4, 5, 6
  ), of_rollup AS (
    SELECT ${keys}, ${sums} FROM (SELECT ${time} AS at, ${DIMENSIONS.join(', ')}, ${names} FROM ${table} WHERE org_id = $1) kept
    LEFT JOIN folded ON folded.day = date_trunc('day', at, 'UTC') GROUP BY 1, 2, 3, 4, 5, 6
    HAVING ${NAMES.map((name) => `sum(${name}) <> 0`).join(' OR ')}
  )
  SELECT '${table}' AS rollup, starts_at::text AS starts_at, concat_ws(' / ', ${DIMENSIONS.join(', ')}) AS key,
    json_build_object(${NAMES.map((name) => `'${name}', of_rows.${name}`).join(', ')})::text AS counted,
    json_build_object(${NAMES.map((name) => `'${name}', of_rollup.${name}`).join(', ')})::text AS kept
  FROM of_rows FULL JOIN of_rollup USING (starts_at, ${DIMENSIONS.join(', ')})
  WHERE (${NAMES.map((name) => `of_rows.${name}`).join(', ')}) IS DISTINCT FROM (${NAMES.map((name) => `of_rollup.${name}`).join(', ')})
  ORDER BY 2, 3 LIMIT ${SHOWN}`;
}

/** Differences between `request_histograms` and the requests of the organization `$1`. */
export const HISTOGRAM_DIFFERENCES = `
  WITH durations AS (
    SELECT started_at, ${bucketSql('latency_ms')} AS bucket FROM requests WHERE org_id = $1 AND latency_ms IS NOT NULL
    UNION ALL
    SELECT started_at, ${bucketSql('ttft_ms')} + ${TTFT_BUCKETS} FROM requests WHERE org_id = $1 AND ttft_ms IS NOT NULL
  ), of_rows AS (
    SELECT grain, date_trunc(grain, started_at, 'UTC') AS starts_at, bucket, count(*) AS n
    FROM durations CROSS JOIN (VALUES ('hour'), ('day')) grains (grain) GROUP BY 1, 2, 3
  ), of_rollup AS (
    SELECT grain, starts_at, bucket, sum(n) AS n FROM request_histograms, unnest(buckets, counts) AS held (bucket, n)
    WHERE org_id = $1 GROUP BY 1, 2, 3 HAVING sum(n) <> 0
  )
  SELECT 'request_histograms' AS rollup, starts_at::text AS starts_at, grain || ' / bucket ' || bucket AS key,
    of_rows.n::text AS counted, of_rollup.n::text AS kept
  FROM of_rows FULL JOIN of_rollup USING (grain, starts_at, bucket)
  WHERE of_rows.n IS DISTINCT FROM of_rollup.n ORDER BY 2, 3 LIMIT ${SHOWN}`;
