/**
 * The rules by which the tables can be spread over the nodes of a Citus cluster (docs/decisions/042), asked of plain Postgres:
 * a migration that breaks one would be noticed by nobody who has no such cluster.
 */
import type { QueryRunner } from 'typeorm';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { takeJob } from '#server/jobs/repository';
import { createTestDatabase, type TestDatabase } from '#tests/support/database';
import { listUnboundStatements } from '#tests/support/statementGuard';
import { aLogInput } from '#tests/support/factories';
import { startTestApp, type TestApp } from '#tests/support/testApp';
import { createDataSource } from './dataSource.ts';
import { referenceTables, tenantTables } from './entities.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const query = <Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> => app.deps.db.query(sql, parameters);

const COLUMNS_OF = (table: string, numbers: string) => `array(
  SELECT a.attname::text FROM unnest(${numbers}) WITH ORDINALITY AS k (attnum, place)
  JOIN pg_attribute a ON a.attrelid = ${table} AND a.attnum = k.attnum ORDER BY place)`;

test('each table is the same on every node, or has an organization in each row', async () => {
  const rows = await query<{ name: string; has_owner: boolean }>(`
    SELECT c.relname AS name, EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'org_id'
      AND a.atttypid = 'uuid'::regtype AND a.attnotnull) AS has_owner
    FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace`);
  expect(rows.map(({ name }) => name).toSorted()).toEqual([...referenceTables(), ...tenantTables()].toSorted());
  expect(tenantTables().length).toBeGreaterThan(10);
  const owned = rows.filter(({ has_owner }) => has_owner).map(({ name }) => name);
  expect(owned).toEqual(expect.arrayContaining(tenantTables()));
});

test('each unique key of a table that is distributed holds org_id', async () => {
  const keys = await query<{ name: string; columns: string[] }>(
    `SELECT i.indexrelid::regclass::text AS name, ${COLUMNS_OF('i.indrelid', 'i.indkey::int2[]')} AS columns
     FROM pg_index i WHERE i.indisunique AND i.indrelid::regclass::text = ANY($1)`,
    [tenantTables()],
  );
  expect(keys.length).toBeGreaterThanOrEqual(tenantTables().length);
  expect(keys.filter(({ columns }) => !columns.includes('org_id'))).toEqual([]);
});

test('each foreign key goes to a table of every node, or has org_id at the same place on both sides', async () => {
  const keys = await query<{ name: string; table: string; target: string; from: string[]; to: string[] }>(`
    SELECT c.conname AS name, c.conrelid::regclass::text AS table, c.confrelid::regclass::text AS target,
      ${COLUMNS_OF('c.conrelid', 'c.conkey')} AS from, ${COLUMNS_OF('c.confrelid', 'c.confkey')} AS to
    FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace`);
  expect(keys.length).toBeGreaterThan(10);
  const isReference = (table: string) => referenceTables().includes(table);
  const isAllowed = ({ table, target, from, to }: (typeof keys)[number]) =>
    isReference(target) ||
    (!isReference(table) && from.includes('org_id') && from.indexOf('org_id') === to.indexOf('org_id'));
  expect(keys.filter((key) => !isAllowed(key))).toEqual([]);
});

test('no table has an exclusion constraint, or a trigger besides the one that a foreign key can replace', async () => {
  const triggers = await query<{ name: string }>(
    'SELECT tgname AS name FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname',
  );
  expect(triggers.map(({ name }) => name)).toEqual(['requests_with_payloads']);
  expect(await query("SELECT conname FROM pg_constraint WHERE contype = 'x'")).toEqual([]);
});

test('each query of a migration is one statement, besides those of migrations that run before the tables are distributed', async () => {
  const EARLIEST = /^(Initial|RowSizes|SignInCodes)\d+$/;
  const database: TestDatabase = await createTestDatabase();
  const db = createDataSource(database.url);
  await db.initialize();
  const runner: QueryRunner = db.createQueryRunner();
  const asked: { migration: string; sql: string }[] = [];
  const ask = runner.query.bind(runner);
  let migration = '';
  Object.assign(runner, {
    query: (sql: string, parameters?: unknown[]) => {
      asked.push({ migration, sql });
      return ask(sql, parameters);
    },
  });
  try {
    for (const one of db.migrations.toReversed()) {
      migration = one.name ?? '';
      await one.down(runner);
    }
    for (const one of db.migrations) {
      migration = one.name ?? '';
      await one.up(runner);
    }
  } finally {
    await runner.release();
    await db.destroy();
    await database.drop();
  }
  expect(asked.length).toBeGreaterThan(50);
  const several = asked.filter(({ sql }) => countStatementsOf(sql) > 1);
  expect(several.filter((one) => !EARLIEST.test(one.migration))).toEqual([]);
  // The migrations of the pattern have some, so that the line above can fail.
  expect(several.length).toBeGreaterThan(0);
});

/** Of a text: what stands between semicolons outside of strings and bodies of functions. */
function countStatementsOf(sql: string): number {
  const outside = sql.replaceAll(/\$\$[\s\S]*?\$\$|'(?:[^']|'')*'/g, "''");
  return outside.split(';').filter((part) => part.trim() !== '').length;
}

test('a statement of the server that names no organization is noticed, in whatever test it runs', async () => {
  expect((await app.call('POST', '/api/v1/logs', { body: aLogInput() })).status).toBe(201);
  expect((await app.call('GET', '/api/v1/requests')).status).toBe(200);
  await takeJob(app.deps.db, serverAdminScope(), { holder: app.orgA.id, seconds: 1 });
  expect(await listUnboundStatements()).toEqual([]);
  // The same statements without the list of exceptions.
  expect((await listUnboundStatements([])).join()).toMatch(
    /names no organization for jobs: SELECT org_id, id FROM jobs/,
  );
});
