import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Hourly sums by prompt, environment and status too, the same by day, and histograms of durations. What is stored already
 * is summed up here, a day of an organization at a time, so that memory does not grow with the table. All in one
 * transaction: a server of the version before can neither store nor delete a request meanwhile, since it writes to
 * `request_hours` in the same statement, and so no sum is wrong at any moment. It answers 503 until it is replaced.
 */
export class Rollups1764800000000 implements MigrationInterface {
  readonly name = 'Rollups1764800000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE request_hours');
    for (const [table, time] of TABLES) {
      await runner.query(`
        CREATE TABLE ${table} (
          org_id uuid NOT NULL,
          ${time} timestamptz NOT NULL,
          provider text NOT NULL,
          model text NOT NULL,
          prompt_slug text NOT NULL,
          environment text NOT NULL,
          status text NOT NULL,
          shard smallint NOT NULL,
          requests bigint NOT NULL,
          input_tokens bigint NOT NULL,
          output_tokens bigint NOT NULL,
          input_reported bigint NOT NULL,
          output_reported bigint NOT NULL,
          cached_input_tokens bigint NOT NULL,
          reasoning_tokens bigint NOT NULL,
          cost_usd numeric(24,12) NOT NULL,
          unpriced_requests bigint NOT NULL,
          latency_us numeric(24,0) NOT NULL,
          latency_reported bigint NOT NULL,
          CONSTRAINT ${table}_pkey PRIMARY KEY (org_id, ${time}, provider, model, prompt_slug, environment, status, shard),
          CONSTRAINT ${table}_of_organization FOREIGN KEY (org_id) REFERENCES organizations (id) ON DELETE CASCADE
        ) WITH (fillfactor = 70)`);
    }
    await runner.query(`
      CREATE TABLE request_histograms (
        org_id uuid NOT NULL,
        grain text NOT NULL,
        starts_at timestamptz NOT NULL,
        shard smallint NOT NULL,
        buckets smallint[] NOT NULL,
        counts integer[] NOT NULL,
        CONSTRAINT request_histograms_pkey PRIMARY KEY (org_id, grain, starts_at, shard),
        CONSTRAINT request_histograms_of_organization FOREIGN KEY (org_id) REFERENCES organizations (id) ON DELETE CASCADE
      ) WITH (fillfactor = 50)`);
    await sumUpAll(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE request_histograms, request_days, request_hours');
    await runner.query(`
      CREATE TABLE request_hours (
        org_id uuid NOT NULL,
        hour timestamptz NOT NULL,
        provider text NOT NULL,
        model text NOT NULL,
        shard smallint NOT NULL,
        requests bigint NOT NULL,
        errors bigint NOT NULL,
        input_tokens bigint NOT NULL,
        output_tokens bigint NOT NULL,
        cost_usd numeric(24,12) NOT NULL,
        unpriced_requests bigint NOT NULL,
        latency_ms_sum double precision NOT NULL,
        latency_ms_count bigint NOT NULL,
        CONSTRAINT request_hours_pkey PRIMARY KEY (org_id, hour, provider, model, shard),
        CONSTRAINT request_hours_of_organization FOREIGN KEY (org_id) REFERENCES organizations (id) ON DELETE CASCADE
      ) WITH (fillfactor = 70)`);
    await runner.query(`
      INSERT INTO request_hours
      SELECT org_id, date_trunc('hour', started_at, 'UTC'), provider, model, 0, count(*),
        count(*) FILTER (WHERE status = 'error'), coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0),
        coalesce(sum(cost_usd), 0), count(*) FILTER (WHERE cost_usd IS NULL), coalesce(sum(latency_ms), 0), count(latency_ms)
      FROM requests GROUP BY 1, 2, 3, 4`);
  }
}

const TABLES = [
  ['request_hours', 'hour'],
  ['request_days', 'day'],
] as const;

/** From one day that has requests to the next, by the index on time. */
async function sumUpAll(runner: QueryRunner): Promise<void> {
  const organizations = (await runner.query('SELECT id FROM organizations ORDER BY id')) as { id: string }[];
  for (const { id } of organizations) {
    let after = '-infinity';
    for (;;) {
      const [next] = (await runner.query(
        `SELECT date_trunc('day', min(started_at), 'UTC')::text AS day,
           (date_trunc('day', min(started_at), 'UTC') + interval '1 day')::text AS end
         FROM requests WHERE org_id = $1 AND started_at >= $2::timestamptz`,
        [id, after],
      )) as { day: string | null; end: string | null }[]; // The two columns above.
      if (!next?.day || !next.end) break;
      await runner.query(SUM_UP_DAY, [id, next.day, next.end]);
      after = next.end;
    }
  }
}

const SUMS = `sum(requests), sum(input_tokens), sum(output_tokens), sum(input_reported), sum(output_reported),
  sum(cached_input_tokens), sum(reasoning_tokens), sum(cost_usd), sum(unpriced_requests), sum(latency_us),
  sum(latency_reported)`;

/** Beyond 4,000 combinations of a day, prompt and environment are counted under '…'; beyond 8,000 the model too. */
const SUM_UP_DAY = `
  WITH found AS MATERIALIZED (
    SELECT org_id, date_trunc('hour', started_at, 'UTC') AS hour, provider, model, coalesce(prompt_slug, '') AS prompt_slug,
      coalesce(environment, '') AS environment, status, input_tokens, output_tokens, cached_input_tokens, reasoning_tokens,
      cost_usd, latency_ms, ttft_ms
    FROM requests WHERE org_id = $1 AND started_at >= $2::timestamptz AND started_at < $3::timestamptz
  ), sums AS MATERIALIZED (
    SELECT org_id, hour, provider, model, prompt_slug, environment, status, count(*) AS requests,
      coalesce(sum(input_tokens), 0) AS input_tokens, coalesce(sum(output_tokens), 0) AS output_tokens,
      count(input_tokens) AS input_reported, count(output_tokens) AS output_reported,
      coalesce(sum(cached_input_tokens), 0) AS cached_input_tokens, coalesce(sum(reasoning_tokens), 0) AS reasoning_tokens,
      coalesce(sum(cost_usd), 0) AS cost_usd, count(*) FILTER (WHERE cost_usd IS NULL) AS unpriced_requests,
      coalesce(sum((latency_ms * 1000)::bigint), 0) AS latency_us, count(latency_ms) AS latency_reported
    FROM found GROUP BY 1, 2, 3, 4, 5, 6, 7
  ), ranked AS (
    SELECT provider, model, prompt_slug, environment, status,
      row_number() OVER (ORDER BY sum(requests) DESC, provider, model, prompt_slug, environment, status) AS place
    FROM sums GROUP BY 1, 2, 3, 4, 5
  ), folded AS MATERIALIZED (
    SELECT org_id, hour, CASE WHEN place <= 8000 THEN provider ELSE '…' END AS provider,
      CASE WHEN place <= 8000 THEN model ELSE '…' END AS model,
      CASE WHEN place <= 4000 THEN prompt_slug ELSE '…' END AS prompt_slug,
      CASE WHEN place <= 4000 THEN environment ELSE '…' END AS environment, status, requests, input_tokens, output_tokens,
      input_reported, output_reported, cached_input_tokens, reasoning_tokens, cost_usd, unpriced_requests, latency_us,
      latency_reported
    FROM sums JOIN ranked USING (provider, model, prompt_slug, environment, status)
  ), hours AS (
    INSERT INTO request_hours SELECT org_id, hour, provider, model, prompt_slug, environment, status, 0, ${SUMS}
    FROM folded GROUP BY 1, 2, 3, 4, 5, 6, 7
  ), days AS (
    INSERT INTO request_days SELECT org_id, $2::timestamptz, provider, model, prompt_slug, environment, status, 0, ${SUMS}
    FROM folded GROUP BY 1, 2, 3, 4, 5, 6, 7
  ), durations AS (
    SELECT org_id, hour, floor(ln(greatest(latency_ms, 1)) / ln(1.04::float8))::smallint AS bucket FROM found
    WHERE latency_ms IS NOT NULL
    UNION ALL
    SELECT org_id, hour, floor(ln(greatest(ttft_ms, 1)) / ln(1.04::float8))::smallint + 1000::smallint FROM found
    WHERE ttft_ms IS NOT NULL
  ), counted AS (
    SELECT org_id, grain, starts_at, bucket, count(*)::int AS n
    FROM durations CROSS JOIN LATERAL (VALUES ('hour', hour), ('day', $2::timestamptz)) grains (grain, starts_at)
    GROUP BY 1, 2, 3, 4
  )
  INSERT INTO request_histograms
  SELECT org_id, grain, starts_at, 0, array_agg(bucket ORDER BY bucket), array_agg(n ORDER BY bucket)
  FROM counted GROUP BY 1, 2, 3`;
