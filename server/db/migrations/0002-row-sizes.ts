import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rows that one statement of the backfill rewrites: it holds as many in memory and locked. */
const BATCH = 500;

/**
 * The bytes that requests and spans take in an answer, and whether a span was cut. What is stored already is measured in
 * batches that commit one by one, so that neither memory nor locks grow with the table. A start that is interrupted in
 * between goes on where it stopped: a row without a size has not been measured. The columns stay nullable, since a server
 * of the version before may still write while this one starts; such a row counts as a whole page.
 */
export class RowSizes1764100000000 implements MigrationInterface {
  name = 'RowSizes1764100000000';
  /** Each batch commits by itself. */
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE requests ADD COLUMN IF NOT EXISTS summary_bytes integer, ADD COLUMN IF NOT EXISTS payload_bytes integer;
      ALTER TABLE spans ADD COLUMN IF NOT EXISTS truncated boolean NOT NULL DEFAULT false,
        ADD COLUMN IF NOT EXISTS size_bytes integer;
    `);
    await measureAll(runner, 'requests', MEASURE_REQUESTS);
    await measureAll(runner, 'spans', MEASURE_SPANS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE spans DROP COLUMN IF EXISTS truncated, DROP COLUMN IF EXISTS size_bytes;
      ALTER TABLE requests DROP COLUMN IF EXISTS summary_bytes, DROP COLUMN IF EXISTS payload_bytes;
    `);
  }
}

/** Walks the primary key from its beginning; `measure` answers the last key of its batch. */
async function measureAll(runner: QueryRunner, table: 'requests' | 'spans', measure: string): Promise<void> {
  let [org_id, id] = ['00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000'];
  for (;;) {
    const keys = (await runner.query(
      `SELECT org_id, id FROM (SELECT org_id, id FROM ${table} WHERE (org_id, id) > ($1::uuid, $2::uuid)
       ORDER BY org_id, id LIMIT ${BATCH}) batch ORDER BY org_id DESC, id DESC LIMIT 1`,
      [org_id, id],
    )) as { org_id: string; id: string }[]; // Two columns of the primary key.
    const last = keys[0];
    if (last === undefined) return;
    await runner.query(measure, [org_id, id, last.org_id, last.id]);
    ({ org_id, id } = last);
  }
}

const MEASURE_REQUESTS = `
  UPDATE requests r SET
    summary_bytes = 1400 + octet_length(concat(r.model, r.response_model, r.provider, r.endpoint, r.name, r.status,
        r.finish_reason, r.cost_source, r.service_tier, r.provider_request_id, r.prompt_slug, r.prompt_version,
        r.trace_id, r.parent_id, r.user_id, r.session_id, r.environment, r.release, r.input_preview, r.output_preview))
      + coalesce(octet_length(r.error::text), 0) + octet_length(r.tags::text),
    payload_bytes = octet_length(p.messages::text) + coalesce(octet_length(to_json(p.response_content)::text), 0)
      + coalesce(octet_length(p.response::text), 0) + coalesce(octet_length(p.parameters::text), 0)
      + coalesce(octet_length(p.tools::text), 0) + coalesce(octet_length(p.prompt_variables::text), 0)
      + coalesce(octet_length(p.metadata::text), 0) + coalesce(octet_length(p.sdk::text), 0)
  FROM request_payloads p
  WHERE p.org_id = r.org_id AND p.id = r.id AND r.payload_bytes IS NULL
    AND (r.org_id, r.id) > ($1::uuid, $2::uuid) AND (r.org_id, r.id) <= ($3::uuid, $4::uuid)`;

const MEASURE_SPANS = `
  UPDATE spans SET
    size_bytes = 600 + octet_length(concat(trace_id, parent_id, name, status, user_id, session_id, environment, release))
      + coalesce(octet_length(error::text), 0) + octet_length(tags::text) + coalesce(octet_length(metadata::text), 0)
  WHERE size_bytes IS NULL AND (org_id, id) > ($1::uuid, $2::uuid) AND (org_id, id) <= ($3::uuid, $4::uuid)`;
