/** Another session locks the table: writers wait, time out, answer 503, and store again when the lock is released. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Scenario, concludeFault } from '../scenario.ts';

/** Longer than the writer waits for a lock. */
const HELD_MS = 2_500;

export const lockTable: Scenario = {
  name: 'lock',
  title: 'the table is locked longer than a writer waits',
  async run(environment) {
    const workload = environment.createWorkload();
    workload.start();
    await workload.untilAcked(50);
    const client = new pg.Client({ connectionString: environment.postgres.url });
    await client.connect();
    await client.query('BEGIN; LOCK TABLE requests IN ACCESS EXCLUSIVE MODE');
    const ackedBefore = workload.acked.size;
    await sleep(HELD_MS);
    const ackedMeanwhile = workload.acked.size - ackedBefore;
    await client.query('COMMIT');
    await client.end();
    await workload.untilAcked(50);
    await workload.stop();
    // One answer may have been on its way when the lock was granted.
    const extra = workload.failures === 0 ? ['no call was refused while the table was locked'] : [];
    return concludeFault(environment, [workload], { extra, note: `${ackedMeanwhile} acknowledged meanwhile` });
  },
};
