/** Sockets that send half a head, nothing, or a byte of a body, and never close: they are cut and let go of. */
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestEnvironment } from '../environment.ts';
import { besiege, openSilent, postHead } from '../hostile.ts';
import { type Scenario, concludeFault, skipFault } from '../scenario.ts';

/** Headers may take 10 s, a check comes every 2 s, and who was answered has a second to read it. */
const CUT_WITHIN_MS = 14_500;

export const slowSockets: Scenario = {
  name: 'slow-sockets',
  title: 'a thousand sockets of each kind that send next to nothing',
  async run(environment) {
    if (!fs.existsSync(`/proc/${environment.server.pid}/fd`)) return skipFault('descriptors are counted in /proc');
    const before = countDescriptors(environment);
    let held = 0;
    const siege = await besiege(environment, async () => {
      const starts = ['POST /api/v1/logs HTTP/1.1\r\nHost: localhost\r\nX-A: b', '', `${aBody(environment)}{`];
      const sockets = starts.flatMap((bytes) => Array.from({ length: 1_000 }, () => openSilent(environment, bytes)));
      await sleep(CUT_WITHIN_MS);
      held = countDescriptors(environment) - before;
      for (const socket of sockets) socket.destroy();
    });
    const extra = held > 50 ? [...siege.problems, `${held} sockets are still held`] : siege.problems;
    return concludeFault(environment, [siege.workload], {
      extra,
      note: `${siege.note}; ${held} descriptors more than before`,
    });
  },
};

export const tooManySockets: Scenario = {
  name: 'full',
  title: 'more slow sockets than there may be connections',
  environment: { server: { env: { MAX_CONNECTIONS: '200' } } },
  async run(environment) {
    const siege = await besiege(environment, async () => {
      const sockets = Array.from({ length: 300 }, () =>
        openSilent(environment, 'GET / HTTP/1.1\r\nHost: localhost\r\nX'),
      );
      await sleep(2_000);
      for (const socket of sockets) socket.destroy();
    });
    return concludeFault(environment, [siege.workload], { extra: siege.problems, note: siege.note });
  },
};

function aBody(environment: TestEnvironment): string {
  return postHead(environment, '/api/v1/logs', { 'Content-Length': 100 });
}

function countDescriptors(environment: TestEnvironment): number {
  return fs.readdirSync(`/proc/${environment.server.pid}/fd`).length;
}
