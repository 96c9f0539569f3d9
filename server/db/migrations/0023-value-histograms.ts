import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How long the requests of each provider, model, environment and status took, beside their sums: what is stored already is
 * counted here, a day of an organization at a time. On a day that counts some values together, a value that has no sums of
 * its own is one of them.
 */
export class ValueHistograms1766300000000 implements MigrationInterface {
  readonly name = 'ValueHistograms1766300000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE request_values SET (fillfactor = 50)');
    await runner.query("ALTER TABLE request_values ADD COLUMN buckets smallint[] NOT NULL DEFAULT '{}'");
    await runner.query("ALTER TABLE request_values ADD COLUMN counts integer[] NOT NULL DEFAULT '{}'");
    await runner.query('ALTER TABLE request_values ALTER COLUMN buckets DROP DEFAULT');
    await runner.query('ALTER TABLE request_values ALTER COLUMN counts DROP DEFAULT');
    const days = (await runner.query(
      "SELECT DISTINCT org_id, starts_at::text AS day FROM request_totals WHERE grain = 'day' ORDER BY 1, 2",
    )) as { org_id: string; day: string }[];
    for (const { org_id, day } of days) await runner.query(COUNT_DAY, [org_id, day]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE request_values DROP COLUMN buckets, DROP COLUMN counts');
    await runner.query('ALTER TABLE request_values SET (fillfactor = 70)');
  }
}

/** Buckets of 4 %: of the latency from 0, of the first token from 1,000, of the speed from 2,000 on. */
const BUCKETS = `
  SELECT hour, provider, model, environment, status, (floor(ln(greatest(value, 1)) / ln(1.04::float8)) + first)::smallint AS bucket
  FROM own CROSS JOIN LATERAL (VALUES (latency_ms, 0), (ttft_ms, 1000), (CASE
    WHEN output_tokens - coalesce(reasoning_tokens, 0) > 0
      AND output_tokens - coalesce(reasoning_tokens, 0) <= 5 * (latency_ms - ttft_ms)
    THEN (output_tokens - coalesce(reasoning_tokens, 0)) * 1000::float8 / (latency_ms - ttft_ms) END, 2000)
  ) AS counted (value, first) WHERE value IS NOT NULL`;

const COUNT_DAY = `
  WITH own AS MATERIALIZED (
    SELECT date_trunc('hour', started_at, 'UTC') AS hour, provider, model, coalesce(environment, '') AS environment, status,
      latency_ms, ttft_ms, output_tokens, reasoning_tokens
    FROM requests WHERE org_id = $1 AND started_at >= $2::timestamptz AND started_at < $2::timestamptz + interval '1 day'
      AND id NOT IN (SELECT unnest(ids) FROM unsummed_requests WHERE org_id = $1)
  ), hourly AS MATERIALIZED (
    SELECT hour, dimension, value, bucket, count(*) AS n FROM (${BUCKETS}) found CROSS JOIN LATERAL (VALUES
      ('provider', provider), ('model', model), ('environment', environment), ('status', status)
    ) AS held (dimension, value) GROUP BY 1, 2, 3, 4
  ), kept AS MATERIALIZED (
    SELECT dimension, value FROM request_values WHERE org_id = $1 AND grain = 'day' AND starts_at = $2::timestamptz
  ), placed AS (
    SELECT hour, dimension, bucket, n, CASE
      WHEN (dimension, value) IN (SELECT kept.dimension, kept.value FROM kept) THEN value
      ELSE '…' END AS value
    FROM hourly
  ), histograms AS (
    SELECT dimension, value, grain, starts_at, array_agg(bucket ORDER BY bucket) AS buckets, array_agg(n ORDER BY bucket) AS counts
    FROM (
      SELECT dimension, value, grain, starts_at, bucket, sum(n)::integer AS n FROM placed
      CROSS JOIN LATERAL (VALUES ('hour', hour), ('day', $2::timestamptz)) AS grains (grain, starts_at) GROUP BY 1, 2, 3, 4, 5
    ) counted GROUP BY 1, 2, 3, 4
  )
  UPDATE request_values SET buckets = histograms.buckets, counts = histograms.counts FROM histograms
  WHERE org_id = $1 AND request_values.dimension = histograms.dimension AND request_values.value = histograms.value
    AND request_values.grain = histograms.grain AND request_values.starts_at = histograms.starts_at`;
