import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Requests and spans keep the key that logged them; what is stored already does not know: null. No foreign key: a key
 * that is deleted leaves its rows as they are, and millions of rows need not be written for it. And saved views.
 */
export class KeysAndViews1764900000000 implements MigrationInterface {
  readonly name = 'KeysAndViews1764900000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE requests ADD COLUMN api_key_id uuid');
    await runner.query('ALTER TABLE spans ADD COLUMN api_key_id uuid');
    await runner.query(`
      CREATE TABLE saved_views (
        org_id uuid NOT NULL,
        id uuid NOT NULL,
        name text NOT NULL,
        page text NOT NULL,
        search json NOT NULL,
        is_default boolean NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT saved_views_pkey PRIMARY KEY (org_id, id),
        CONSTRAINT saved_views_of_organization FOREIGN KEY (org_id) REFERENCES organizations (id) ON DELETE CASCADE
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE saved_views');
    await runner.query('ALTER TABLE spans DROP COLUMN api_key_id');
    await runner.query('ALTER TABLE requests DROP COLUMN api_key_id');
  }
}
