import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Sums beside the histograms of each hour and day, which become `request_totals`, the speed of answers in the same
 * buckets, and sums of each user and day. What is stored already is summed up here, from the rollups where they know it,
 * else a day of an organization at a time. All in one transaction: a server of the version before, which writes to
 * `request_histograms` in the statement that stores a request, fails from then on and stores nothing that is not counted.
 */
export class TotalsAndUsers1765500000000 implements MigrationInterface {
  readonly name = 'TotalsAndUsers1765500000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE request_histograms RENAME TO request_totals');
    await runner.query('ALTER TABLE request_totals RENAME CONSTRAINT request_histograms_pkey TO request_totals_pkey');
    await runner.query(
      'ALTER TABLE request_totals RENAME CONSTRAINT request_histograms_of_organization TO request_totals_of_organization',
    );
    await runner.query(`ALTER TABLE request_totals ${COLUMNS.map((column) => `ADD COLUMN ${column}`).join(', ')}`);
    const names = COLUMNS.map((column) => column.split(' ')[0]);
    await runner.query(
      `ALTER TABLE request_totals ${names.map((name) => `ALTER COLUMN ${name} DROP DEFAULT`).join(', ')}`,
    );
    await runner.query(`
      CREATE TABLE request_user_days (
        org_id uuid NOT NULL,
        day timestamptz NOT NULL,
        user_id text NOT NULL,
        shard smallint NOT NULL,
        requests bigint NOT NULL,
        errors bigint NOT NULL,
        input_tokens bigint NOT NULL,
        output_tokens bigint NOT NULL,
        input_reported bigint NOT NULL,
        output_reported bigint NOT NULL,
        unmeasured_requests bigint NOT NULL,
        cached_input_tokens bigint NOT NULL,
        reasoning_tokens bigint NOT NULL,
        cost_usd numeric(24,12) NOT NULL,
        unpriced_requests bigint NOT NULL,
        latency_us numeric(24,0) NOT NULL,
        latency_reported bigint NOT NULL,
        CONSTRAINT request_user_days_pkey PRIMARY KEY (org_id, day, user_id, shard),
        CONSTRAINT request_user_days_of_organization FOREIGN KEY (org_id) REFERENCES organizations (id) ON DELETE CASCADE
      ) WITH (fillfactor = 70)`);
    for (const table of ['request_hours', 'request_days']) {
      await runner.query(`ALTER TABLE ${table} ADD COLUMN unmeasured_requests bigint NOT NULL DEFAULT 0`);
      await runner.query(`ALTER TABLE ${table} ALTER COLUMN unmeasured_requests DROP DEFAULT`);
    }
    const organizations = (await runner.query('SELECT id FROM organizations ORDER BY id')) as { id: string }[];
    for (const { id } of organizations) await sumUp(runner, id);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE request_user_days');
    for (const table of ['request_hours', 'request_days'])
      await runner.query(`ALTER TABLE ${table} DROP COLUMN unmeasured_requests`);
    const names = COLUMNS.map((column) => column.split(' ')[0]);
    await runner.query(`ALTER TABLE request_totals ${names.map((name) => `DROP COLUMN ${name}`).join(', ')}`);
    await runner.query('ALTER TABLE request_totals RENAME TO request_histograms');
    await runner.query(
      'ALTER TABLE request_histograms RENAME CONSTRAINT request_totals_pkey TO request_histograms_pkey',
    );
    await runner.query(
      'ALTER TABLE request_histograms RENAME CONSTRAINT request_totals_of_organization TO request_histograms_of_organization',
    );
    await runner.query(`
      UPDATE request_histograms SET (buckets, counts) = (
        SELECT coalesce(array_agg(bucket ORDER BY bucket), '{}'), coalesce(array_agg(n ORDER BY bucket), '{}')
        FROM unnest(buckets, counts) AS held (bucket, n) WHERE bucket < 2000)
      WHERE buckets[array_upper(buckets, 1)] >= 2000`);
  }
}

const NUMBERS = [
  'requests',
  'errors',
  'input_tokens',
  'output_tokens',
  'input_reported',
  'output_reported',
  'unmeasured_requests',
  'cached_input_tokens',
  'reasoning_tokens',
  'cost_usd',
  'unpriced_requests',
  'latency_us',
  'latency_reported',
];
const COLUMNS = [
  ...NUMBERS.map((name) => {
    const type = name === 'cost_usd' ? 'numeric(24,12)' : name === 'latency_us' ? 'numeric(24,0)' : 'bigint';
    return `${name} ${type} NOT NULL DEFAULT 0`;
  }),
  'users bigint NOT NULL DEFAULT 0',
  ...['prompts', 'models', 'users'].map((what) => `has_other_${what} boolean NOT NULL DEFAULT false`),
];

async function sumUp(runner: QueryRunner, id: string): Promise<void> {
  await eachDay(runner, id, async (day, end) => {
    await runner.query(countUnmeasuredSql('request_hours', 'hour'), [id, day, end]);
    await runner.query(countUnmeasuredSql('request_days', 'day'), [id, day, end]);
  });
  await runner.query(sumTotalsSql('hour', 'request_hours'), [id]);
  await runner.query(sumTotalsSql('day', 'request_days'), [id]);
  await eachDay(runner, id, async (day, end) => {
    await runner.query(SUM_UP_USERS, [id, day, end]);
    await runner.query(SUM_UP_SPEEDS, [id, day, end]);
  });
}

/** From one day that has requests to the next, by the index on time. */
async function eachDay(
  runner: QueryRunner,
  id: string,
  sum: (day: string, end: string) => Promise<void>,
): Promise<void> {
  let after = '-infinity';
  for (;;) {
    const [next] = (await runner.query(
      `SELECT date_trunc('day', min(started_at), 'UTC')::text AS day,
         (date_trunc('day', min(started_at), 'UTC') + interval '1 day')::text AS end
       FROM requests WHERE org_id = $1 AND started_at >= $2::timestamptz`,
      [id, after],
    )) as { day: string | null; end: string | null }[]; // The two columns above.
    if (!next?.day || !next.end) break;
    await sum(next.day, next.end);
    after = next.end;
  }
}

/**
 * Of a day, the requests that reported no input or no output tokens. They are counted where the others of their kind are:
 * in a row of their own combination, where that day has one, else under '…'.
 */
function countUnmeasuredSql(table: string, time: string): string {
  const keys = `org_id, ${time}, provider, model, prompt_slug, environment, status, shard`;
  const exists = (prompt: string, environment: string) => `EXISTS (SELECT FROM request_days kept
      WHERE kept.org_id = $1 AND kept.day = $2::timestamptz AND kept.provider = found.provider AND kept.model = found.model
        AND kept.prompt_slug = ${prompt} AND kept.environment = ${environment} AND kept.status = found.status OFFSET 0)`;
  const others = NUMBERS.filter((name) => !['errors', 'unmeasured_requests'].includes(name));
  return `
    WITH found AS MATERIALIZED (
      SELECT date_trunc('${time}', started_at, 'UTC') AS at, provider, model, coalesce(prompt_slug, '') AS prompt_slug,
        coalesce(environment, '') AS environment, status, count(*) AS unmeasured_requests
      FROM requests WHERE org_id = $1 AND started_at >= $2::timestamptz AND started_at < $3::timestamptz
        AND (input_tokens IS NULL OR output_tokens IS NULL) GROUP BY 1, 2, 3, 4, 5, 6
    ), leveled AS (
      SELECT *, CASE WHEN ${exists('found.prompt_slug', 'found.environment')} THEN 0
        WHEN ${exists("'…'", "'…'")} THEN 1 ELSE 2 END AS level FROM found
    )
    INSERT INTO ${table} AS kept (${keys}, ${others.join(', ')}, unmeasured_requests)
    SELECT $1::uuid, at, CASE WHEN level < 2 THEN provider ELSE '…' END, CASE WHEN level < 2 THEN model ELSE '…' END,
      CASE WHEN level < 1 THEN prompt_slug ELSE '…' END, CASE WHEN level < 1 THEN environment ELSE '…' END, status, 0,
      ${others.map(() => '0').join(', ')}, sum(unmeasured_requests)
    FROM leveled GROUP BY 1, 2, 3, 4, 5, 6, 7
    ON CONFLICT (${keys}) DO UPDATE SET unmeasured_requests = kept.unmeasured_requests + excluded.unmeasured_requests`;
}

/** The sums of each hour or day, from the rollup that tells it apart. */
function sumTotalsSql(grain: 'hour' | 'day', table: string): string {
  const sumOf = (name: string) =>
    name === 'errors' ? "coalesce(sum(requests) FILTER (WHERE status = 'error'), 0)" : `sum(${name})`;
  const flags = grain === 'day' ? "bool_or(prompt_slug = '…'), bool_or(model = '…')" : 'false, false';
  return `
    INSERT INTO request_totals AS kept (org_id, grain, starts_at, shard, buckets, counts, ${NUMBERS.join(', ')}, users,
      has_other_prompts, has_other_models, has_other_users)
    SELECT org_id, '${grain}', ${grain}, 0, '{}', '{}', ${NUMBERS.map(sumOf).join(', ')}, 0, ${flags}, false
    FROM ${table} WHERE org_id = $1 GROUP BY org_id, ${grain}
    ON CONFLICT (org_id, grain, starts_at, shard) DO UPDATE SET ${NUMBERS.map((name) => `${name} = excluded.${name}`).join(', ')},
      has_other_prompts = excluded.has_other_prompts, has_other_models = excluded.has_other_models`;
}

/** Of a day: beyond 10,000 users those with the fewest requests are counted under '…'. */
const SUM_UP_USERS = `
  WITH sums AS MATERIALIZED (
    SELECT org_id, coalesce(user_id, '') AS user_id, count(*) AS requests,
      count(*) FILTER (WHERE status = 'error') AS errors,
      coalesce(sum(input_tokens), 0) AS input_tokens, coalesce(sum(output_tokens), 0) AS output_tokens,
      count(input_tokens) AS input_reported, count(output_tokens) AS output_reported,
      count(*) FILTER (WHERE input_tokens IS NULL OR output_tokens IS NULL) AS unmeasured_requests,
      coalesce(sum(cached_input_tokens), 0) AS cached_input_tokens, coalesce(sum(reasoning_tokens), 0) AS reasoning_tokens,
      coalesce(sum(cost_usd), 0) AS cost_usd, count(*) FILTER (WHERE cost_usd IS NULL) AS unpriced_requests,
      coalesce(sum((latency_ms * 1000)::bigint), 0) AS latency_us, count(latency_ms) AS latency_reported
    FROM requests WHERE org_id = $1 AND started_at >= $2::timestamptz AND started_at < $3::timestamptz GROUP BY 1, 2
  ), ranked AS (
    SELECT *, CASE WHEN user_id <> '' AND row_number() OVER (ORDER BY user_id <> '', requests DESC, user_id) > 10001
      THEN '…' ELSE user_id END AS kept_as FROM sums
  ), stored AS (
    INSERT INTO request_user_days (org_id, day, user_id, shard, ${NUMBERS.join(', ')})
    SELECT org_id, $2::timestamptz, kept_as, 0, ${NUMBERS.map((name) => `sum(${name})`).join(', ')}
    FROM ranked GROUP BY org_id, kept_as RETURNING user_id
  )
  UPDATE request_totals SET users = (SELECT count(*) FROM stored),
    has_other_users = EXISTS (SELECT FROM stored WHERE user_id = '…')
  WHERE org_id = $1 AND grain = 'day' AND starts_at = $2::timestamptz AND shard = 0`;

/** Of a day and its hours: the buckets of the speed lie above all that were there before. */
const SUM_UP_SPEEDS = `
  WITH speeds AS MATERIALIZED (
    SELECT date_trunc('hour', started_at, 'UTC') AS hour, CASE WHEN output_tokens > coalesce(reasoning_tokens, 0)
      AND output_tokens - coalesce(reasoning_tokens, 0) <= 5 * (latency_ms - ttft_ms)
      THEN (output_tokens - coalesce(reasoning_tokens, 0)) * 1000::float8 / (latency_ms - ttft_ms) END AS speed
    FROM requests WHERE org_id = $1 AND started_at >= $2::timestamptz AND started_at < $3::timestamptz
  ), counted AS (
    SELECT grain, starts_at, (floor(ln(greatest(speed, 1)) / ln(1.04::float8)) + 2000)::smallint AS bucket, count(*)::int AS n
    FROM speeds CROSS JOIN LATERAL (VALUES ('hour', hour), ('day', $2::timestamptz)) grains (grain, starts_at)
    WHERE speed IS NOT NULL GROUP BY 1, 2, 3
  ), merged AS (
    SELECT grain, starts_at, array_agg(bucket ORDER BY bucket) AS buckets, array_agg(n ORDER BY bucket) AS counts
    FROM counted GROUP BY 1, 2
  )
  UPDATE request_totals SET buckets = request_totals.buckets || merged.buckets,
    counts = request_totals.counts || merged.counts
  FROM merged WHERE org_id = $1 AND request_totals.grain = merged.grain AND request_totals.starts_at = merged.starts_at
    AND shard = 0`;
