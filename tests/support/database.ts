/** A database of a test file's own: a copy of the migrated template. */
import pg from 'pg';
import { newId } from '#server/ids';

/** `drop` ends the connections to it first. */
export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** Copies the template (about 80 ms). */
export async function createTestDatabase(): Promise<TestDatabase> {
  const templateUrl = process.env.PROMPTLAB_TEST_TEMPLATE_URL;
  if (!templateUrl) throw new Error('Database tests run in the jest project "db", which starts a Postgres for them.');
  const name = `test_${newId().replaceAll('-', '')}`;
  await onServer(templateUrl, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE promptlab`));
  return {
    url: templateUrl.replace(/\/[^/]+$/, `/${name}`),
    drop: () => onServer(templateUrl, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`)),
  };
}

async function onServer(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url.replace(/\/[^/]+$/, '/postgres') });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
