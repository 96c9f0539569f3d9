/**
 * The one place that says what the rollups are sums of, and how they change. A request is counted by the rollups or named in
 * `unsummed_requests`, at any moment and never by both: stored requests are added behind the commit (rollupUpdater.ts).
 */
import { BUCKET_LIST_NAMES, BUCKET_LISTS, bucketedSql, histogramsSql, mergeHistograms } from './histogramSql.ts';

/** What must stand in the rows that are added up. */
export const ROLLED_UP_COLUMNS = `org_id, id, started_at, provider, model, prompt_slug, environment, status, input_tokens,
  output_tokens, cached_input_tokens, reasoning_tokens, cost_usd, latency_ms, ttft_ms, user_id`;

/** What a request is counted under; '' stands for what it does not have. */
export const DIMENSIONS = ['provider', 'model', 'prompt_slug', 'environment', 'status'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Stands in place of a value where a day had too many different ones. */
export const OTHER = '…';

/**
 * Rows of a day in `request_days` from which on new combinations are counted under *other*: first their prompt and
 * environment, later their model and provider too. A value for each request would make the rollup as long as the table.
 * `users`: rows of a day in `request_user_days` from which on new users are. What is added in one statement is asked once, so
 * that a day may have as many rows more.
 */
const CAPS = { prompts: 4_000, models: 8_000, users: 10_000 } as const;

/** The sums by name, over rows with ROLLED_UP_COLUMNS. Microseconds are whole numbers, which add up exactly in any order. */
export const MEASURES: Readonly<Record<string, string>> = {
  requests: 'count(*)',
  input_tokens: 'coalesce(sum(input_tokens), 0)',
  output_tokens: 'coalesce(sum(output_tokens), 0)',
  input_reported: 'count(input_tokens)',
  output_reported: 'count(output_tokens)',
  unmeasured_requests: 'count(*) FILTER (WHERE input_tokens IS NULL OR output_tokens IS NULL)',
  cached_input_tokens: 'coalesce(sum(cached_input_tokens), 0)',
  reasoning_tokens: 'coalesce(sum(reasoning_tokens), 0)',
  cost_usd: 'coalesce(sum(cost_usd), 0)',
  unpriced_requests: 'count(*) FILTER (WHERE cost_usd IS NULL)',
  latency_us: 'coalesce(sum((latency_ms * 1000)::bigint), 0)',
  latency_reported: 'count(latency_ms)',
};
/** The names of MEASURES. */
export const MEASURE_NAMES = Object.keys(MEASURES);

/** Where the status is no dimension, the requests that failed are counted beside the others. */
const ERRORS = "count(*) FILTER (WHERE status = 'error')";
/** The names of all sums where the status is no dimension. */
export const SUM_NAMES = [...MEASURE_NAMES, 'errors'];
const MEASURE_SQL = new Map([...Object.entries(MEASURES), ['errors', ERRORS]]);
/**
 * Some of them, worked out from rows with ROLLED_UP_COLUMNS.
 * @throws where a name is none of SUM_NAMES.
 */
export function measuresSql(names: readonly string[]): string {
  return names.map((name) => `${sqlOf(name)} AS ${name}`).join(', ');
}
function sqlOf(name: string): string {
  const sql = MEASURE_SQL.get(name);
  if (sql === undefined) throw new Error(`There is no sum ${name}.`);
  return sql;
}
/** All of them. */
export const ALL_MEASURES = measuresSql(SUM_NAMES);

export interface RollUp {
  /** A relation of rows with ROLLED_UP_COLUMNS. */
  readonly from: string;
  /** Rows are counted from now on, or no longer. */
  readonly change: 'add' | 'subtract';
}

/**
 * Parts of a WITH that add rows to the rollups, or take them off. The statement is part of a transaction that holds the
 * rollups of the organization (`holdRollups`), and began after it did.
 */
export function rollUp({ from, change }: RollUp): string {
  const sign = change === 'add' ? '' : '-';
  const measures = Object.entries(MEASURES).map(([name, sql]) => `${sign}${sql} AS ${name}`);
  return `
  sums AS MATERIALIZED (
    SELECT org_id, date_trunc('hour', started_at, 'UTC') AS hour, date_trunc('day', started_at, 'UTC') AS day, provider,
      model, coalesce(prompt_slug, '') AS prompt_slug, coalesce(environment, '') AS environment, status,
      ${[...measures, BUCKET_LISTS].join(', ')}
    FROM ${from} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
  ), ${foldSql(change)}, ${bucketedSql({ from: 'folded', keys: DIMENSIONS, sign })},
  hours AS (${upsertSql('request_hours', 'hour')}),
  days AS (${upsertSql('request_days', 'day')}),
  user_sums AS MATERIALIZED (
    SELECT org_id, date_trunc('day', started_at, 'UTC') AS day, coalesce(user_id, '') AS user_id,
      ${[...measures, `${sign}${ERRORS} AS errors`].join(', ')}
    FROM ${from} GROUP BY 1, 2, 3
  ), ${foldUsersSql(change)},
  user_days AS (${upsertUsersSql()}),
  dimension_values AS (${upsertValuesSql()}),
  totals AS (${upsertTotalsSql()})`;
}

/**
 * Parts of a WITH for rows that are deleted, or get other values: `unsummed` are the requests of the organization that the
 * rollups do not count yet, `summed` those of the rows that they count.
 * @param from a relation of rows with ROLLED_UP_COLUMNS, of one organization.
 * @param org the placeholder of its id.
 */
export function summedOf(from: string, org: string): string {
  return `unsummed AS MATERIALIZED (
    SELECT stored.id FROM unsummed_requests, unnest(ids) AS stored (id) WHERE org_id = ${org}
  ), summed AS MATERIALIZED (
    SELECT * FROM ${from} own WHERE NOT EXISTS (SELECT FROM unsummed WHERE unsummed.id = own.id)
  )`;
}

/** A part of a WITH, beside `unsummed`: deleted rows are not to be counted any more. */
export function forgetUnsummed(gone: string, org: string): string {
  return `forgotten AS (
    UPDATE unsummed_requests SET ids = ARRAY(SELECT stored.id FROM unnest(ids) AS stored (id) EXCEPT SELECT id FROM ${gone})
    WHERE org_id = ${org} AND ids && ARRAY(SELECT id FROM ${gone} JOIN unsummed USING (id))
  )`;
}

/**
 * Counts what is new on a day that has too many combinations under *other*. What is subtracted goes to where it was
 * added: the sums of a day stay exact, and one that has an *other* is not asked for a single prompt.
 */
function foldSql(change: RollUp['change']): string {
  // OFFSET keeps it a look by the key for each sum: hashed, it would read the days of all organizations.
  const exists = (prompt: string, environment: string) => `EXISTS (SELECT FROM request_days kept
    WHERE kept.org_id = sums.org_id AND kept.day = sums.day AND kept.provider = sums.provider AND kept.model = sums.model
      AND kept.prompt_slug = ${prompt} AND kept.environment = ${environment} AND kept.status = sums.status OFFSET 0)`;
  // Counted when the first new combination of a batch asks, and only then.
  const isBelow = (cap: number) =>
    change === 'add'
      ? `(SELECT rows FROM counted WHERE counted.org_id = sums.org_id AND counted.day = sums.day) < ${cap}`
      : 'false';
  return `counted AS MATERIALIZED (
    SELECT org_id, day, (SELECT count(*) FROM (SELECT FROM request_days kept
      WHERE kept.org_id = present.org_id AND kept.day = present.day LIMIT ${CAPS.models}) limited) AS rows
    FROM (SELECT DISTINCT org_id, day FROM sums) present
  ), leveled AS MATERIALIZED (
    SELECT sums.*, CASE
      WHEN ${exists('sums.prompt_slug', 'sums.environment')} THEN 0
      WHEN ${isBelow(CAPS.prompts)} THEN 0
      WHEN ${exists(`'${OTHER}'`, `'${OTHER}'`)} THEN 1
      WHEN ${isBelow(CAPS.models)} THEN 1
      ELSE 2 END AS level
    FROM sums
  ), folded AS (
    SELECT org_id, hour, day, status, ${[...MEASURE_NAMES, ...BUCKET_LIST_NAMES].join(', ')},
      CASE WHEN level < 2 THEN provider ELSE '${OTHER}' END AS provider,
      CASE WHEN level < 2 THEN model ELSE '${OTHER}' END AS model,
      CASE WHEN level < 1 THEN prompt_slug ELSE '${OTHER}' END AS prompt_slug,
      CASE WHEN level < 1 THEN environment ELSE '${OTHER}' END AS environment
    FROM leveled
  )`;
}

function upsertSql(table: 'request_hours' | 'request_days', time: 'hour' | 'day'): string {
  const key = ['org_id', time, ...DIMENSIONS].join(', ');
  return `
    INSERT INTO ${table} AS kept (${key}, ${MEASURE_NAMES.join(', ')})
    SELECT ${key}, ${MEASURE_NAMES.map((name) => `sum(${name})`).join(', ')}
    FROM folded GROUP BY ${key} ORDER BY ${key}
    ON CONFLICT (${key}) DO UPDATE SET
      ${MEASURE_NAMES.map((name) => `${name} = kept.${name} + excluded.${name}`).join(', ')}`;
}

/**
 * A user that has a row on that day is counted there; a new one as long as there is room, else under
 * *other*. How many rows a day has is known from `request_totals`, where those that are added are counted.
 */
function foldUsersSql(change: RollUp['change']): string {
  return `user_counts AS MATERIALIZED (
    SELECT org_id, day, (SELECT coalesce(sum(users), 0) FROM request_totals kept
      WHERE kept.org_id = present.org_id AND kept.grain = 'day' AND kept.starts_at = present.day) AS users
    FROM (SELECT DISTINCT org_id, day FROM user_sums) present
  ), placed_users AS MATERIALIZED (
    SELECT user_sums.*, EXISTS (SELECT FROM request_user_days kept WHERE kept.org_id = user_sums.org_id
        AND kept.day = user_sums.day AND kept.user_id = user_sums.user_id OFFSET 0) AS is_kept,
      ${change === 'add' ? `user_counts.users < ${CAPS.users} OR user_sums.user_id = ''` : 'false'} AS has_room
    FROM user_sums JOIN user_counts USING (org_id, day)
  )`;
}

/** One row for each value of a dimension: what asks for one of them alone reads a few rows in place of all combinations. */
function upsertValuesSql(): string {
  const sums = SUM_NAMES.map((name) => `sum(${name}) AS ${name}`).join(', ');
  const errors = "CASE status WHEN 'error' THEN requests ELSE 0 END AS errors";
  const key = 'org_id, dimension, grain, starts_at, value';
  return `
    INSERT INTO request_values AS kept (${key}, ${SUM_NAMES.join(', ')}, buckets, counts)
    SELECT ${key}, ${SUM_NAMES.join(', ')}, coalesce(buckets, '{}'), coalesce(counts, '{}') FROM (
    SELECT ${key}, ${sums}
    FROM (
      SELECT org_id, dimension, hour, day, value, ${sums} FROM (SELECT *, ${errors} FROM folded) own
      CROSS JOIN LATERAL (VALUES ${valuesOfDimensions()}) AS held (dimension, value) GROUP BY 1, 2, 3, 4, 5
    ) hourly CROSS JOIN LATERAL (VALUES ('hour', hour), ('day', day)) AS grains (grain, starts_at)
    GROUP BY 1, 2, 3, 4, 5
    ) changes LEFT JOIN (${histogramsSql(DIMENSIONS)}) histograms USING (${key}) ORDER BY ${key}
    ON CONFLICT (${key}) DO UPDATE SET
      ${SUM_NAMES.map((name) => `${name} = kept.${name} + excluded.${name}`).join(', ')},
      (buckets, counts) = (${mergeHistograms('kept', 'excluded')})`;
}

/** Rows of VALUES: each dimension of `request_values` by its name. */
export function valuesOfDimensions(): string {
  return DIMENSIONS.map((name) => `('${name}', ${name})`).join(', ');
}

function upsertUsersSql(): string {
  return `
    INSERT INTO request_user_days AS kept (org_id, day, user_id, ${SUM_NAMES.join(', ')})
    SELECT org_id, day, CASE WHEN is_kept OR has_room THEN user_id ELSE '${OTHER}' END,
      ${SUM_NAMES.map((name) => `sum(${name})`).join(', ')}
    FROM placed_users GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (org_id, day, user_id) DO UPDATE SET
      ${SUM_NAMES.map((name) => `${name} = kept.${name} + excluded.${name}`).join(', ')}`;
}

/**
 * One row an hour and one a day: what everything adds up to, and the histograms, whose arrays are merged. A row for each
 * bucket would cost a write for each request.
 */
function upsertTotalsSql(): string {
  const errors = "coalesce(sum(requests) FILTER (WHERE status = 'error'), 0) AS errors";
  const sums = [...MEASURE_NAMES.map((name) => `sum(${name}) AS ${name}`), errors].join(', ');
  const others = ['has_other_prompts', 'has_other_models', 'has_other_users'];
  const ofDay = ['users', ...others];
  const columns = ['org_id', 'grain', 'starts_at', ...SUM_NAMES, ...ofDay, 'buckets', 'counts'];
  return `
    INSERT INTO request_totals AS kept (${columns.join(', ')})
    SELECT org_id, grain, starts_at, ${SUM_NAMES.join(', ')}, ${ofDay.join(', ')},
      coalesce(buckets, '{}'), coalesce(counts, '{}')
    FROM (
      SELECT org_id, 'hour' AS grain, hour AS starts_at, ${sums}, 0 AS users,
        ${others.map((name) => `false AS ${name}`).join(', ')}
      FROM sums GROUP BY 1, 2, 3
      UNION ALL
      SELECT org_id, 'day', day, ${SUM_NAMES.join(', ')}, users, ${others.join(', ')} FROM (
        SELECT org_id, day, ${sums} FROM sums GROUP BY 1, 2
      ) summed JOIN (
        SELECT org_id, day, bool_or(level > 0) AS has_other_prompts, bool_or(level > 1) AS has_other_models
        FROM leveled GROUP BY 1, 2
      ) folds USING (org_id, day) JOIN (
        SELECT org_id, day, count(*) FILTER (WHERE has_room AND NOT is_kept) AS users,
          bool_or(NOT has_room AND NOT is_kept) AS has_other_users
        FROM placed_users GROUP BY 1, 2
      ) found USING (org_id, day)
    ) changes LEFT JOIN (${histogramsSql([])}) histograms USING (org_id, grain, starts_at)
    ORDER BY org_id, grain, starts_at
    ON CONFLICT (org_id, grain, starts_at) DO UPDATE SET
      ${[...SUM_NAMES, 'users'].map((name) => `${name} = kept.${name} + excluded.${name}`).join(', ')},
      ${others.map((name) => `${name} = kept.${name} OR excluded.${name}`).join(', ')},
      (buckets, counts) = (${mergeHistograms('kept', 'excluded')})`;
}
