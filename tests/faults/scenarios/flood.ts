/** Far more than the server may hold: it refuses at once and says when to come back, stays small, and is well again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { peakResidentMb, residentMb } from '#tests/support/processStats';
import type { TestEnvironment } from '../environment.ts';
import { type Workload, makeLog, post } from '../workload.ts';
import { type Scenario, concludeFault } from '../scenario.ts';

/** Small budgets, so that a few seconds overrun them on any machine. */
const BUDGETS = { INGEST_QUEUE_ROWS: '200', INGEST_QUEUE_MB: '1', BODIES_IN_FLIGHT_MB: '10' };
const FLOODERS = 200;
const FLOOD_MS = 4_000;
/** Most memory beyond what it took at rest: about 12 MB by the budgets, and what a busy Node does not give back. */
const MOST_GROWTH_MB = 250;
const WELL_WITHIN_MS = 5_000;

export const flood: Scenario = {
  name: 'flood',
  title: 'a flood against small budgets',
  environment: { server: { env: BUDGETS } },
  async run(environment) {
    const restMb = residentMb(environment.server.pid);
    const workload = environment.createWorkload(FLOODERS);
    workload.start();
    await sleep(FLOOD_MS);
    await workload.stop();
    const extra: string[] = [];
    const refused = workload.answers.get('503') ?? 0;
    if (refused === 0) extra.push('nothing was refused');
    const growthMb = peakResidentMb(environment.server.pid) - restMb;
    if (growthMb > MOST_GROWTH_MB) extra.push(`the server grew by ${Math.round(growthMb)} MB`);
    extra.push(...(await logOneMore(environment, workload)));
    return concludeFault(environment, [workload], { extra, note: `grew by ${Math.round(growthMb)} MB` });
  },
};

/** The next good log must be taken within a few seconds. */
export async function logOneMore(environment: TestEnvironment, workload: Workload): Promise<string[]> {
  const log = makeLog('after');
  workload.recordSent(log);
  const deadline = performance.now() + WELL_WITHIN_MS;
  for (;;) {
    const answer = await post({ url: environment.server.url, apiKey: environment.apiKey }, JSON.stringify(log));
    if (answer?.status === 201 || answer?.status === 200) return [];
    if (performance.now() > deadline) return [`the next log was answered ${answer?.status ?? 'not at all'} for 5 s`];
    await sleep(50);
  }
}
