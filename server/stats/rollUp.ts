/** The one place that says what the rollups are sums of. All of it is SQL that runs inside of a statement on requests. */

/** What must stand in the rows that are added up. */
export const ROLLED_UP_COLUMNS = `org_id, id, started_at, provider, model, prompt_slug, environment, status, input_tokens,
  output_tokens, cached_input_tokens, reasoning_tokens, cost_usd, latency_ms, ttft_ms`;

/** What a request is counted under; '' stands for what it does not have. */
export const DIMENSIONS = ['provider', 'model', 'prompt_slug', 'environment', 'status'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Stands in place of a value where a day had too many different ones. */
export const OTHER = '…';

/**
 * Rows of a day in `request_days` from which on new combinations are counted under *other*: first their prompt and
 * environment, later their model and provider too. A value for each request would make the rollup as long as the table.
 */
const CAPS = { prompts: 4_000, models: 8_000 } as const;

/** The sums by name, over rows with ROLLED_UP_COLUMNS. Microseconds are whole numbers, which add up exactly in any order. */
export const MEASURES: Readonly<Record<string, string>> = {
  requests: 'count(*)',
  input_tokens: 'coalesce(sum(input_tokens), 0)',
  output_tokens: 'coalesce(sum(output_tokens), 0)',
  input_reported: 'count(input_tokens)',
  output_reported: 'count(output_tokens)',
  cached_input_tokens: 'coalesce(sum(cached_input_tokens), 0)',
  reasoning_tokens: 'coalesce(sum(reasoning_tokens), 0)',
  cost_usd: 'coalesce(sum(cost_usd), 0)',
  unpriced_requests: 'count(*) FILTER (WHERE cost_usd IS NULL)',
  latency_us: 'coalesce(sum((latency_ms * 1000)::bigint), 0)',
  latency_reported: 'count(latency_ms)',
};
const NAMES = Object.keys(MEASURES);

/** Each bucket is 4 % wider than the one before, so that its middle is at most 2 % from any value in it. */
export const BUCKET_GROWTH = 1.04;
/** The buckets of the time to the first token lie above those of the latency, in the same arrays. */
export const TTFT_BUCKETS = 1_000;

/** The bucket of a duration in milliseconds: 0 up to one millisecond. SQL. */
export function bucketSql(milliseconds: string): string {
  return `floor(ln(greatest(${milliseconds}, 1)) / ln(${BUCKET_GROWTH}::float8))::smallint`;
}

export interface RollUp {
  /** A relation of rows with ROLLED_UP_COLUMNS. */
  readonly from: string;
  /** Whose sums they go to: two writers that commit at once would otherwise wait for each other's row. */
  readonly shard: string;
  /** Rows were stored, or deleted. */
  readonly change: 'add' | 'subtract';
}

/**
 * Parts of a WITH that add rows to the rollups, or take them off, in the statement that stores or deletes them. Sums of
 * one shard may become negative; readers add up the shards.
 */
export function rollUp({ from, shard, change }: RollUp): string {
  const sign = change === 'add' ? '' : '-';
  return `
  sums AS MATERIALIZED (
    SELECT org_id, date_trunc('hour', started_at, 'UTC') AS hour, date_trunc('day', started_at, 'UTC') AS day, provider,
      model, coalesce(prompt_slug, '') AS prompt_slug, coalesce(environment, '') AS environment, status,
      ${Object.entries(MEASURES)
        .map(([name, sql]) => `${sign}${sql} AS ${name}`)
        .join(', ')}
    FROM ${from} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
  ), ${foldSql(change)},
  hours AS (${upsertSql('request_hours', 'hour', shard)}),
  days AS (${upsertSql('request_days', 'day', shard)}),
  histograms AS (${histogramSql({ from, shard, sign })})`;
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
    SELECT org_id, hour, day, status, ${NAMES.join(', ')},
      CASE WHEN level < 2 THEN provider ELSE '${OTHER}' END AS provider,
      CASE WHEN level < 2 THEN model ELSE '${OTHER}' END AS model,
      CASE WHEN level < 1 THEN prompt_slug ELSE '${OTHER}' END AS prompt_slug,
      CASE WHEN level < 1 THEN environment ELSE '${OTHER}' END AS environment
    FROM leveled
  )`;
}

function upsertSql(table: 'request_hours' | 'request_days', time: 'hour' | 'day', shard: string): string {
  const key = ['org_id', time, ...DIMENSIONS].join(', ');
  return `
    INSERT INTO ${table} AS kept (${key}, shard, ${NAMES.join(', ')})
    SELECT ${key}, ${shard}, ${NAMES.map((name) => `sum(${name})`).join(', ')}
    FROM folded GROUP BY ${key} ORDER BY ${key}
    ON CONFLICT (${key}, shard) DO UPDATE SET
      ${NAMES.map((name) => `${name} = kept.${name} + excluded.${name}`).join(', ')}`;
}

/** One row an hour and one a day, whose arrays are merged: a row for each bucket would cost a write for each request. */
function histogramSql({ from, shard, sign }: { from: string; shard: string; sign: string }): string {
  return `
    INSERT INTO request_histograms AS kept (org_id, grain, starts_at, shard, buckets, counts)
    SELECT org_id, grain, starts_at, ${shard}, array_agg(bucket ORDER BY bucket), array_agg(n ORDER BY bucket)
    FROM (
      SELECT org_id, grain, starts_at, bucket, sum(n)::int AS n
      FROM (
        SELECT org_id, started_at, bucket, ${sign}count(*) AS n FROM (
          SELECT org_id, date_trunc('hour', started_at, 'UTC') AS started_at, ${bucketSql('latency_ms')} AS bucket
          FROM ${from} WHERE latency_ms IS NOT NULL
          UNION ALL
          SELECT org_id, date_trunc('hour', started_at, 'UTC'), ${bucketSql('ttft_ms')} + ${TTFT_BUCKETS}::smallint
          FROM ${from} WHERE ttft_ms IS NOT NULL
        ) durations GROUP BY 1, 2, 3
      ) hourly CROSS JOIN LATERAL (
        VALUES ('hour', started_at), ('day', date_trunc('day', started_at, 'UTC'))
      ) grains (grain, starts_at) GROUP BY 1, 2, 3, 4
    ) counted GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (org_id, grain, starts_at, shard) DO UPDATE SET (buckets, counts) = (
      SELECT coalesce(array_agg(bucket ORDER BY bucket), '{}'), coalesce(array_agg(n ORDER BY bucket), '{}')
      FROM (
        SELECT bucket, sum(n)::int AS n FROM (
          SELECT * FROM unnest(kept.buckets, kept.counts)
          UNION ALL SELECT * FROM unnest(excluded.buckets, excluded.counts)
        ) both_of (bucket, n) GROUP BY bucket HAVING sum(n) <> 0
      ) merged)`;
}
