/** Postgres is frozen, as by a virtual machine that is paused: callers are told so in time, and then it goes on. */
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestEnvironment } from '../environment.ts';
import { get } from '../callSeries.ts';
import { HEALED_WITHIN_MS, Healing } from '../healing.ts';
import { type Scenario, concludeFault, skipFault } from '../scenario.ts';

const FROZEN_MS = 5_000;

export const frozenPostgres: Scenario = {
  name: 'frozen',
  title: 'Postgres is frozen and goes on later',
  async run(environment) {
    if (!fs.existsSync('/proc/self/stat')) return skipFault('its processes can be found on Linux alone');
    const workload = environment.createWorkload();
    workload.start();
    const healing = new Healing(environment, workload).start();
    await workload.untilAcked(100);
    const extra: string[] = [];
    const frozen = freeze(environment);
    try {
      const before = workload.acked.size;
      const [slow] = await Promise.all([healing.findSlowKeyLookUp(503), sleep(FROZEN_MS)]);
      extra.push(...slow);
      // What was on its way when it froze may still arrive; whoever wrote has then nobody to write to.
      if (workload.acked.size > before + 200) extra.push('logs were acknowledged by a frozen Postgres');
      const health = await get({ url: environment.server.url, apiKey: '' }, '/health');
      if (health.status !== 200) extra.push(`/health was answered ${health.status}`);
    } finally {
      for (const pid of frozen) process.kill(pid, 'SIGCONT');
    }
    const healed = await healing.untilHealed(HEALED_WITHIN_MS);
    if (healed === null) extra.push(`not well again ${HEALED_WITHIN_MS} ms after it went on`);
    await healing.stop();
    await workload.stop();
    return concludeFault(environment, [workload], {
      extra,
      note: `${frozen.length} processes; well again after ${healed} ms`,
    });
  },
};

/** Stops the postmaster first, so that it makes no more, then its children. */
function freeze(environment: TestEnvironment): number[] {
  const postmaster = Number(
    fs.readFileSync(path.join(environment.dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0],
  );
  process.kill(postmaster, 'SIGSTOP');
  const children = fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === postmaster)
    .map(Number);
  for (const pid of children) process.kill(pid, 'SIGSTOP');
  return [postmaster, ...children];
}

function parentOf(pid: string): number {
  try {
    // Field 4 of /proc/<pid>/stat (proc(5)); the name before it may hold spaces.
    return Number(fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1]);
  } catch {
    return 0; // It has ended.
  }
}
