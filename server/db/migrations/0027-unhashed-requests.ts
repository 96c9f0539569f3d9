import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Successful requests without a hash, which reports of savings count: all others are in `requests_by_hash`. */
export class UnhashedRequests1766700000000 implements MigrationInterface {
  readonly name = 'UnhashedRequests1766700000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX requests_unhashed ON requests (org_id, started_at, id)
      WHERE request_hash IS NULL AND status = 'success'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX requests_unhashed');
  }
}
