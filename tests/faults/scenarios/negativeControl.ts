/**
 * Proof that the harness can see a loss: with `synchronous_commit = off` a crash of Postgres must lose acknowledged rows.
 * A crash that lost nothing is repeated; the control fails when the loss never shows.
 */
import { auditDatabase, findBreaches } from '../audit.ts';
import { type Scenario, toOutcome } from '../scenario.ts';

const ATTEMPTS = 5;

/** As late as Postgres can be talked into: what is lost is what was not yet written out. The key's own commit waits as ever. */
const LATE = { wal_writer_delay: '10s', wal_writer_flush_after: '1GB' };

export const negativeControl: Scenario = {
  name: 'control',
  title: 'negative control: without synchronous_commit a crash loses rows',
  environment: { settings: LATE, server: { entry: 'tests/faults/unsafeServer.ts' } },
  async run(environment) {
    const workload = environment.createWorkload();
    workload.start();
    for (let attempt = 1; ; attempt++) {
      await workload.untilAcked(200);
      await environment.crashPostgres();
      await workload.untilAcked(50);
      const { lost } = await auditDatabase(environment.postgres.url, environment.drivers);
      if (lost > 0 || attempt === ATTEMPTS) break;
    }
    await workload.stop();
    const audit = await auditDatabase(environment.postgres.url, environment.drivers);
    const breaches = findBreaches({ ...audit, lost: 0 });
    const problems = audit.lost > 0 ? breaches : ['the harness saw no loss', ...breaches];
    return toOutcome(audit, [workload], { problems, note: 'the loss is seen, as it must be' });
  },
};
