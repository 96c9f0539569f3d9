import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Sums and histograms of each prompt by hour and by day, as other dimensions have them: sums are made of those of the
 * combinations, histograms are counted from the requests, a day of an organization at a time. On a day that counts some
 * combinations together, the histograms of all dimensions are counted anew: 0023 placed a request by its value alone, though
 * its sums are among those of `…` where its combination was folded.
 */
export class PromptValues1766600000000 implements MigrationInterface {
  readonly name = 'PromptValues1766600000000';

  async up(runner: QueryRunner): Promise<void> {
    const organizations = (await runner.query('SELECT id FROM organizations ORDER BY id')) as { id: string }[];
    for (const { id } of organizations) {
      await runner.query(sumUpSql('hour', 'request_hours'), [id]);
      await runner.query(sumUpSql('day', 'request_days'), [id]);
    }
    const days = (await runner.query(
      `SELECT org_id, starts_at::text AS day, has_other_prompts OR has_other_models AS is_folded FROM request_totals
       WHERE grain = 'day' ORDER BY 1, 2`,
    )) as { org_id: string; day: string; is_folded: boolean }[];
    for (const { org_id, day, is_folded } of days) {
      if (is_folded) await runner.query(FORGET_DAY, [org_id, day]);
      await runner.query(countDaySql(is_folded ? DIMENSIONS : ['prompt_slug']), [org_id, day]);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DELETE FROM request_values WHERE dimension = 'prompt_slug'");
  }
}

const DIMENSIONS = ['provider', 'model', 'prompt_slug', 'environment', 'status'];

const SUMS = [
  'requests',
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

function sumUpSql(grain: 'hour' | 'day', table: string): string {
  return `
    INSERT INTO request_values (org_id, dimension, grain, starts_at, value, errors, ${SUMS.join(', ')}, buckets, counts)
    SELECT org_id, 'prompt_slug', '${grain}', ${grain}, prompt_slug, coalesce(sum(requests) FILTER (WHERE status = 'error'), 0),
      ${SUMS.map((name) => `sum(${name})`).join(', ')}, '{}', '{}'
    FROM ${table} WHERE org_id = $1 GROUP BY org_id, ${grain}, prompt_slug`;
}

const IN_DAY = "starts_at >= $2::timestamptz AND starts_at < $2::timestamptz + interval '1 day'";
const FORGET_DAY = `UPDATE request_values SET buckets = '{}', counts = '{}'
  WHERE org_id = $1 AND dimension IN (${DIMENSIONS.map((name) => `'${name}'`).join(', ')}) AND ((grain = 'day' AND starts_at = $2::timestamptz) OR (grain = 'hour' AND ${IN_DAY}))`;

/** Buckets of 4 %: of the latency from 0, of the first token from 1,000, of the speed from 2,000 on. */
const COUNTED = `(latency_ms, 0), (ttft_ms, 1000), (CASE
    WHEN output_tokens - coalesce(reasoning_tokens, 0) > 0
      AND output_tokens - coalesce(reasoning_tokens, 0) <= 5 * (latency_ms - ttft_ms)
    THEN (output_tokens - coalesce(reasoning_tokens, 0)) * 1000::float8 / (latency_ms - ttft_ms) END, 2000)`;

/** Whether the day has sums of a combination, with these in place of its values. */
const hasSums = (values: Readonly<Record<string, string>>) => `EXISTS (SELECT FROM request_days kept
    WHERE kept.org_id = $1 AND kept.day = $2::timestamptz AND ${DIMENSIONS.map((name) => `kept.${name} = ${values[name] ?? `found.${name}`}`).join(' AND ')} OFFSET 0)`;
const OTHER = "'…'";

/** A request is counted where its combination is: there, or where it was folded to. */
function countDaySql(dimensions: readonly string[]): string {
  const all = DIMENSIONS.join(', ');
  const values = dimensions.map((name) => `('${name}', ${name})`).join(', ');
  return `
  WITH own AS MATERIALIZED (
    SELECT date_trunc('hour', started_at, 'UTC') AS hour, provider, model, coalesce(prompt_slug, '') AS prompt_slug,
      coalesce(environment, '') AS environment, status, latency_ms, ttft_ms, output_tokens, reasoning_tokens
    FROM requests WHERE org_id = $1 AND started_at >= $2::timestamptz AND started_at < $2::timestamptz + interval '1 day'
      AND id NOT IN (SELECT unnest(ids) FROM unsummed_requests WHERE org_id = $1)
  ), leveled AS MATERIALIZED (
    SELECT ${all}, CASE WHEN ${hasSums({})} THEN 0
      WHEN ${hasSums({ prompt_slug: OTHER, environment: OTHER })} THEN 1 ELSE 2 END AS level
    FROM (SELECT DISTINCT ${all} FROM own) found
  ), counted AS MATERIALIZED (
    SELECT hour, ${all}, (floor(ln(greatest(value, 1)) / ln(1.04::float8)) + first)::smallint AS bucket, count(*) AS n
    FROM own CROSS JOIN LATERAL (VALUES ${COUNTED}) AS counted (value, first)
    WHERE value IS NOT NULL GROUP BY hour, ${all}, bucket
  ), placed AS (
    SELECT hour, bucket, n, status,
      CASE WHEN level < 2 THEN provider ELSE ${OTHER} END AS provider,
      CASE WHEN level < 2 THEN model ELSE ${OTHER} END AS model,
      CASE WHEN level < 1 THEN prompt_slug ELSE ${OTHER} END AS prompt_slug,
      CASE WHEN level < 1 THEN environment ELSE ${OTHER} END AS environment
    FROM counted JOIN leveled USING (${all})
  ), hourly AS MATERIALIZED (
    SELECT hour, dimension, value, bucket, sum(n) AS n
    FROM placed CROSS JOIN LATERAL (VALUES ${values}) AS held (dimension, value) GROUP BY 1, 2, 3, 4
  ), histograms AS (
    SELECT dimension, value, grain, starts_at, array_agg(bucket ORDER BY bucket) AS buckets, array_agg(n ORDER BY bucket) AS counts
    FROM (
      SELECT dimension, value, grain, starts_at, bucket, sum(n)::integer AS n FROM hourly
      CROSS JOIN LATERAL (VALUES ('hour', hour), ('day', $2::timestamptz)) AS grains (grain, starts_at) GROUP BY 1, 2, 3, 4, 5
    ) summed GROUP BY 1, 2, 3, 4
  )
  UPDATE request_values SET buckets = histograms.buckets, counts = histograms.counts FROM histograms
  WHERE org_id = $1 AND request_values.dimension = histograms.dimension AND request_values.value = histograms.value
    AND request_values.grain = histograms.grain AND request_values.starts_at = histograms.starts_at`;
}
