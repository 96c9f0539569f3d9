/** The process has no file descriptors left: what needs a new socket is refused with 503, and works when there are some. */
import { execFileSync } from 'node:child_process';
import http from 'node:http';
import pg from 'pg';
import { type CallAnswer, get } from '../callSeries.ts';
import { type Scenario, concludeFault, skipFault } from '../scenario.ts';

/** All below it are in use, so that not one more can be had. */
const NONE_LEFT = 10;

export const noDescriptors: Scenario = {
  name: 'descriptors',
  title: 'the server has no file descriptors left',
  async run(environment) {
    const { pid, url } = environment.server;
    const limit = (soft: string) => execFileSync('prlimit', ['--pid', String(pid), `--nofile=${soft}:`]);
    try {
      execFileSync('prlimit', ['--version'], { stdio: 'ignore' });
    } catch {
      return skipFault('prlimit (util-linux) is not here');
    }
    const workload = environment.createWorkload(4);
    workload.start();
    await workload.untilAcked(20);
    await workload.stop();
    // Calls come by a connection that exists; a new one could not be accepted.
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const call = (path: string, apiKey = environment.apiKey) => get({ url, apiKey }, path, agent);
    await call('/health', '');
    limit(String(NONE_LEFT));
    let answers: CallAnswer[];
    try {
      await endConnections(environment.postgres.url);
      answers = [
        await call('/api/v1/requests'),
        await call('/api/v1/stats'),
        await call('/api/v1/requests', `pl_live_${'1'.repeat(43)}`),
        await call('/trpc/session.get'),
      ];
    } finally {
      limit('1024');
    }
    const after = [await call('/api/v1/requests'), await call('/trpc/session.get')];
    agent.destroy();
    const extra = [
      ...answers.filter(({ status }) => status !== 503).map(({ status }) => `a call was answered ${status}`),
      ...after.filter(({ status }) => status !== 200).map(({ status }) => `later a call was answered ${status}`),
    ];
    return concludeFault(environment, [workload], { extra, note: answers.map(({ status }) => status).join(' ') });
  },
};

/** So that each call has to open one. */
async function endConnections(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'promptlab%'");
  await client.end();
}
