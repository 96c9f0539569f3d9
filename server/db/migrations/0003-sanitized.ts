import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Requests say whether a character of theirs was replaced. What is stored already does not know: false. */
export class Sanitized1764160000003 implements MigrationInterface {
  name = 'Sanitized1764160000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE requests ADD COLUMN sanitized boolean NOT NULL DEFAULT false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE requests DROP COLUMN sanitized');
  }
}
