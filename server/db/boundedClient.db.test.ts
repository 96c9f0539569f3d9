/** A query that is not answered goes with its connection, whichever pool made it. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '#tests/support/database';
import { ConnectionWatch } from './connectionWatch.ts';
import { createDataSource, createKeyPool, createWritePool } from './dataSource.ts';
import { classifyDatabaseError } from './databaseError.ts';
import { type Queryable, queryableOf } from './sql.ts';

let database: TestDatabase;
let db: DataSource;
let keyPool: pg.Pool;
const givenUp: number[] = [];
let watch: ConnectionWatch;
beforeAll(async () => {
  database = await createTestDatabase();
  watch = new ConnectionWatch({ url: database.url, onGiveUp: (connections) => givenUp.push(connections) });
  db = createDataSource(database.url, { statementMs: 200 });
  await db.initialize();
  keyPool = createKeyPool(database.url, watch);
});
afterAll(async () => {
  await db.destroy();
  await keyPool.end();
  await database.drop();
});

async function pidOf(connection: Queryable): Promise<number> {
  const [row] = (await connection.query('SELECT pg_backend_pid() AS pid')) as [{ pid: number }];
  return row.pid;
}

test.each<[string, () => Queryable]>([
  ['TypeORM', () => db],
  ['a pool of our own', () => queryableOf(keyPool)],
])('%s: a backend that is frozen is given up, and the next query has another', async (_, connection) => {
  const pid = await pidOf(connection());
  process.kill(pid, 'SIGSTOP');
  try {
    const started = performance.now();
    const failure: unknown = await connection()
      .query('SELECT 1')
      .catch((error: unknown) => error);
    expect(classifyDatabaseError(failure)).toBe('unavailable');
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(await pidOf(connection())).not.toBe(pid);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
});

test('the watch gives up a backend that does not work on its query, and leaves a slow query alone', async () => {
  const pool = createWritePool(database.url, { watch });
  try {
    const lost = await pool.connect();
    const slow = await pool.connect();
    const { rows } = await lost.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const pid = rows[0]?.pid ?? 0;
    process.kill(pid, 'SIGSTOP');
    const started = performance.now();
    const slowQuery = slow.query('SELECT pg_sleep(4.5)');
    const failure: unknown = await lost.query('SELECT 1').catch((error: unknown) => error);
    const took = performance.now() - started;
    process.kill(pid, 'SIGCONT');
    expect(classifyDatabaseError(failure)).toBe('unavailable');
    expect(took).toBeGreaterThan(2_900);
    expect(took).toBeLessThan(5_000);
    await expect(slowQuery).resolves.toMatchObject({ rowCount: 1 });
    expect(givenUp.length).toBeGreaterThan(0);
    lost.release();
    slow.release();
    await expect(pool.query('SELECT 1')).resolves.toMatchObject({ rowCount: 1 });
  } finally {
    await pool.end();
  }
});

test('a connection of node-postgres itself stays with the query that timed out, so that the above can fail', async () => {
  const client = new pg.Client({ connectionString: database.url, query_timeout: 100 });
  await client.connect();
  const ended = { is: false };
  client.on('end', () => (ended.is = true));
  await expect(client.query('SELECT pg_sleep(0.5)')).rejects.toThrow('Query read timeout');
  await sleep(100);
  expect(ended.is).toBe(false);
  await client.end();
});
