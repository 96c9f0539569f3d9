/** A crash of Postgres under load: no acknowledged row is lost, and the server recovers without a restart of its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Scenario, concludeFault, someTime } from '../scenario.ts';

export const crashPostgres: Scenario = {
  name: 'postgres',
  title: 'crash of Postgres (immediate stop)',
  async play(bed) {
    const driver = bed.makeDriver();
    driver.start();
    await driver.untilAcked(100);
    await sleep(someTime(500));
    await bed.crashPostgres();
    const backAt = performance.now();
    await driver.untilAcked(1);
    const note = `stored again ${Math.round(performance.now() - backAt)} ms after Postgres was back`;
    await driver.untilAcked(100);
    await driver.stop();
    const extra = bed.server.exitCode() === null ? [] : ['the server ended'];
    return concludeFault(bed, [driver], { extra, note });
  },
};
