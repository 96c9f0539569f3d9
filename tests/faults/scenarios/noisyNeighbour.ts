/** One organization floods; another sends a log now and then, and none of those may be refused. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestEnvironment } from '../environment.ts';
import { type Workload, makeLog, post } from '../workload.ts';
import { type Scenario, concludeFault } from '../scenario.ts';

const BUDGETS = { INGEST_QUEUE_ROWS: '200', INGEST_QUEUE_MB: '4' };
const FLOODERS = 200;
const QUIET_CALLS = 20;
const PAUSE_MS = 50;

export const noisyNeighbour: Scenario = {
  name: 'neighbour',
  title: 'a noisy neighbour',
  environment: { server: { env: BUDGETS } },
  async run(environment) {
    const noisy = environment.createWorkload(FLOODERS);
    const quiet = environment.createWorkload(0, environment.server.url, await makeSecondKey(environment));
    noisy.start();
    await sleep(500);
    const answers = await logNowAndThen(quiet);
    await noisy.stop();
    const refused = answers.filter((status) => status !== 201);
    const extra =
      refused.length > 0 ? [`${refused.length} of ${QUIET_CALLS} calls of the quiet one: ${refused.join(' ')}`] : [];
    if ((noisy.answers.get('503') ?? 0) === 0) extra.push('the noisy one was never refused');
    return concludeFault(environment, [noisy, quiet], { extra, note: `${QUIET_CALLS} calls of the quiet one` });
  },
};

export async function logNowAndThen(workload: Workload, pauseMs = PAUSE_MS): Promise<(number | null)[]> {
  const answers: (number | null)[] = [];
  for (let call = 0; call < QUIET_CALLS; call++) {
    const log = makeLog(`quiet/${call}`);
    workload.recordSent(log);
    answers.push((await post(workload.target, JSON.stringify(log)))?.status ?? null);
    await sleep(pauseMs);
  }
  return answers;
}

/** A second organization, made as an administrator on this machine would. */
export async function makeSecondKey(environment: TestEnvironment): Promise<string> {
  const admin = `${environment.server.url}/api/v1/admin/organizations`;
  const create = async (url: string, name: string) => {
    const res = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    });
    return (await res.json()) as { id: string; key?: string }; // The answer to both endpoints.
  };
  const { id } = await create(admin, 'Quiet');
  return (await create(`${admin}/${id}/api-keys`, 'Quiet key')).key ?? '';
}
