import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is billed by the piece or by time has its counts, and an organization knows by which built-in price list its
 * requests were priced, so that a newer one can offer to price them again. All that was stored before had 0.1.8.
 */
export class UnitsOfPrices1765800000000 implements MigrationInterface {
  readonly name = 'UnitsOfPrices1765800000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE requests ADD COLUMN output_images integer, ADD COLUMN media_seconds double precision',
    );
    await runner.query("ALTER TABLE organizations ADD COLUMN price_list text NOT NULL DEFAULT 'genai-prices@0.1.8'");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE organizations DROP COLUMN price_list');
    await runner.query('ALTER TABLE requests DROP COLUMN output_images, DROP COLUMN media_seconds');
  }
}
