import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Requests of one tail of the backfill. */
const BATCH = 1_000;

/**
 * The search index (docs/search.md). What is stored already is put into tails, as if it had just been written; the indexer
 * makes segments of them in its own time, and until then they are read as they are. It is one transaction: a tail of a
 * thousand requests is one row, so that a million of them are a thousand inserts.
 */
export class SearchIndex1764700000000 implements MigrationInterface {
  readonly name = 'SearchIndex1764700000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE search_tails (
        org_id uuid NOT NULL,
        id uuid NOT NULL,
        ids uuid[] NOT NULL,
        rows integer NOT NULL,
        from_at timestamptz NOT NULL,
        to_at timestamptz NOT NULL,
        CONSTRAINT search_tails_pkey PRIMARY KEY (org_id, id),
        CONSTRAINT search_tails_of_organization FOREIGN KEY (org_id) REFERENCES organizations (id) ON DELETE CASCADE
      )`);
    await runner.query(`
      CREATE TABLE search_segments (
        org_id uuid NOT NULL,
        id uuid NOT NULL,
        version smallint NOT NULL,
        rows integer NOT NULL,
        width integer NOT NULL,
        from_at timestamptz NOT NULL,
        to_at timestamptz NOT NULL,
        keys bytea NOT NULL,
        presence bytea NOT NULL,
        signature bytea NOT NULL,
        CONSTRAINT search_segments_pkey PRIMARY KEY (org_id, id),
        CONSTRAINT search_segments_of_organization FOREIGN KEY (org_id) REFERENCES organizations (id) ON DELETE CASCADE
      )`);
    await runner.query(`
      ALTER TABLE search_segments ALTER COLUMN keys SET STORAGE EXTERNAL,
        ALTER COLUMN presence SET STORAGE EXTERNAL, ALTER COLUMN signature SET STORAGE EXTERNAL`);
    await runner.query('CREATE INDEX search_segments_by_time ON search_segments (org_id, to_at, id)');
    await runner.query(`
      CREATE TABLE search_leases (
        org_id uuid NOT NULL,
        holder uuid NOT NULL,
        expires_at timestamptz NOT NULL,
        CONSTRAINT search_leases_pkey PRIMARY KEY (org_id),
        CONSTRAINT search_leases_of_organization FOREIGN KEY (org_id) REFERENCES organizations (id) ON DELETE CASCADE
      )`);
    const organizations = (await runner.query('SELECT id FROM organizations')) as { id: string }[]; // One column.
    for (const { id } of organizations) await fillTails(runner, id);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE search_leases');
    await runner.query('DROP TABLE search_segments');
    await runner.query('DROP TABLE search_tails');
  }
}

/** Walks `requests_by_time` from its beginning. */
async function fillTails(runner: QueryRunner, org_id: string): Promise<void> {
  let [at, id] = ['-infinity', '00000000-0000-0000-0000-000000000000'];
  for (;;) {
    const last = (await runner.query(
      `WITH batch AS MATERIALIZED (
         SELECT started_at, id FROM requests WHERE org_id = $1 AND (started_at, id) > ($2::timestamptz, $3::uuid)
         ORDER BY started_at, id LIMIT ${BATCH}
       ), tail AS (
         INSERT INTO search_tails (org_id, id, ids, rows, from_at, to_at)
         SELECT $1, gen_random_uuid(), array_agg(id), count(*), min(started_at), max(started_at) FROM batch
         HAVING count(*) > 0
       )
       SELECT started_at::text AS at, id FROM batch ORDER BY batch.started_at DESC, id DESC LIMIT 1`,
      [org_id, at, id],
    )) as { at: string; id: string }[]; // As selected.
    const [place] = last;
    if (!place) return;
    ({ at, id } = place);
  }
}
