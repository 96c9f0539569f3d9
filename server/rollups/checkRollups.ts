/**
 * SQL that works the rollups out of the requests again, and answers where they say something else. What they have yet to
 * count is left out: each statement sees one moment, in which a request is counted or named in `unsummed_requests`.
 */
import { bucketRowsSql, COUNTED } from './histogramSql.ts';
import { ALL_MEASURES, SUM_NAMES, DIMENSIONS, MEASURES, MEASURE_NAMES, OTHER, valuesOfDimensions } from './rollUp.ts';

/** Most differences of one rollup that are shown. */
const SHOWN = 20;

/** The requests of the organization `$1` that the rollups count. */
const SUMMED = `(SELECT * FROM requests WHERE org_id = $1
    AND id NOT IN (SELECT unnest(ids) FROM unsummed_requests WHERE org_id = $1)) summed`;

/** Requests that are to be counted more than once, or that are not there. */
export const UNSUMMED_DIFFERENCES = `
  SELECT 'unsummed_requests' AS rollup, '' AS starts_at, unsummed.id::text AS key, count(requests.id)::text AS counted,
    sum(unsummed.times)::text AS kept
  FROM (
    SELECT stored.id, count(*) AS times FROM unsummed_requests, unnest(ids) AS stored (id) WHERE org_id = $1 GROUP BY 1
  ) unsummed LEFT JOIN requests ON requests.org_id = $1 AND requests.id = unsummed.id
  GROUP BY unsummed.id HAVING count(requests.id) <> sum(unsummed.times)
  ORDER BY 3 LIMIT ${SHOWN}`;

/** Days that have an *other*: there only its sums with what was folded into it are known. */
const FOLDED_DAYS = `folded AS (
    SELECT day, bool_or(prompt_slug = '${OTHER}') AS has_prompts, bool_or(model = '${OTHER}') AS has_models
    FROM request_days WHERE org_id = $1 GROUP BY day)`;

/** Differences between `request_hours` or `request_days` and the requests of the organization `$1`. */
export function sumDifferencesSql(table: 'request_hours' | 'request_days', time: 'hour' | 'day'): string {
  const names = MEASURE_NAMES.join(', ');
  const sums = MEASURE_NAMES.map((name) => `sum(${name}) AS ${name}`).join(', ');
  const keys = `date_trunc('${time}', at, 'UTC') AS starts_at,
      CASE WHEN has_models THEN '${OTHER}' ELSE provider END AS provider,
      CASE WHEN has_models THEN '${OTHER}' ELSE model END AS model,
      CASE WHEN has_prompts THEN '${OTHER}' ELSE prompt_slug END AS prompt_slug,
      CASE WHEN has_prompts THEN '${OTHER}' ELSE environment END AS environment, status`;
  return `
  WITH ${FOLDED_DAYS}, counted AS (
    SELECT date_trunc('hour', started_at, 'UTC') AS at, provider, model, coalesce(prompt_slug, '') AS prompt_slug,
      coalesce(environment, '') AS environment, status, ${MEASURE_NAMES.map((name) => `${MEASURES[name]} AS ${name}`).join(', ')}
    FROM ${SUMMED} GROUP BY 1, 2, 3, 4, 5, 6
  ), of_rows AS (
    SELECT ${keys}, ${sums} FROM counted LEFT JOIN folded ON folded.day = date_trunc('day', at, 'UTC') GROUP BY 1, 2, 3, 4, 5, 6
  ), of_rollup AS (
    SELECT ${keys}, ${sums} FROM (SELECT ${time} AS at, ${DIMENSIONS.join(', ')}, ${names} FROM ${table} WHERE org_id = $1) kept
    LEFT JOIN folded ON folded.day = date_trunc('day', at, 'UTC') GROUP BY 1, 2, 3, 4, 5, 6
    HAVING ${MEASURE_NAMES.map((name) => `sum(${name}) <> 0`).join(' OR ')}
  )
  SELECT '${table}' AS rollup, starts_at::text AS starts_at, concat_ws(' / ', ${DIMENSIONS.join(', ')}) AS key,
    json_build_object(${MEASURE_NAMES.map((name) => `'${name}', of_rows.${name}`).join(', ')})::text AS counted,
    json_build_object(${MEASURE_NAMES.map((name) => `'${name}', of_rollup.${name}`).join(', ')})::text AS kept
  FROM of_rows FULL JOIN of_rollup USING (starts_at, ${DIMENSIONS.join(', ')})
  WHERE (${MEASURE_NAMES.map((name) => `of_rows.${name}`).join(', ')}) IS DISTINCT FROM (${MEASURE_NAMES.map((name) => `of_rollup.${name}`).join(', ')})
  ORDER BY 2, 3 LIMIT ${SHOWN}`;
}

const ALL_SUMS = SUM_NAMES.map((name) => `sum(${name}) AS ${name}`).join(', ');

/** Rows of a difference, of two relations with the same keys and sums. */
function differencesSql(rollup: string, starts_at: string, key: string, keys: readonly string[]): string {
  const json = (side: string) =>
    `json_build_object(${SUM_NAMES.map((name) => `'${name}', ${side}.${name}`).join(', ')})::text`;
  const values = (side: string) => `(${SUM_NAMES.map((name) => `${side}.${name}`).join(', ')})`;
  return `SELECT '${rollup}' AS rollup, ${starts_at}::text AS starts_at, ${key} AS key, ${json('of_rows')} AS counted,
    ${json('of_rollup')} AS kept
  FROM of_rows FULL JOIN of_rollup USING (${keys.join(', ')})
  WHERE ${values('of_rows')} IS DISTINCT FROM ${values('of_rollup')} ORDER BY 2, 3 LIMIT ${SHOWN}`;
}

const IS_NOT_EMPTY = SUM_NAMES.map((name) => `sum(${name}) <> 0`).join(' OR ');

/** Differences between the sums of `request_totals` and the requests of the organization `$1`. */
export const TOTAL_DIFFERENCES = `
  WITH of_rows AS (
    SELECT grain, date_trunc(grain, started_at, 'UTC') AS starts_at, ${ALL_MEASURES}
    FROM ${SUMMED} CROSS JOIN (VALUES ('hour'), ('day')) grains (grain) GROUP BY 1, 2
  ), of_rollup AS (
    SELECT grain, starts_at, ${ALL_SUMS} FROM request_totals WHERE org_id = $1 GROUP BY 1, 2 HAVING ${IS_NOT_EMPTY}
  )
  ${differencesSql('request_totals', 'starts_at', 'grain', ['grain', 'starts_at'])}`;

/** Differences between `request_user_days` and the requests of the organization `$1`: of a day with an *other* as a whole. */
export const USER_DIFFERENCES = `
  WITH folded AS (SELECT DISTINCT day, true AS is_folded FROM request_user_days WHERE org_id = $1 AND user_id = '${OTHER}'),
  of_rows AS (
    SELECT day, CASE WHEN is_folded THEN '${OTHER}' ELSE user_id END AS user_id, ${ALL_SUMS} FROM (
      SELECT date_trunc('day', started_at, 'UTC') AS day, coalesce(user_id, '') AS user_id,
        ${ALL_MEASURES}
      FROM ${SUMMED} GROUP BY 1, 2
    ) counted LEFT JOIN folded USING (day) GROUP BY 1, 2
  ), of_rollup AS (
    SELECT day, CASE WHEN is_folded THEN '${OTHER}' ELSE user_id END AS user_id, ${ALL_SUMS}
    FROM (SELECT * FROM request_user_days WHERE org_id = $1) kept LEFT JOIN folded USING (day)
    GROUP BY 1, 2 HAVING ${IS_NOT_EMPTY}
  )
  ${differencesSql('request_user_days', 'day', 'user_id', ['day', 'user_id'])}`;

/** Differences between `request_values` and the requests: of a dimension with an *other* on a day as a whole. */
export const VALUE_DIFFERENCES = `
  WITH folded AS (
    SELECT DISTINCT starts_at AS day, dimension, true AS is_folded FROM request_values
    WHERE org_id = $1 AND grain = 'day' AND value = '${OTHER}'
  ), of_rows AS (
    SELECT grain, starts_at, dimension, CASE WHEN is_folded THEN '${OTHER}' ELSE value END AS value, ${ALL_SUMS} FROM (
      SELECT date_trunc('hour', started_at, 'UTC') AS hour, date_trunc('day', started_at, 'UTC') AS day, provider, model,
        coalesce(prompt_slug, '') AS prompt_slug, coalesce(environment, '') AS environment, status, ${ALL_MEASURES}
      FROM ${SUMMED} GROUP BY 1, 2, 3, 4, 5, 6, 7
    ) counted CROSS JOIN LATERAL (VALUES ${valuesOfDimensions()}) AS held (dimension, value)
    CROSS JOIN LATERAL (VALUES ('hour', hour), ('day', day)) AS grains (grain, starts_at)
    LEFT JOIN folded USING (day, dimension) GROUP BY 1, 2, 3, 4
  ), of_rollup AS (
    SELECT grain, starts_at, dimension, CASE WHEN is_folded THEN '${OTHER}' ELSE value END AS value, ${ALL_SUMS}
    FROM (SELECT *, date_trunc('day', starts_at, 'UTC') AS day FROM request_values
      WHERE org_id = $1 AND dimension IN (${DIMENSIONS.map((name) => `'${name}'`).join(', ')})) kept
    LEFT JOIN folded USING (day, dimension) GROUP BY 1, 2, 3, 4 HAVING ${IS_NOT_EMPTY}
  )
  ${differencesSql('request_values', 'starts_at', "concat_ws(' ', grain, dimension, value)", ['grain', 'starts_at', 'dimension', 'value'])}`;

/** Differences between the histograms of `request_totals` and the requests of the organization `$1`. */
export const HISTOGRAM_DIFFERENCES = `
  WITH own AS (SELECT * FROM ${SUMMED}), durations AS (${bucketRowsSql('started_at', 'own')}), of_rows AS (
    SELECT grain, date_trunc(grain, started_at, 'UTC') AS starts_at, bucket, count(*) AS n
    FROM durations CROSS JOIN (VALUES ('hour'), ('day')) grains (grain) GROUP BY 1, 2, 3
  ), of_rollup AS (
    SELECT grain, starts_at, bucket, sum(n) AS n FROM request_totals, unnest(buckets, counts) AS held (bucket, n)
    WHERE org_id = $1 GROUP BY 1, 2, 3 HAVING sum(n) <> 0
  )
  SELECT 'request_totals' AS rollup, starts_at::text AS starts_at, grain || ' / bucket ' || bucket AS key,
    of_rows.n::text AS counted, of_rollup.n::text AS kept
  FROM of_rows FULL JOIN of_rollup USING (grain, starts_at, bucket)
  WHERE of_rows.n IS DISTINCT FROM of_rollup.n ORDER BY 2, 3 LIMIT ${SHOWN}`;

/** The same of `request_values`: of a dimension with an *other* on a day as a whole. */
export const VALUE_HISTOGRAM_DIFFERENCES = `
  WITH folded AS (
    SELECT DISTINCT starts_at AS day, dimension, true AS is_folded FROM request_values
    WHERE org_id = $1 AND grain = 'day' AND value = '${OTHER}'
  ), own AS (
    SELECT *, date_trunc('hour', started_at, 'UTC') AS hour, coalesce(prompt_slug, '') AS prompt,
      coalesce(environment, '') AS env FROM ${SUMMED}
  ), durations AS (${bucketRowsSql('hour, provider, model, prompt AS prompt_slug, env AS environment, status', 'own')}), of_rows AS (
    SELECT grain, starts_at, held.dimension, CASE WHEN is_folded THEN '${OTHER}' ELSE value END AS value, bucket, count(*) AS n
    FROM durations CROSS JOIN LATERAL (VALUES ${valuesOfDimensions()}) AS held (dimension, value)
    CROSS JOIN LATERAL (VALUES ('hour', hour), ('day', date_trunc('day', hour, 'UTC'))) AS grains (grain, starts_at)
    LEFT JOIN folded ON folded.day = date_trunc('day', hour, 'UTC') AND folded.dimension = held.dimension
    GROUP BY 1, 2, 3, 4, 5
  ), of_rollup AS (
    SELECT grain, starts_at, kept.dimension, CASE WHEN is_folded THEN '${OTHER}' ELSE value END AS value, bucket, sum(n) AS n
    FROM (SELECT * FROM request_values WHERE org_id = $1) kept CROSS JOIN LATERAL unnest(buckets, counts) AS counted (bucket, n)
    LEFT JOIN folded ON folded.day = date_trunc('day', starts_at, 'UTC') AND folded.dimension = kept.dimension
    GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0
  )
  SELECT 'request_values' AS rollup, starts_at::text AS starts_at, concat_ws(' ', grain, dimension, value, '/ bucket', bucket) AS key,
    of_rows.n::text AS counted, of_rollup.n::text AS kept
  FROM of_rows FULL JOIN of_rollup USING (grain, starts_at, dimension, value, bucket)
  WHERE of_rows.n IS DISTINCT FROM of_rollup.n ORDER BY 2, 3 LIMIT ${SHOWN}`;

/** Histograms of `request_values` that are not of the requests that its sums are of: on a day with an *other* too. */
export const VALUE_COUNT_DIFFERENCES = `
  SELECT 'request_values' AS rollup, starts_at::text AS starts_at, concat_ws(' ', grain, dimension, value, '/ durations') AS key,
    latency_reported::text AS counted, durations::text AS kept
  FROM (
    SELECT *, (SELECT coalesce(sum(n), 0) FROM unnest(buckets, counts) AS held (bucket, n) WHERE bucket < ${COUNTED.ttft.from}) AS durations
    FROM request_values WHERE org_id = $1
  ) kept WHERE durations <> latency_reported ORDER BY 2, 3 LIMIT ${SHOWN}`;

/** Days that have an *other* and do not say so, by which readers know what they cannot tell apart. */
export const OTHER_DIFFERENCES = `
  SELECT 'request_totals' AS rollup, found.day::text AS starts_at, what AS key, 'has an other' AS counted, 'has none' AS kept
  FROM (
    SELECT day, 'prompts' AS what FROM request_days WHERE org_id = $1 AND prompt_slug = '${OTHER}'
    UNION SELECT day, 'models' FROM request_days WHERE org_id = $1 AND model = '${OTHER}'
    UNION SELECT day, 'users' FROM request_user_days WHERE org_id = $1 AND user_id = '${OTHER}'
  ) found WHERE NOT EXISTS (SELECT FROM request_totals kept WHERE kept.org_id = $1 AND kept.grain = 'day'
    AND kept.starts_at = found.day AND CASE what WHEN 'prompts' THEN kept.has_other_prompts
      WHEN 'models' THEN kept.has_other_models ELSE kept.has_other_users END)
  ORDER BY 2, 3 LIMIT ${SHOWN}`;
