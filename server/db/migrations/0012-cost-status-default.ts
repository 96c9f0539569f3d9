import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where 0006 ran before it kept the default of its column: without one, a server of the version before cannot write. */
export class CostStatusDefault1765100000000 implements MigrationInterface {
  readonly name = 'CostStatusDefault1765100000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE requests ALTER COLUMN cost_status SET DEFAULT 'priced'");
  }

  /** The default is that of 0006, and goes with it. */
  async down(): Promise<void> {}
}
