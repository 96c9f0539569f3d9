import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Prices of organizations, each change of one a row, so that what a request was priced by can be read later; and by
 * which price a request was priced. What is stored already does not know: null.
 */
export class Prices1765200000000 implements MigrationInterface {
  readonly name = 'Prices1765200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE requests ADD COLUMN price_version text');
    await runner.query(`
      CREATE TABLE prices (
        org_id uuid NOT NULL,
        id uuid NOT NULL,
        version integer NOT NULL,
        model text NOT NULL,
        provider text,
        service_tier text,
        rates json NOT NULL,
        tiers json NOT NULL,
        valid_from timestamptz,
        note text,
        created_at timestamptz NOT NULL,
        replaced_at timestamptz,
        CONSTRAINT prices_pkey PRIMARY KEY (org_id, id, version),
        CONSTRAINT prices_of_organization FOREIGN KEY (org_id) REFERENCES organizations (id) ON DELETE CASCADE
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE prices');
    await runner.query('ALTER TABLE requests DROP COLUMN price_version');
  }
}
