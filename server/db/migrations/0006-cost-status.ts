import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Requests say what their cost is, or what is missing to know it. Most rows were priced, which the default says without
 * writing them; of the others it is worked out as the dashboard did.
 */
export class CostStatus1764500000000 implements MigrationInterface {
  readonly name = 'CostStatus1764500000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE requests ADD COLUMN cost_status text NOT NULL DEFAULT 'priced'");
    await runner.query('ALTER TABLE requests ALTER COLUMN cost_status DROP DEFAULT');
    await runner.query(`
      UPDATE requests SET cost_status = CASE
        WHEN cost_source = 'provided' THEN 'given'
        WHEN input_tokens IS NULL OR (output_tokens IS NULL AND endpoint IS DISTINCT FROM 'embeddings') THEN 'no_usage'
        ELSE 'no_price' END
      WHERE cost_source IS DISTINCT FROM 'builtin'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE requests DROP COLUMN cost_status');
  }
}
