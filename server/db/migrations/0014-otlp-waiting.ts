import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What came by OpenTelemetry before that which it belongs to (docs/decisions/035). */
export class OtlpWaiting1765300000000 implements MigrationInterface {
  readonly name = 'OtlpWaiting1765300000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE otlp_waiting (
        org_id uuid NOT NULL,
        id uuid NOT NULL,
        kind text NOT NULL,
        span_id uuid NOT NULL,
        trace_id text NOT NULL,
        parent_id text,
        api_key_id uuid,
        created_at timestamptz NOT NULL,
        is_used boolean NOT NULL,
        content json NOT NULL,
        content_bytes integer NOT NULL,
        CONSTRAINT otlp_waiting_pkey PRIMARY KEY (org_id, id),
        CONSTRAINT otlp_waiting_of_organization FOREIGN KEY (org_id) REFERENCES organizations (id) ON DELETE CASCADE
      )`);
    await runner.query('CREATE INDEX otlp_waiting_by_trace ON otlp_waiting (org_id, trace_id)');
    await runner.query('CREATE INDEX otlp_waiting_by_time ON otlp_waiting (org_id, created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE otlp_waiting');
  }
}
