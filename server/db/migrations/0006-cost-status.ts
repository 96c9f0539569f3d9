import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rows that one statement of the backfill walks over: it holds as many locked as it rewrites of them. */
const BATCH = 500;

/**
 * Requests say what their cost is, or what is missing to know it. Most rows were priced, which the default says without
 * writing them; of the others it is worked out as the dashboard did, in batches that commit one by one. A start that is
 * interrupted in between begins again, and finds what was done already. The default stays, since a server of the version
 * before may still write while this one starts.
 */
export class CostStatus1764500000000 implements MigrationInterface {
  readonly name = 'CostStatus1764500000000';
  /** Each batch commits by itself. */
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE requests ADD COLUMN IF NOT EXISTS cost_status text NOT NULL DEFAULT 'priced'");
    let [org_id, id] = ['00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000'];
    for (;;) {
      const keys = (await runner.query(
        `SELECT org_id, id FROM (SELECT org_id, id FROM requests WHERE (org_id, id) > ($1::uuid, $2::uuid)
         ORDER BY org_id, id LIMIT ${BATCH}) batch ORDER BY org_id DESC, id DESC LIMIT 1`,
        [org_id, id],
      )) as { org_id: string; id: string }[]; // Two columns of the primary key.
      const last = keys[0];
      if (last === undefined) return;
      await runner.query(WORK_OUT, [org_id, id, last.org_id, last.id]);
      ({ org_id, id } = last);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE requests DROP COLUMN IF EXISTS cost_status');
  }
}

const WORK_OUT = `
  UPDATE requests SET cost_status = CASE
    WHEN cost_source = 'provided' THEN 'given'
    WHEN input_tokens IS NULL OR (output_tokens IS NULL AND endpoint IS DISTINCT FROM 'embeddings') THEN 'no_usage'
    ELSE 'no_price' END
  WHERE cost_source IS DISTINCT FROM 'builtin' AND cost_status = 'priced'
    AND (org_id, id) > ($1::uuid, $2::uuid) AND (org_id, id) <= ($3::uuid, $4::uuid)`;
