/** kill -9 of the server under load: what it acknowledged is in the database, whatever it still had in memory. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Scenario, concludeFault, someTime } from '../scenario.ts';

export const killServer: Scenario = {
  name: 'kill',
  title: 'kill -9 of the server',
  async play(bed) {
    const driver = bed.makeDriver();
    driver.start();
    await driver.untilAcked(100);
    await sleep(someTime(500));
    const diedAt = performance.now();
    await bed.server.end('SIGKILL');
    await bed.restartServer();
    const note = `ready again after ${Math.round(performance.now() - diedAt)} ms`;
    await driver.untilAcked(100);
    await driver.stop();
    return concludeFault(bed, [driver], { note });
  },
};
