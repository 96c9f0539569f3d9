import fs from 'node:fs';
import pg from 'pg';
import { makeDataDir, type Product, startProduct } from '#tests/support/startProduct';
import { startEmbeddedPostgres } from '../../server/db/embeddedPostgres.ts';
import { onCleanup } from './cleanup.ts';

export interface MeasuredProduct {
  readonly product: Product;
  readonly databaseUrl: string;
  /** An own connection to its database. */
  readonly client: pg.Client;
}

/** Starts the built product with an empty database; the clean-up of this run ends both and removes the data. */
export async function startMeasuredProduct(): Promise<MeasuredProduct> {
  const dataDir = makeDataDir();
  onCleanup(() => fs.rmSync(dataDir, { recursive: true, force: true }));
  const postgres = await startEmbeddedPostgres({ dataDir });
  onCleanup(() => postgres.stop('immediate'));
  const product = await startProduct({ dataDir, env: { DATABASE_URL: postgres.url } });
  onCleanup(() => product.stop('SIGKILL'));
  const client = new pg.Client({ connectionString: postgres.url });
  client.on('error', () => {}); // Postgres ends before we do when a run is stopped.
  await client.connect();
  onCleanup(() => client.end());
  return { product, databaseUrl: postgres.url, client };
}
