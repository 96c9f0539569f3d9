/**
 * `npm run bench -- deleting [--rows 1000000]`: how fast the job deletes requests that match a filter, and what those
 * who log beside it notice. The rows are made by SQL; the job and the single logs go through the built product.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type pg from 'pg';
import { fillRequests, relationSizes } from './deleting/fillRequests.ts';
import { LoadGenerator, type LoadResult } from './lib/load.ts';
import { formatNumber } from './lib/numbers.ts';
import { startMeasuredProduct } from './lib/product.ts';
import { Progress } from '#demo/progress';
import { formatTable } from './lib/table.ts';

/** Of the writer beside the job: far below what the server stores, so that it waits only for the job. */
const LOGS_PER_SECOND = 50;
const ALONE_SECONDS = 10;
const MOST_SECONDS = 600;
const POLL_MS = 5;

interface Deletion {
  readonly deleted: number;
  readonly seconds: number;
  /** The longest time without progress: one step, its commit and the pause after it. */
  readonly longestStepMs: number;
  readonly beside: LoadResult;
}

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { rows: { type: 'string', default: '1000000' } } });
  const count = Number(values.rows);
  const progress = new Progress({ total: 5, unit: 'steps' });
  progress.step('starting the product');
  const { product, client } = await startMeasuredProduct();

  progress.step(`making ${formatNumber(count)} rows`);
  await fillRequests(client, count);
  const before = await relationSizes(client);

  progress.step('single logs alone');
  const generator = new LoadGenerator();
  const load = (seconds: number) =>
    generator.run({
      port: Number(new URL(product.url).port),
      path: '/api/v1/logs',
      apiKey: product.apiKey,
      payloads: 'realistic',
      batchSize: 1,
      pace: { kind: 'open', perSecond: LOGS_PER_SECOND, seconds, connections: 16 },
    });
  await load(2); // Warm.
  const alone = await load(ALONE_SECONDS);

  progress.step('deleting, with single logs beside');
  const deletion = await deleteAll({ client, product, load, seconds: Math.max(5, count / 9_000) });

  progress.step('vacuum');
  const after = await relationSizes(client);
  await client.query(
    'VACUUM ANALYZE requests, request_payloads, request_hours, request_days, request_totals, request_user_days, request_values',
  );
  const vacuumed = await relationSizes(client);
  progress.end();

  const { deleted, seconds, longestStepMs, beside } = deletion;
  const latency = ({ p50, p95, p99, max }: LoadResult['latency']) => [p50, p95, p99, max].map(formatNumber);
  process.stdout.write(
    `\n${[
      `${formatNumber(deleted)} requests deleted in ${formatNumber(seconds)} s: ${formatNumber(deleted / seconds)} a second; the longest step took ${formatNumber(longestStepMs)} ms.`,
      formatTable(
        [`${LOGS_PER_SECOND} single logs a second, ms`, 'p50', 'p95', 'p99', 'max'],
        [
          ['alone', ...latency(alone.latency)],
          ['beside the job', ...latency(beside.latency)],
        ],
      ),
      `Answers beside the job: ${JSON.stringify(beside.statuses)}, ${beside.unanswered} unanswered.`,
      formatTable(
        ['MB', 'before', 'after', 'after VACUUM'],
        Object.keys(before).map((name) => [
          name,
          ...[before, after, vacuumed].map((sizes) => formatNumber((sizes[name] ?? NaN) / 1e6)),
        ]),
      ),
    ].join('\n\n')}\n`,
  );
}

interface DeleteAll {
  readonly client: pg.Client;
  readonly product: { readonly url: string; readonly apiKey: string };
  readonly load: (seconds: number) => Promise<LoadResult>;
  /** How long the load beside it goes on, at most. */
  readonly seconds: number;
}

async function deleteAll({ client, product, load, seconds }: DeleteAll): Promise<Deletion> {
  const loading = load(seconds);
  await sleep(500);
  const to = new Date(Date.now() - 24 * 3_600_000).toISOString();
  const res = await fetch(`${product.url}/api/v1/requests?to=${to}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${product.apiKey}` },
  });
  const { id } = (await res.json()) as { id: string }; // A Job, or the next query finds none.
  let [shown, changedAt, longestStepMs, done] = [-1, performance.now(), 0, 0];
  const startedAt = performance.now();
  for (;;) {
    const { rows } = await client.query<{ done: number; status: string; finished: boolean; error: string | null }>(
      'SELECT done::int, status, finished_at IS NOT NULL AS finished, error FROM jobs WHERE id = $1',
      [id],
    );
    const job = rows[0];
    if (!job || performance.now() - startedAt > MOST_SECONDS * 1_000) throw new Error('The job did not end.');
    done = job.done;
    if (done !== shown || job.finished) {
      // Until the first step the job waits for its turn and counts.
      if (shown > 0) longestStepMs = Math.max(longestStepMs, performance.now() - changedAt);
      [shown, changedAt] = [done, performance.now()];
    }
    if (job.finished && job.status !== 'done') throw new Error(`The job has ${job.status}: ${job.error}`);
    if (job.finished) break;
    await sleep(POLL_MS);
  }
  return { deleted: done, seconds: (performance.now() - startedAt) / 1_000, longestStepMs, beside: await loading };
}
