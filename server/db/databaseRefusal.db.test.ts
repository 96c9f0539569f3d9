/** A database that will not do ends the start with one sentence, which names what is wrong and tells no secret. */
import fs from 'node:fs';
import pg from 'pg';
import { loadConfig } from '#server/config';
import { newId } from '#server/ids';
import { createLogger } from '#server/log';
import { startServer } from '#server/startServer';
import { createTestDatabase, type TestDatabase } from '#tests/support/database';
import { buildSpawnedServer, endSpawnedServers, spawnServer } from '#tests/support/spawnServer';
import { makeDataDir } from '#tests/support/startProduct';

jest.setTimeout(30_000);

const PASSWORD = 'the-secret-of-the-role';
const role = `role_${newId().replaceAll('-', '').slice(-12)}`;
const rootFolder = makeDataDir();
let database: TestDatabase;
/** As the owner of everything. */
let owner: pg.Client;

beforeAll(async () => {
  await buildSpawnedServer();
  database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD '${PASSWORD}'`);
  await owner.query(`REVOKE TEMPORARY ON DATABASE ${databaseName()} FROM PUBLIC`);
});
afterAll(async () => {
  await endSpawnedServers();
  await owner.query(`DROP OWNED BY ${role}`);
  await owner.query(`DROP ROLE ${role}`);
  await owner.end();
  await database.drop();
  fs.rmSync(rootFolder, { recursive: true, force: true });
});

const databaseName = () => new URL(database.url).pathname.slice(1);

function urlWith(change: (url: URL) => void): string {
  const url = new URL(database.url);
  url.username = role;
  url.password = PASSWORD;
  change(url);
  return url.href;
}

/** How a start on that database ends: the message, or that it is ready. */
async function startOn(url: string): Promise<string> {
  const config = loadConfig({ DATABASE_URL: url, PORT: '0', HOST: '127.0.0.1' });
  const server = await startServer({ config, log: createLogger('silent'), rootFolder });
  const outcome = await server.ready.then(
    () => 'ready',
    (error: Error) => error.message,
  );
  await server.stop(0);
  return outcome;
}

const GRANT_ALL = () => `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role}`;
const GRANT_TEMPORARY = () => `GRANT TEMPORARY ON DATABASE ${databaseName()} TO ${role}`;

test.each<[name: string, url: () => string, expected: RegExp]>([
  [
    'a wrong password',
    () => urlWith((url) => (url.password = 'wrong')),
    /^Postgres refused the password of the role "role_/,
  ],
  [
    'a database that is not there',
    () => urlWith((url) => (url.pathname = '/not_there')),
    /^There is no database "not_there"/,
  ],
  ['TLS that is not offered', () => urlWith((url) => (url.search = '?sslmode=require')), /^DATABASE_URL asks for TLS/],
])('%s', async (_, url, expected) => {
  expect(await startOn(url())).toMatch(expected);
});

test('each right that the role lacks is asked for, and with all of them it is ready', async () => {
  const start = () => startOn(urlWith(() => {}));
  expect(await start()).toMatch(/^The role "role_\w+" lacks a right \(permission denied for table migrations\)/);
  await owner.query(GRANT_ALL());
  expect(await start()).toMatch(/^The role "role_\w+" may not make temporary objects: GRANT TEMPORARY ON DATABASE/);
  await owner.query(GRANT_TEMPORARY());
  await owner.query(`REVOKE INSERT ON requests FROM ${role}`);
  expect(await start()).toMatch(/^The role "role_\w+" lacks the right to INSERT on the table requests: GRANT SELECT/);
  await owner.query(GRANT_ALL());
  expect(await start()).toBe('ready');
});

test('an empty database in which the role may make no tables', async () => {
  const name = `${databaseName()}_empty`;
  await owner.query(`CREATE DATABASE ${name}`);
  try {
    const outcome = await startOn(urlWith((url) => (url.pathname = `/${name}`)));
    expect(outcome).toMatch(/lacks a right \(permission denied for schema public\): let it own the database/);
  } finally {
    await owner.query(`DROP DATABASE ${name} WITH (FORCE)`);
  }
});

test('a schema that a newer PromptLab has made', async () => {
  await owner.query("INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'Future9999999999999')");
  try {
    const expected = /used by a newer PromptLab, .* \(Future9999999999999\): start that version/;
    expect(await startOn(database.url)).toMatch(expected);
  } finally {
    await owner.query("DELETE FROM migrations WHERE name = 'Future9999999999999'");
  }
});

// A process, not only since its exit code counts: node-postgres leaves a connection open on which no password was sent,
// and until Postgres gives it up nobody can create a database.
test.each([
  ['a-wrong-secret', 'Postgres refused the password of the role "ROLE": correct DATABASE_URL.'],
  ['', 'Postgres asks for a password of the role "ROLE", and DATABASE_URL holds none.'],
])('the process says it in one line, without the password "%s", and ends with 1', async (password, line) => {
  const server = spawnServer({ DATABASE_URL: urlWith((url) => (url.password = password)), HOST: '127.0.0.1' });
  await server.ended;
  expect(server.exit()).toBe(1);
  const [, ...said] = server.output().trim().split('\n'); // The first line says where the admin token is.
  expect(said).toEqual([`PromptLab cannot start. ${line.replace('ROLE', role)}`]);
});

test('tables that Citus has distributed, and only then', async () => {
  // The table in which Citus keeps them, as it makes it: no Citus is needed to be refused.
  await owner.query('SET allow_system_table_mods = on');
  await owner.query('CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass)');
  try {
    expect(await startOn(database.url)).toBe('ready');
    await owner.query("INSERT INTO pg_dist_partition VALUES ('pg_class'), ('requests')");
    expect(await startOn(database.url)).toMatch(
      /^The table requests is distributed by Citus, .* \(docs\/scaling\.md\)\.$/,
    );
  } finally {
    await owner.query('DROP TABLE pg_catalog.pg_dist_partition');
  }
});
