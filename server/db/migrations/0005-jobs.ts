import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Work that outlives a call. */
export class Jobs1764400000000 implements MigrationInterface {
  readonly name = 'Jobs1764400000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE jobs (
        org_id uuid NOT NULL,
        id uuid NOT NULL,
        kind text NOT NULL,
        status text NOT NULL,
        input json NOT NULL,
        state json,
        done bigint NOT NULL,
        total bigint,
        error text,
        lease_holder uuid,
        lease_expires_at timestamptz NOT NULL,
        attempts smallint NOT NULL,
        cancel_requested boolean NOT NULL,
        created_at timestamptz NOT NULL,
        started_at timestamptz,
        finished_at timestamptz,
        CONSTRAINT jobs_pkey PRIMARY KEY (org_id, id),
        CONSTRAINT jobs_of_organization FOREIGN KEY (org_id) REFERENCES organizations (id) ON DELETE CASCADE
      )`);
    await runner.query(`CREATE INDEX jobs_due ON jobs (lease_expires_at) WHERE status IN ('queued', 'running')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE jobs');
  }
}
