import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Spans have an input and an output, and lists of traces find the newest by an index (docs/decisions/031).
 * What is stored already is in the new indices, and has neither input nor output. The columns are nullable, since a
 * server of the version before may still write while this one starts.
 */
export class TracesAndSessions1765000000000 implements MigrationInterface {
  readonly name = 'TracesAndSessions1765000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE spans ADD COLUMN kind text, ADD COLUMN input_preview text, ADD COLUMN output_preview text,
        ADD COLUMN payload_bytes integer`);
    await runner.query(`
      CREATE TABLE span_payloads (
        org_id uuid NOT NULL,
        id uuid NOT NULL,
        input json,
        output json,
        CONSTRAINT span_payloads_pkey PRIMARY KEY (org_id, id),
        CONSTRAINT span_payloads_of_span FOREIGN KEY (org_id, id) REFERENCES spans (org_id, id) ON DELETE CASCADE
      )`);
    await runner.query('CREATE INDEX spans_by_time ON spans (org_id, started_at, id)');
    await runner.query('CREATE INDEX spans_without_parent ON spans (org_id, started_at, id) WHERE parent_id IS NULL');
    await runner.query("CREATE INDEX spans_failed ON spans (org_id, started_at, id) WHERE status = 'error'");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX spans_failed, spans_without_parent, spans_by_time');
    await runner.query('DROP TABLE span_payloads');
    await runner.query(`
      ALTER TABLE spans DROP COLUMN payload_bytes, DROP COLUMN output_preview, DROP COLUMN input_preview,
        DROP COLUMN kind`);
  }
}
