/** The settings of a database and of a role change nothing of ours: each connection sets its own. */
import pg from 'pg';
import { OrgId } from '#shared/primitives';
import { newId } from '#server/ids';
import { createLogger } from '#server/log';
import { loadConfig } from '#server/config';
import { closeDeps, createDeps, type Deps } from '#server/deps';
import { offerFirstSignIn } from '#server/bootstrap';
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { listOrganizations } from '#server/organizations/service';
import { createTestDatabase, type TestDatabase } from '#tests/support/database';
import { queryableOf } from './sql.ts';

/** None of them is the default of Postgres, and each would break something. */
const ODD = {
  datestyle: 'German, DMY',
  intervalstyle: 'iso_8601',
  timezone: 'Asia/Seoul',
  bytea_output: 'escape',
  extra_float_digits: '-15',
  standard_conforming_strings: 'off',
  search_path: 'nowhere',
  default_transaction_isolation: 'serializable',
  transform_null_equals: 'on',
  synchronous_commit: 'off',
  enable_indexscan: 'off',
  lock_timeout: '1',
  statement_timeout: '700',
};

let database: TestDatabase;
let deps: Deps;
beforeAll(async () => {
  database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  for (const [name, value] of Object.entries(ODD)) {
    const list = name === 'datestyle' ? value : `'${value}'`;
    await client.query(`ALTER DATABASE ${client.database} SET ${name} = ${list}`);
  }
  await client.end();
  const config = loadConfig({ PORT: '0', LOG_LEVEL: 'silent' });
  deps = createDeps({ config, log: createLogger('silent'), databaseUrl: database.url });
  await deps.db.initialize();
});
afterAll(async () => {
  await closeDeps(deps);
  await database.drop();
});

const pools = () => ({
  settings: deps.db,
  reads: deps.reads.of(scopeForAdmin(serverAdminScope(), OrgId.parse(newId()))),
  keys: queryableOf(deps.keyPool),
  writes: queryableOf(deps.writePool),
});

test('a connection without ours has them, so that the next test can fail', async () => {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query(
    "SELECT current_setting('datestyle') AS datestyle, current_setting('search_path')",
  );
  await client.end();
  expect(rows).toMatchObject([{ datestyle: 'German, DMY', current_setting: 'nowhere' }]);
});

test.each(['settings', 'reads', 'keys', 'writes'] as const)(
  'the connections for %s have none of them',
  async (name) => {
    const rows = await pools()[name].query(
      'SELECT name, current_setting(name) AS value FROM unnest($1::text[]) AS odd (name)',
      [Object.keys(ODD)],
    );
    const odd = (rows as { name: string; value: string }[]).filter(
      (row) => row.value === ODD[row.name as keyof typeof ODD],
    );
    expect(odd).toEqual([]);
    const [values] = (await pools()[name].query(
      `SELECT '2026-11-25T23:30:00.25Z'::timestamptz AS time, 0.1::float8 + 0.2 AS number, '\\xff'::bytea AS bytes`,
    )) as [object];
    expect(values).toEqual({
      time: '2026-11-25T23:30:00.250Z',
      number: 0.30000000000000004,
      bytes: Buffer.from([0xff]),
    });
  },
);

test('the first start makes its organization and offers to sign in', async () => {
  expect(await offerFirstSignIn(deps)).toEqual(expect.any(String));
  const [organization] = await listOrganizations(deps, serverAdminScope());
  expect(Math.abs(Date.parse(organization?.created_at ?? '') - Date.now())).toBeLessThan(60_000);
});

test('what organizations read cannot be written through', async () => {
  await expect(pools().reads.query("UPDATE organizations SET name = 'x'")).rejects.toMatchObject({ code: '25006' });
});
