/** kill -9 of the server under load: what it acknowledged is in the database, whatever it still had in memory. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Scenario, concludeFault, someTime } from '../scenario.ts';

export const killServer: Scenario = {
  name: 'kill',
  title: 'kill -9 of the server',
  async run(environment) {
    const workload = environment.createWorkload();
    workload.start();
    await workload.untilAcked(100);
    await sleep(someTime(500));
    const diedAt = performance.now();
    await environment.server.kill('SIGKILL');
    await environment.restartServer();
    const note = `ready again after ${Math.round(performance.now() - diedAt)} ms`;
    await workload.untilAcked(100);
    await workload.stop();
    return concludeFault(environment, [workload], { note });
  },
};
