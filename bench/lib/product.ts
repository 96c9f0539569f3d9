import fs from 'node:fs';
import pg from 'pg';
import { makeDataDir, type Product, startProduct } from '#tests/support/startProduct';
import { startEmbeddedPostgres } from '../../server/db/embeddedPostgres.ts';
import { onCleanup } from './cleanup.ts';

/** A running product, and a way into its database. */
export interface MeasuredProduct {
  readonly product: Product;
  readonly databaseUrl: string;
  /** An own connection to its database. */
  readonly client: pg.Client;
  /** Ends both before the clean-up does. */
  readonly stop: () => Promise<void>;
}

/** What differs from a product with an empty database. */
export interface MeasuredProductOptions {
  /** A folder that is kept, with what it holds. Default: an empty one, which is removed in the end. */
  readonly dataDir?: string;
  /** More settings of Postgres. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Starts the built product with a database that we can look into; the clean-up of this run ends both. */
export async function startMeasuredProduct({
  dataDir,
  settings,
}: MeasuredProductOptions = {}): Promise<MeasuredProduct> {
  const folder = dataDir ?? makeDataDir();
  if (dataDir === undefined) onCleanup(() => fs.rmSync(folder, { recursive: true, force: true }));
  const postgres = await startEmbeddedPostgres({ dataDir: folder, ...(settings ? { settings } : {}) });
  // What is kept is left without a recovery for the next start.
  const endPostgres = once(() => postgres.stop(dataDir === undefined ? 'immediate' : 'fast'));
  onCleanup(endPostgres);
  const product = await startProduct({
    dataDir: folder,
    env: { DATABASE_URL: postgres.url },
    // The keys of a folder that is kept were made before.
    keepLink: dataDir !== undefined,
  });
  const endProduct = once(() => product.stop('SIGKILL'));
  onCleanup(endProduct);
  const client = new pg.Client({ connectionString: postgres.url });
  client.on('error', () => {}); // Postgres ends before we do when a run is stopped.
  await client.connect();
  const endClient = once(() => client.end());
  onCleanup(endClient);
  return {
    product,
    databaseUrl: postgres.url,
    client,
    stop: async () => {
      await endClient();
      await endProduct();
      await endPostgres();
    },
  };
}

function once(end: () => Promise<void>): () => Promise<void> {
  let ended: Promise<void> | undefined;
  return () => (ended ??= end());
}
