import fc from 'fast-check';
import type pg from 'pg';
import { OrgId } from '#shared/primitives';
import { OrgScope } from '#server/auth/orgScope';
import { newId } from '#server/ids';
import { createTestDatabase, type TestDatabase } from '#tests/support/database';
import { createWritePool } from './dataSource.ts';
import { type InsertStatement, insertRows } from './insertRows.ts';
import { BinaryRowEncoder } from './binaryRowEncoder.ts';

const COLUMNS = {
  org_id: 'uuid',
  id: 'uuid',
  at: 'timestamptz',
  words: 'text',
  given: 'json',
  parsed: 'jsonb',
  count: 'bigint',
  ratio: 'double precision',
  flag: 'boolean',
  amount: 'numeric',
} as const;

type Sample = { id: string } & Partial<Record<Exclude<keyof typeof COLUMNS, 'id' | 'org_id'>, unknown>>;
const SIZES = {
  plain_bytes: { of: ['given'], overhead: 100 },
  escaped_bytes: { of: ['words'], overhead: 0, isEscaped: true },
} as const;
const type = new BinaryRowEncoder<Sample>('arriving_sample', COLUMNS, SIZES);
const INSERT: InsertStatement = {
  name: 'insert_samples',
  type,
  sql: `
    WITH arriving AS MATERIALIZED (${type.rowsSql}), stored AS (
      INSERT INTO samples SELECT * FROM arriving ON CONFLICT DO NOTHING RETURNING org_id, id
    )
    SELECT org_id || '/' || id AS key, (SELECT kept.words <> arriving.words FROM samples kept
      WHERE kept.org_id = arriving.org_id AND kept.id = arriving.id) AS differs FROM arriving
    WHERE NOT EXISTS (SELECT FROM stored WHERE stored.org_id = arriving.org_id AND stored.id = arriving.id)`,
};
const scope = OrgScope.mint(OrgId.parse(newId()));

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = createWritePool(database.url);
  const columns = Object.entries(COLUMNS).map(([name, kind]) => `${name} ${kind}`);
  columns.push(...Object.keys(SIZES).map((name) => `${name} integer`));
  await pool.query(
    `CREATE TABLE samples (${columns.join(', ')}, PRIMARY KEY (org_id, id), CHECK (words <> 'refused'))`,
  );
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(() => pool.query('TRUNCATE samples'));

const store = (...rows: Sample[]) =>
  insertRows(
    pool,
    INSERT,
    rows.map((row) => type.encode(scope, row)),
  );
const readBack = async () => {
  const { rows } = await pool.query<Sample>(
    `SELECT ${Object.keys(COLUMNS).join(', ')}, amount::text AS amount FROM samples ORDER BY id`,
  );
  return rows;
};

const storable = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\u0000', '').toWellFormed());
const json = fc.jsonValue({ noUnicodeString: true, stringUnit: 'grapheme' }).filter((value) => value !== null);
const nullable = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null });
const sample = fc.record({
  id: fc.uuid(),
  at: nullable(fc.date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })).map(
    (date) => date?.toISOString() ?? null,
  ),
  words: nullable(storable),
  given: nullable(json),
  parsed: nullable(json),
  count: nullable(fc.maxSafeInteger()),
  ratio: nullable(fc.double({ noNaN: true, noDefaultInfinity: true })),
  flag: nullable(fc.boolean()),
  amount: nullable(fc.constantFrom('0', '0.000000000001', '123456.789', '999999.999999999999')),
});

test('what was sent is what is stored, whatever the values, and sizes are what SQL would make of them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(sample, { selector: (row) => row.id, maxLength: 20 }), async (rows) => {
      await pool.query('TRUNCATE samples');
      await store(...rows);
      const expected = rows
        .map((row) => ({ ...row, org_id: scope.org_id }))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        // -0 is 0 to jsonb, and so is it to JSON.stringify.
        .map((row) => JSON.parse(JSON.stringify(row)) as Sample);
      expect(JSON.parse(JSON.stringify(await readBack()))).toEqual(expected);
      const { rows: wrong } = await pool.query(`SELECT * FROM samples
        WHERE plain_bytes IS DISTINCT FROM 100 + coalesce(octet_length(given::text), 0)
          OR escaped_bytes IS DISTINCT FROM coalesce(octet_length(to_json(words)::text), 0)`);
      expect(wrong).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

test('rows that begin in one piece of memory and end in the next are whole, and so are large ones', async () => {
  const sizes = [10, 100_000, 100_000, 100_000, 300_000, 5, 9_000_000, 1_000];
  const rows = sizes.map((size, index) => ({ id: newId(), words: ['a', 'é', '€', '😀'][index % 4]?.repeat(size) }));
  await store(...rows);
  const stored = new Map((await readBack()).map(({ id, words }) => [id, words]));
  expect(rows.map(({ id, words }) => stored.get(id) === words)).toEqual(rows.map(() => true));
});

test('the rows that were there already are told, with those that differ, and are not changed', async () => {
  const [first, second] = [newId(), newId()];
  expect(await store({ id: first, words: 'first' })).toEqual(new Map());
  expect(await store({ id: first, words: 'again' }, { id: second, words: 'second' })).toEqual(
    new Map([[`${scope.org_id}/${first}`, 'conflict']]),
  );
  expect(await store({ id: second, words: 'second' })).toEqual(new Map([[`${scope.org_id}/${second}`, 'duplicate']]));
  expect((await readBack()).map((row) => row.words)).toEqual(expect.arrayContaining(['first', 'second']));
});

test('a row that is refused takes its batch back, and the connection serves the next', async () => {
  const backends = async () => {
    const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return rows[0]?.pid;
  };
  await store({ id: newId(), words: 'good' });
  const before = await backends();
  await expect(store({ id: newId(), words: 'good' }, { id: newId(), words: 'refused' })).rejects.toMatchObject({
    code: '23514',
  });
  expect(await store({ id: newId(), words: 'good' })).toEqual(new Map());
  expect((await readBack()).map((row) => row.words)).toEqual(['good', 'good']);
  expect(await backends()).toBe(before);
});

test('a connection that was ended is replaced by one that knows the type', async () => {
  await store({ id: newId(), words: 'before' });
  await pool.query('SELECT pg_terminate_backend(pg_backend_pid())').catch(() => {});
  await store({ id: newId(), words: 'after' });
  expect((await readBack()).map((row) => row.words)).toEqual(expect.arrayContaining(['before', 'after']));
});
