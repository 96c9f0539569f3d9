import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What came in, and what of it was refused, dropped or cut, by the hour. What came before it is not known. */
export class DataHealth1765400000000 implements MigrationInterface {
  readonly name = 'DataHealth1765400000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE data_health_hours (
        org_id uuid NOT NULL,
        hour timestamptz NOT NULL,
        source text NOT NULL,
        reason text NOT NULL,
        count bigint NOT NULL,
        CONSTRAINT data_health_hours_pkey PRIMARY KEY (org_id, hour, source, reason),
        CONSTRAINT data_health_hours_of_organization FOREIGN KEY (org_id) REFERENCES organizations (id) ON DELETE CASCADE
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE data_health_hours');
  }
}
