import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Requests are added to the rollups behind the commit that stores them: `unsummed_requests` names those that are not yet.
 * With one writer of an organization's rollups at a time, shards have no use any more, and theirs are added up. A server of
 * the version before writes to the shards in the statement that stores a request: it fails from then on and stores nothing
 * that is not counted.
 */
export class UnsummedRequests1766000000000 implements MigrationInterface {
  readonly name = 'UnsummedRequests1766000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE unsummed_requests (
        org_id uuid NOT NULL,
        id uuid NOT NULL,
        ids uuid[] NOT NULL,
        rows integer NOT NULL,
        CONSTRAINT unsummed_requests_pkey PRIMARY KEY (org_id, id),
        CONSTRAINT unsummed_requests_of_organization FOREIGN KEY (org_id) REFERENCES organizations (id) ON DELETE CASCADE
      )`);
    for (const rollup of ROLLUPS) await addUpShards(runner, rollup);
  }

  async down(runner: QueryRunner): Promise<void> {
    const [row] = (await runner.query('SELECT EXISTS (SELECT FROM unsummed_requests) AS is_so')) as {
      is_so: boolean;
    }[];
    if (row?.is_so)
      throw new Error('Some requests are not counted yet: let the server run until they are, then stop it.');
    await runner.query('DROP TABLE unsummed_requests');
    for (const { table, key } of ROLLUPS) {
      await runner.query(`ALTER TABLE ${table} ADD COLUMN shard smallint NOT NULL DEFAULT 0`);
      await runner.query(`ALTER TABLE ${table} ALTER COLUMN shard DROP DEFAULT`);
      await runner.query(`ALTER TABLE ${table} DROP CONSTRAINT ${table}_pkey`);
      await runner.query(`ALTER TABLE ${table} ADD CONSTRAINT ${table}_pkey PRIMARY KEY (${key}, shard)`);
    }
  }
}

interface Rollup {
  readonly table: string;
  readonly key: string;
  /** Columns that are added up, with their types. */
  readonly sums: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
  /** Whether it has `buckets` and `counts`. */
  readonly hasHistogram?: boolean;
}

const SUMS = {
  requests: 'bigint',
  input_tokens: 'bigint',
  output_tokens: 'bigint',
  input_reported: 'bigint',
  output_reported: 'bigint',
  unmeasured_requests: 'bigint',
  cached_input_tokens: 'bigint',
  reasoning_tokens: 'bigint',
  cost_usd: 'numeric(24,12)',
  unpriced_requests: 'bigint',
  latency_us: 'numeric(24,0)',
  latency_reported: 'bigint',
};
const DIMENSIONS = 'provider, model, prompt_slug, environment, status';

const ROLLUPS: readonly Rollup[] = [
  { table: 'request_hours', key: `org_id, hour, ${DIMENSIONS}`, sums: SUMS },
  { table: 'request_days', key: `org_id, day, ${DIMENSIONS}`, sums: SUMS },
  { table: 'request_user_days', key: 'org_id, day, user_id', sums: { ...SUMS, errors: 'bigint' } },
  { table: 'request_values', key: 'org_id, dimension, grain, starts_at, value', sums: { ...SUMS, errors: 'bigint' } },
  {
    table: 'request_totals',
    key: 'org_id, grain, starts_at',
    sums: { ...SUMS, errors: 'bigint', users: 'bigint' },
    flags: ['has_other_prompts', 'has_other_models', 'has_other_users'],
    hasHistogram: true,
  },
];

/** In place of the table one with a row for each key, which takes its name. */
async function addUpShards(
  runner: QueryRunner,
  { table, key, sums, flags = [], hasHistogram = false }: Rollup,
): Promise<void> {
  const columns = [
    key,
    ...Object.entries(sums).map(([name, type]) => `sum(${name})::${type} AS ${name}`),
    ...flags.map((name) => `bool_or(${name}) AS ${name}`),
  ];
  const summed = `SELECT ${columns.join(', ')} FROM ${table}_of_shards GROUP BY ${key}`;
  const histograms = `
    SELECT ${key}, array_agg(bucket ORDER BY bucket)::smallint[] AS buckets, array_agg(n ORDER BY bucket)::integer[] AS counts
    FROM (
      SELECT ${key}, bucket, sum(n) AS n FROM ${table}_of_shards, unnest(buckets, counts) AS held (bucket, n)
      GROUP BY ${key}, bucket HAVING sum(n) <> 0
    ) held GROUP BY ${key}`;
  await runner.query(`ALTER TABLE ${table} RENAME TO ${table}_of_shards`);
  await runner.query(`ALTER TABLE ${table}_of_shards DROP CONSTRAINT ${table}_pkey`);
  await runner.query(`ALTER TABLE ${table}_of_shards DROP CONSTRAINT ${table}_of_organization`);
  await runner.query(
    hasHistogram
      ? `CREATE TABLE ${table} WITH (fillfactor = 50) AS
         SELECT summed.*, coalesce(buckets, '{}') AS buckets, coalesce(counts, '{}') AS counts
         FROM (${summed}) summed LEFT JOIN (${histograms}) histograms USING (${key})`
      : `CREATE TABLE ${table} WITH (fillfactor = 70) AS ${summed}`,
  );
  await runner.query(`DROP TABLE ${table}_of_shards`);
  const names = [...key.split(', '), ...Object.keys(sums), ...flags, ...(hasHistogram ? ['buckets', 'counts'] : [])];
  await runner.query(`ALTER TABLE ${table} ${names.map((name) => `ALTER COLUMN ${name} SET NOT NULL`).join(', ')}`);
  await runner.query(`ALTER TABLE ${table} ADD CONSTRAINT ${table}_pkey PRIMARY KEY (${key})`);
  await runner.query(
    `ALTER TABLE ${table} ADD CONSTRAINT ${table}_of_organization FOREIGN KEY (org_id) REFERENCES organizations (id) ON DELETE CASCADE`,
  );
}
