import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Indices for reads that walked everything else: requests of a release, and the roots of traces by user and by session
 * (docs/decisions/043).
 */
export class Reads1766200000000 implements MigrationInterface {
  readonly name = 'Reads1766200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE INDEX requests_by_release ON requests (org_id, release, started_at, id) WHERE release IS NOT NULL',
    );
    await runner.query(`
      CREATE INDEX spans_by_user ON spans (org_id, user_id, started_at, id)
      WHERE parent_id IS NULL AND user_id IS NOT NULL`);
    await runner.query(`
      CREATE INDEX spans_by_session ON spans (org_id, session_id, started_at, id)
      WHERE parent_id IS NULL AND session_id IS NOT NULL`);
    await runner.query('DROP INDEX requests_by_hash');
    await runner.query(`
      CREATE INDEX requests_by_hash ON requests (org_id, (get_byte(request_hash, 0) & 31), started_at, id, request_hash)
      WHERE request_hash IS NOT NULL`);
    await runner.query(`
      CREATE INDEX requests_by_prefix ON requests (org_id, (get_byte(prefix_hash, 0) & 31), started_at, id, prefix_hash)
      WHERE prefix_hash IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX requests_by_prefix, requests_by_hash');
    await runner.query(`
      CREATE INDEX requests_by_hash ON requests (org_id, started_at, id, request_hash, prefix_hash)
      WHERE request_hash IS NOT NULL`);
    await runner.query('DROP INDEX spans_by_session, spans_by_user, requests_by_release');
  }
}
