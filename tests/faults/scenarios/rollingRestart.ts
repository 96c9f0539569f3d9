/** SIGTERM of one server after the other behind a proxy, under load: no call fails. */
import { setTimeout as sleep } from 'node:timers/promises';
import { RoundRobinProxy } from '../roundRobinProxy.ts';
import { type Scenario, concludeFault } from '../scenario.ts';
import type { ServerProcess } from '../serverProcess.ts';

/** main.ts promises to have ended by then. */
const STOP_MS = 8_000;
const READY_MS = 10_000;

export const rollingRestart: Scenario = {
  name: 'rolling',
  title: 'rolling restart of two servers (SIGTERM) behind a proxy',
  async run(environment) {
    let second = await environment.startSecondServer();
    const proxy = new RoundRobinProxy([environment.server.port, second.port]);
    const workload = environment.createWorkload(16, `http://127.0.0.1:${await proxy.listen()}`);
    const extra: string[] = [];
    try {
      workload.start();
      await workload.untilAcked(50);
      extra.push(...(await stopGently(environment.server)));
      await environment.restartServer();
      await untilReady(proxy, environment.server.port);
      await workload.untilAcked(50);
      extra.push(...(await stopGently(second)));
      second = await environment.startSecondServer(second.port);
      await untilReady(proxy, second.port);
      await workload.untilAcked(50);
      await workload.stop();
    } finally {
      await proxy.close();
      await second.kill('SIGKILL');
    }
    if (workload.failures > 0) extra.push(`${workload.failures} calls failed: ${[...workload.answers].join(' ')}`);
    return concludeFault(environment, [workload], {
      extra,
      note: `${workload.answers.get('201') ?? 0} calls, none may fail`,
    });
  },
};

async function stopGently(server: ServerProcess): Promise<string[]> {
  const startedAt = performance.now();
  await server.kill('SIGTERM');
  const problems: string[] = [];
  if (server.exit() !== 0) problems.push(`a server ended with ${server.exit()}: ${server.output().slice(-300)}`);
  if (performance.now() - startedAt > STOP_MS + 500) problems.push('a server took longer than 8 s to end');
  return problems;
}

async function untilReady(proxy: RoundRobinProxy, port: number): Promise<void> {
  const deadline = performance.now() + READY_MS;
  while (!proxy.isReady(port)) {
    if (performance.now() > deadline) throw new Error('A server that was started again did not become ready.');
    await sleep(20);
  }
}
