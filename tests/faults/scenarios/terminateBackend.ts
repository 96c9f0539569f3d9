/** An administrator (or a failover) ends the writer's connection while it writes. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Scenario, concludeFault } from '../scenario.ts';

const TERMINATIONS = 5;
const WITHIN_MS = 10_000;

export const terminateBackend: Scenario = {
  name: 'terminate',
  title: "the writer's backend is terminated while it writes",
  async run(environment) {
    const workload = environment.createWorkload();
    workload.start();
    await workload.untilAcked(100);
    const terminated = await terminateWriters(environment.postgres.url);
    await workload.untilAcked(100);
    await workload.stop();
    const extra = terminated < TERMINATIONS ? [`only ${terminated} backends were caught while they wrote`] : [];
    return concludeFault(environment, [workload], { extra, note: `${terminated} backends` });
  },
};

/** Catches backends in the middle of a statement. */
async function terminateWriters(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const deadline = performance.now() + WITHIN_MS;
  let terminated = 0;
  try {
    while (terminated < TERMINATIONS && performance.now() < deadline) {
      const { rowCount } = await client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'promptlab-writer' AND state <> 'idle' LIMIT 1`,
      );
      terminated += rowCount ?? 0;
      await sleep((rowCount ?? 0) > 0 ? 100 : 1);
    }
    return terminated;
  } finally {
    await client.end();
  }
}
