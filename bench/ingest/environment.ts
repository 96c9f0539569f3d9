/** What the benchmark measures and measures with: a Postgres, the built product, the baseline server, the load generator. */
import { fork } from 'node:child_process';
import path from 'node:path';
import type pg from 'pg';
import { newId } from '../../server/ids.ts';
import { onCleanup } from '../lib/cleanup.ts';
import { LoadGenerator } from '../lib/load.ts';
import { startMeasuredProduct } from '../lib/product.ts';

export interface TestEnvironment {
  /** An own connection, for the COPY baselines and for counting. */
  readonly client: pg.Client;
  readonly product: { readonly port: number; readonly pid: number; readonly apiKey: string; readonly org_id: string };
  readonly baselinePort: number;
  readonly generator: LoadGenerator;
}

/** Starts all of it with an empty database; the clean-up of this run ends it and removes the data. */
export async function createEnvironment(): Promise<TestEnvironment> {
  const { product, databaseUrl, client } = await startMeasuredProduct();
  const { rows } = await client.query<{ id: string }>('SELECT id FROM organizations');
  const baselineOrganization = newId();
  await client.query('INSERT INTO organizations (id, name) VALUES ($1, $2)', [baselineOrganization, 'INSERT']);
  return {
    client,
    product: {
      port: Number(new URL(product.url).port),
      pid: product.pid,
      apiKey: product.apiKey,
      org_id: rows[0]?.id ?? '',
    },
    baselinePort: await startBaselineServer(databaseUrl, baselineOrganization),
    generator: new LoadGenerator(),
  };
}

function startBaselineServer(databaseUrl: string, org_id: string): Promise<number> {
  const child = fork(path.join(import.meta.dirname, 'baselineServer.ts'), [databaseUrl, org_id], {
    execArgv: ['--import', 'tsx'],
  });
  onCleanup(() => void child.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    child.once('message', (port) => resolve(Number(port)));
    child.once('exit', (code) => reject(new Error(`The baseline server ended (${code}).`)));
  });
}
