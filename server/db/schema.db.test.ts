/** The schema as Postgres has it: what the entities say, and no row of one organization that can point at another's. */
import type { QueryRunner } from 'typeorm';
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { createDataSource } from '#server/db/dataSource';
import { entities } from '#server/db/entities';
import { offerSignIn } from '#server/signIn/service';
import { aLogInput, aSpanInput } from '#tests/support/factories';
import { bringRollupsUpToDate } from '#tests/support/rollups';
import { startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const query = <Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> => app.deps.db.query(sql, parameters);

/** The tables that belong to an organization. */
const tenantTables = () =>
  app.deps.db.entityMetadatas.map((entity) => entity.tableName).filter((table) => table !== 'organizations');

test('the migrations make exactly what the entities describe', async () => {
  const { upQueries } = await app.deps.db.driver.createSchemaBuilder().log();
  expect(upQueries.map(({ query: sql }) => sql)).toEqual([]);
});

test('an entity that differs from its table is noticed, so that the test above can fail', async () => {
  await query('ALTER TABLE spans ADD COLUMN forgotten text');
  try {
    const { upQueries } = await app.deps.db.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query: sql }) => sql).join('\n')).toMatch(/forgotten/);
  } finally {
    await query('ALTER TABLE spans DROP COLUMN forgotten');
  }
});

test('every table has an entity', async () => {
  const tables = await query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_name <> 'migrations'",
  );
  expect(tables.map(({ name }) => name).toSorted()).toEqual(['organizations', ...tenantTables()].toSorted());
  expect(entities).toHaveLength(tables.length);
});

test('every primary key of a tenant begins with org_id, so that no id is taken by another organization', async () => {
  const keys = await query<{ table: string; columns: string[] }>(`
    SELECT c.conrelid::regclass::text AS table,
      array(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY AS k (attnum, place)
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum ORDER BY place) AS columns
    FROM pg_constraint c WHERE c.contype = 'p' AND c.connamespace = 'public'::regnamespace`);
  const byTable = new Map(keys.map((key) => [key.table, key.columns]));
  for (const table of tenantTables()) {
    expect([table, byTable.get(table)?.[0]]).toEqual([table, 'org_id']);
  }
});

test('every index of a tenant begins with org_id, except those that find a key and a job that is due', async () => {
  const indices = await query<{ name: string; first: string }>(
    `
    SELECT i.indexrelid::regclass::text AS name, a.attname AS first
    FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
    WHERE i.indrelid::regclass::text = ANY($1)`,
    [tenantTables()],
  );
  expect(indices.length).toBeGreaterThan(10);
  expect(
    indices
      .filter(({ first }) => first !== 'org_id')
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(['api_keys_by_hash', 'jobs_due']);
});

test('every foreign key holds org_id on both sides and deletes with its target', async () => {
  const keys = await query<{ name: string; table: string; columns: string[]; target: string; deletes: string }>(`
    SELECT c.conname AS name, c.conrelid::regclass::text AS table, c.confrelid::regclass::text AS target, c.confdeltype AS deletes,
      array(SELECT a.attname::text FROM unnest(c.conkey) AS k (attnum)
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum) AS columns
    FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace`);
  for (const key of keys) {
    expect([key.name, key.deletes]).toEqual([key.name, 'c']);
    expect([key.name, key.columns.includes('org_id')]).toEqual([key.name, true]);
    expect([key.name, key.columns.length]).toEqual([key.name, key.target === 'organizations' ? 1 : 2]);
  }
  // Each tenant table hangs, over one step or more, on its organization; payloads on their request by a trigger.
  const hanging = new Set([...keys.map(({ table }) => table), 'request_payloads']);
  expect([...hanging].toSorted()).toEqual(tenantTables().toSorted());
});

test('times have a zone, money is numeric and never a float', async () => {
  const odd = await query(`
    SELECT table_name, column_name, data_type FROM information_schema.columns
    WHERE table_schema = 'public' AND (
      data_type = 'timestamp without time zone' OR
      (column_name LIKE '%usd%' AND data_type <> 'numeric') OR
      (data_type = 'character varying' AND table_name <> 'migrations'))`);
  expect(odd).toEqual([]);
});

test('deleting an organization leaves no row of it anywhere, and all rows of another', async () => {
  const rows = async (org_id: string) => {
    const counts: Record<string, number> = {};
    for (const table of tenantTables()) {
      const [row] = await query<{ count: number }>(`SELECT count(*) FROM ${table} WHERE org_id = $1`, [org_id]);
      counts[table] = row?.count ?? 0;
    }
    return counts;
  };
  for (const { key } of [app.orgA, app.orgB]) {
    await app.call('POST', '/api/v1/logs', { key, body: aLogInput({ trace_id: 't' }) });
    await app.call('POST', '/api/v1/spans', { key, body: { spans: [aSpanInput({ input: 'x' })] } });
    await app.call('DELETE', '/api/v1/requests?model=nothing', { key });
    await app.call('POST', '/api/v1/views', { key, body: { name: 'Kept', search: {} } });
    await app.call('POST', '/api/v1/prices', { key, body: { model: 'm', rates: { input: '1' } } });
  }
  await bringRollupsUpToDate(app);
  await app.deps.rollups.stop();
  for (const { id } of [app.orgA, app.orgB]) {
    await query('INSERT INTO unsummed_requests VALUES ($1, gen_random_uuid(), ARRAY[gen_random_uuid()], 1)', [id]);
    await offerSignIn(app.deps, scopeForAdmin(serverAdminScope(), id), 'Link');
    await query("INSERT INTO data_health_hours VALUES ($1, now(), 'logs', 'accepted', 1)", [id]);
    await query(
      `INSERT INTO otlp_waiting (org_id, id, kind, span_id, trace_id, created_at, is_used, content, content_bytes)
       VALUES ($1, gen_random_uuid(), 'span', gen_random_uuid(), 't', now(), false, '{}', 2)`,
      [id],
    );
    await query('INSERT INTO search_leases VALUES ($1, gen_random_uuid(), now())', [id]);
    await query(
      `INSERT INTO search_segments (org_id, id, version, rows, width, from_at, to_at, keys, presence, signature)
       VALUES ($1, gen_random_uuid(), 1, 0, 0, now(), now(), '', '', '')`,
      [id],
    );
  }
  const kept = await rows(app.orgB.id);
  // Nothing is proved by a table that was empty before.
  for (const count of Object.values(await rows(app.orgA.id))) expect(count).toBeGreaterThan(0);
  await query('DELETE FROM organizations WHERE id = $1', [app.orgA.id]);
  for (const count of Object.values(await rows(app.orgA.id))) expect(count).toBe(0);
  expect(await rows(app.orgB.id)).toEqual(kept);
});

// Last, since it takes the tables away and makes them anew.
test('the migrations go down to nothing and up again to the same schema', async () => {
  await bringRollupsUpToDate(app);
  const db = createDataSource(app.deps.db.options.type === 'postgres' ? (app.deps.db.options.url ?? '') : '');
  await db.initialize();
  const runner: QueryRunner = db.createQueryRunner();
  const tables = async (): Promise<string[]> => {
    const found: { name: string }[] = await runner.query(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_name <> 'migrations'",
    );
    return found.map(({ name }) => name).toSorted();
  };
  try {
    const before = await tables();
    for (const _ of db.migrations) await db.undoLastMigration();
    expect(await tables()).toEqual([]);
    await db.runMigrations();
    expect(await tables()).toEqual(before);
    expect((await db.driver.createSchemaBuilder().log()).upQueries).toEqual([]);
  } finally {
    await runner.release();
    await db.destroy();
  }
});
