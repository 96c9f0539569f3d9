/** A crash of Postgres under load: no acknowledged row is lost, and the server recovers without a restart of its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Scenario, concludeFault, someTime } from '../scenario.ts';

export const crashPostgres: Scenario = {
  name: 'postgres',
  title: 'crash of Postgres (immediate stop)',
  async run(environment) {
    const workload = environment.createWorkload();
    workload.start();
    await workload.untilAcked(100);
    await sleep(someTime(500));
    await environment.crashPostgres();
    const backAt = performance.now();
    await workload.untilAcked(1);
    const note = `stored again ${Math.round(performance.now() - backAt)} ms after Postgres was back`;
    await workload.untilAcked(100);
    await workload.stop();
    const extra = environment.server.exit() === null ? [] : ['the server ended'];
    return concludeFault(environment, [workload], { extra, note });
  },
};
