/**
 * The reads of one organization wait on a locked table; another logs and reads as ever. Its own control: the lock is felt
 * by who reads that table, and the many reads of the one organization are refused in the end.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { CallSeries, get, isGood, p95 } from '../callSeries.ts';
import { makeLog, post } from '../workload.ts';
import { type Scenario, concludeFault } from '../scenario.ts';
import { makeSecondKey } from './noisyNeighbour.ts';

const READERS = 40;
const LOCKED_MS = 6_000;
/** The aim is 200 ms; a machine that does other things too is given some more. */
const MOST_MS = 500;

export const slowReads: Scenario = {
  name: 'slow-reads',
  title: 'the reads of one organization wait, another does not notice',
  async run(environment) {
    const quiet = environment.createWorkload(0, environment.server.url, await makeSecondKey(environment));
    const client = new pg.Client({ connectionString: environment.postgres.url });
    await client.connect();
    await client.query('BEGIN; LOCK TABLE spans IN ACCESS EXCLUSIVE MODE');
    const readers = new CallSeries(
      () => get({ url: environment.server.url, apiKey: environment.apiKey }, '/api/v1/traces/none'),
      20,
    );
    const logs = new CallSeries(async () => {
      const at = performance.now();
      const log = makeLog('quiet');
      quiet.recordSent(log);
      const answer = await post(quiet.target, JSON.stringify(log));
      if (answer?.status === 201) quiet.recordAcked(log);
      return { status: answer?.status ?? 0, retryAfter: answer?.retryAfter ?? null, at, ms: performance.now() - at };
    });
    const reads = new CallSeries(() => get(quiet.target, '/api/v1/requests?limit=5'));
    readers.start(READERS);
    await sleep(300);
    logs.start(2);
    reads.start(2);
    const locked = get(quiet.target, '/api/v1/traces/none');
    await sleep(LOCKED_MS);
    await Promise.all([logs.stop(), reads.stop()]);
    await client.query('COMMIT');
    await client.end();
    await readers.stop();

    const extra = Object.entries({ logs, reads }).flatMap(([name, series]) => {
      const refused = series.answers.filter((answer) => !isGood(answer));
      return [
        ...(refused.length > 0 ? [`${refused.length} of ${series.answers.length} ${name} were refused`] : []),
        ...(p95(series.answers) > MOST_MS ? [`${name} took ${p95(series.answers)} ms (p95)`] : []),
      ];
    });
    if ((await locked).ms < 2_000) extra.push('the locked table was read');
    const overloaded = readers.answers.filter(({ status }) => status === 503);
    if (overloaded.length === 0) extra.push('none of the many reads was refused');
    if (overloaded.some(({ retryAfter }) => retryAfter === null)) extra.push('a refused read had no Retry-After');
    return concludeFault(environment, [quiet], {
      extra,
      note: `p95 of its logs ${p95(logs.answers)} ms, of its reads ${p95(reads.answers)} ms`,
    });
  },
};
