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
  async play(bed) {
    let second = await bed.startSecondServer();
    const proxy = new RoundRobinProxy([bed.server.port, second.port]);
    const driver = bed.makeDriver(16, `http://127.0.0.1:${await proxy.listen()}`);
    const extra: string[] = [];
    try {
      driver.start();
      await driver.untilAcked(50);
      extra.push(...(await stopGently(bed.server)));
      await bed.restartServer();
      await untilReady(proxy, bed.server.port);
      await driver.untilAcked(50);
      extra.push(...(await stopGently(second)));
      second = await bed.startSecondServer(second.port);
      await untilReady(proxy, second.port);
      await driver.untilAcked(50);
      await driver.stop();
    } finally {
      await proxy.close();
      await second.end('SIGKILL');
    }
    if (driver.failures > 0) extra.push(`${driver.failures} calls failed: ${[...driver.answers].join(' ')}`);
    return concludeFault(bed, [driver], { extra, note: `${driver.answers.get('201') ?? 0} calls, none may fail` });
  },
};

async function stopGently(server: ServerProcess): Promise<string[]> {
  const startedAt = performance.now();
  await server.end('SIGTERM');
  const problems: string[] = [];
  if (server.exitCode() !== 0)
    problems.push(`a server ended with ${server.exitCode()}: ${server.output().slice(-300)}`);
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
