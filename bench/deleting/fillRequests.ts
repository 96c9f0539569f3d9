/** A month of requests, made by SQL: what a server would take hours to store is there in a minute. */
import type pg from 'pg';
import { rollUp } from '../../server/rollups/rollUp.ts';

const CHUNK_ROWS = 100_000;

/** Requests of the only organization over the 30 days that end two days ago, about 1.5 kB each, with their rollups. */
export async function fillRequests(client: pg.Client, count: number): Promise<void> {
  // The indices are made at the end, and what is made here needs no check of its foreign keys: three times as fast.
  const indices = await dropIndices(client);
  await client.query(
    "SET session_replication_role = replica; SET synchronous_commit = off; SET maintenance_work_mem = '256MB'",
  );
  for (let first = 0; first < count; first += CHUNK_ROWS) {
    await client.query(fillSql(Math.min(CHUNK_ROWS, count - first)));
  }
  for (const definition of indices) await client.query(definition);
  await client.query('RESET ALL');
  await client.query(
    'VACUUM ANALYZE requests, request_payloads, request_hours, request_days, request_totals, request_user_days, request_values',
  );
}

async function dropIndices(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
     WHERE tablename = 'requests' AND indexname <> 'requests_pkey'`,
  );
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`);
  return rows.map(({ definition }) => definition);
}

/** Bytes by table, with its indices and its TOAST. */
export async function relationSizes(client: pg.Client): Promise<Record<string, number>> {
  const { rows } = await client.query<{ name: string; bytes: string }>(
    `SELECT relname AS name, pg_total_relation_size(oid) AS bytes FROM pg_class
     WHERE relname IN ('requests', 'request_payloads', 'request_hours', 'request_days', 'request_totals', 'request_user_days', 'request_values') ORDER BY relname`,
  );
  return Object.fromEntries(rows.map(({ name, bytes }) => [name, Number(bytes)]));
}

function fillSql(count: number): string {
  return `
  WITH stored AS (
    INSERT INTO requests (org_id, id, started_at, created_at, model, provider, endpoint, status, stream, latency_ms,
      ttft_ms, input_tokens, output_tokens, cost_usd, cost_source, cost_status, prompt_slug, trace_id, user_id, session_id,
      environment, tags, input_preview, output_preview, truncated, summary_bytes, payload_bytes)
    SELECT organization.id, gen_random_uuid(), at, at, 'model-' || (n % 5), 'openai', 'chat.completions',
      CASE WHEN n % 50 = 0 THEN 'error' ELSE 'success' END, true, random() * 3000, random() * 500, 800, 200, 0.00123,
      'builtin', 'priced', 'prompt-' || (n % 20), CASE WHEN n % 3 = 0 THEN gen_random_uuid()::text END, 'user-' || (n % 5000),
      'session-' || (n % 50000), 'production', '{"team":"search"}', repeat('input ', 20), repeat('output ', 20), false,
      2000, 900
    FROM generate_series(1, ${count}) AS n CROSS JOIN (SELECT id FROM organizations LIMIT 1) AS organization
    CROSS JOIN LATERAL (SELECT now() - interval '2 days' - random() * interval '30 days' AS at WHERE n > 0) AS times
    RETURNING *
  ), payloads AS (
    INSERT INTO request_payloads (org_id, id, messages, response_content, parameters)
    SELECT org_id, id, json_build_array(json_build_object('role', 'user', 'content', md5(id::text) || repeat('text ', 100))),
      md5(id::text) || repeat('answer ', 40), '{"temperature":0.2}'
    FROM stored
  ), ${rollUp({ from: 'stored', change: 'add' })}
  SELECT count(*) FROM stored`;
}
