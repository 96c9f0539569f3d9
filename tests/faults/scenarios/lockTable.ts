/** Another session locks the table: writers wait, time out, answer 503, and store again when the lock is released. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Scenario, concludeFault } from '../scenario.ts';

/** Longer than the writer waits for a lock. */
const HELD_MS = 2_500;

export const lockTable: Scenario = {
  name: 'lock',
  title: 'the table is locked longer than a writer waits',
  async play(bed) {
    const driver = bed.makeDriver();
    driver.start();
    await driver.untilAcked(50);
    const client = new pg.Client({ connectionString: bed.postgres.url });
    await client.connect();
    await client.query('BEGIN; LOCK TABLE requests IN ACCESS EXCLUSIVE MODE');
    const ackedBefore = driver.acked.size;
    await sleep(HELD_MS);
    const ackedMeanwhile = driver.acked.size - ackedBefore;
    await client.query('COMMIT');
    await client.end();
    await driver.untilAcked(50);
    await driver.stop();
    // One answer may have been on its way when the lock was granted.
    const extra = driver.failures === 0 ? ['no call was refused while the table was locked'] : [];
    return concludeFault(bed, [driver], { extra, note: `${ackedMeanwhile} acknowledged meanwhile` });
  },
};
