import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a report of savings asks of calls with a prefix stands in the index of prefixes, so that none of them is fetched. */
export class Prefixes1766800000000 implements MigrationInterface {
  readonly name = 'Prefixes1766800000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX requests_by_prefix');
    await runner.query(`
      CREATE INDEX requests_by_prefix ON requests (org_id, (get_byte(prefix_hash, 0) & 31), started_at, id, prefix_hash)
      INCLUDE (model, provider, status, input_tokens, cached_input_tokens) WHERE prefix_hash IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX requests_by_prefix');
    await runner.query(`
      CREATE INDEX requests_by_prefix ON requests (org_id, (get_byte(prefix_hash, 0) & 31), started_at, id, prefix_hash)
      WHERE prefix_hash IS NOT NULL`);
  }
}
