import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sums of each value of a provider, model, environment or status by hour and by day, made of the sums of their combinations, an organization at a time. */
export class Values1765900000000 implements MigrationInterface {
  readonly name = 'Values1765900000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE request_values (
        org_id uuid NOT NULL,
        dimension text NOT NULL,
        grain text NOT NULL,
        starts_at timestamptz NOT NULL,
        value text NOT NULL,
        shard smallint NOT NULL,
        requests bigint NOT NULL,
        errors bigint NOT NULL,
        input_tokens bigint NOT NULL,
        output_tokens bigint NOT NULL,
        input_reported bigint NOT NULL,
        output_reported bigint NOT NULL,
        unmeasured_requests bigint NOT NULL,
        cached_input_tokens bigint NOT NULL,
        reasoning_tokens bigint NOT NULL,
        cost_usd numeric(24,12) NOT NULL,
        unpriced_requests bigint NOT NULL,
        latency_us numeric(24,0) NOT NULL,
        latency_reported bigint NOT NULL,
        CONSTRAINT request_values_pkey PRIMARY KEY (org_id, dimension, grain, starts_at, value, shard),
        CONSTRAINT request_values_of_organization FOREIGN KEY (org_id) REFERENCES organizations (id) ON DELETE CASCADE
      ) WITH (fillfactor = 70)`);
    const organizations = (await runner.query('SELECT id FROM organizations ORDER BY id')) as { id: string }[];
    for (const { id } of organizations) {
      await runner.query(sumUpSql('hour', 'request_hours'), [id]);
      await runner.query(sumUpSql('day', 'request_days'), [id]);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE request_values');
  }
}

const SUMS = [
  'requests',
  'input_tokens',
  'output_tokens',
  'input_reported',
  'output_reported',
  'unmeasured_requests',
  'cached_input_tokens',
  'reasoning_tokens',
  'cost_usd',
  'unpriced_requests',
  'latency_us',
  'latency_reported',
];

function sumUpSql(grain: 'hour' | 'day', table: string): string {
  return `
    INSERT INTO request_values (org_id, dimension, grain, starts_at, value, shard, errors, ${SUMS.join(', ')})
    SELECT org_id, dimension, '${grain}', ${grain}, value, 0, coalesce(sum(requests) FILTER (WHERE status = 'error'), 0),
      ${SUMS.map((name) => `sum(${name})`).join(', ')}
    FROM ${table} CROSS JOIN LATERAL (VALUES ('provider', provider), ('model', model), ('environment', environment),
      ('status', status)) AS held (dimension, value)
    WHERE org_id = $1 GROUP BY 1, 2, 4, 5`;
}
