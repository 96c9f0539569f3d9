/** Once for all database tests: a Postgres of their own, and a migrated template that each test file copies. */
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#server/db/embeddedPostgres';
import { migrate } from '#server/db/migrate';
import { makeDataDir } from './startProduct.ts';

export interface TestPostgres {
  readonly postgres: EmbeddedPostgres;
  readonly dataDir: string;
}

declare global {
  // eslint-disable-next-line no-var -- `globalThis` has no other way to be typed
  var __testPostgres: TestPostgres | undefined;
}

export default async function globalSetup(): Promise<void> {
  const dataDir = makeDataDir();
  // Tests start and drop databases; they need no durability, except those that start a server of their own.
  const postgres = await startEmbeddedPostgres({ dataDir, settings: { max_connections: '200' } });
  await migrate(postgres.url);
  process.env.PROMPTLAB_TEST_TEMPLATE_URL = postgres.url;
  globalThis.__testPostgres = { postgres, dataDir };
}
