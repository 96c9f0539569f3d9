/** The disk that holds the tables fills up under load, then gets more room. Needs root, to mount a small file system. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { TestEnvironment } from '../environment.ts';
import { type Outcome, type Scenario, concludeFault, skipFault } from '../scenario.ts';
import { logOneMore } from './flood.ts';
import { findPostgresUser } from '#server/db/postgresHost';

const SMALL = 'size=8m';
const LARGE = 'size=256m';
const FULL_MS = 60_000;

export const diskFull: Scenario = {
  name: 'disk',
  title: 'the disk of the tables is full',
  async run(environment) {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) {
      return skipFault('skipped: only root on Linux may mount a small file system');
    }
    const folder = path.join(environment.dataDir, 'small');
    fs.mkdirSync(folder);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', SMALL, 'tmpfs', folder], { stdio: 'pipe' });
    } catch {
      return skipFault('skipped: this machine lets nobody mount a file system (a container?)');
    }
    try {
      return await fillDisk(environment, folder);
    } finally {
      await environment.postgres.stop('immediate'); // It holds files there.
      execFileSync('umount', [folder]);
    }
  },
};

async function fillDisk(environment: TestEnvironment, folder: string): Promise<Outcome> {
  await moveTables(environment.postgres.url, folder);
  const workload = environment.createWorkload();
  workload.start();
  const deadline = performance.now() + FULL_MS;
  while ((workload.answers.get('503') ?? 0) < 20) {
    if (performance.now() > deadline) throw new Error('The disk did not fill up.');
    await sleep(20);
  }
  const extra: string[] = [];
  const read = await fetch(`${environment.server.url}/api/v1/requests?limit=1`, {
    headers: { authorization: `Bearer ${environment.apiKey}` },
  });
  if (read.status !== 200) extra.push(`a read was answered ${read.status} while the disk was full`);
  execFileSync('mount', ['-o', `remount,${LARGE}`, folder]);
  await workload.untilAcked(100);
  await workload.stop();
  extra.push(...(await logOneMore(environment, workload)));
  return concludeFault(environment, [workload], { extra, note: 'full, then more room' });
}

async function moveTables(url: string, folder: string): Promise<void> {
  const user = findPostgresUser();
  if (user) fs.chownSync(folder, user.uid, user.gid);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`CREATE TABLESPACE small LOCATION '${folder}'`);
  for (const table of ['requests', 'request_payloads']) await client.query(`ALTER TABLE ${table} SET TABLESPACE small`);
  await client.end();
}
