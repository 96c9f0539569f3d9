import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Requests keep a hash of what was asked, and one of its instructions and tools (docs/decisions/037). What is stored already
 * has none: its payloads would all have to be read. So its index is empty at first, and what was stored before is never in
 * it; and one of the few answers that ended at a limit.
 */
export class RequestHashes1765700000000 implements MigrationInterface {
  readonly name = 'RequestHashes1765700000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE requests ADD COLUMN request_hash bytea, ADD COLUMN prefix_hash bytea');
    await runner.query(`
      CREATE INDEX requests_by_hash ON requests (org_id, started_at, id, request_hash, prefix_hash)
      WHERE request_hash IS NOT NULL`);
    await runner.query(`
      CREATE INDEX requests_cut_off ON requests (org_id, started_at, id)
      WHERE finish_reason IN ('length', 'max_tokens', 'max_output_tokens', 'MAX_TOKENS')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX requests_cut_off, requests_by_hash');
    await runner.query('ALTER TABLE requests DROP COLUMN prefix_hash, DROP COLUMN request_hash');
  }
}
