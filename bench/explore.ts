/**
 * `npm run bench -- explore [--rows 100000,1000000] [--data FOLDER] [--only list,search] [--fill]`: lists, sums, search,
 * one request, traces and exports among many requests, beside an organization of 100,000 more. The requests are made once
 * for each size and kept in FOLDER; `--fill` makes them and measures nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type pg from 'pg';
import { peakResidentMb } from '#tests/support/processStats';
import { ExploreApi } from './explore/api.ts';
import { type Case, type Found, makeCases } from './explore/cases.ts';
import { ensureFilled, type Filled } from './explore/dataFolder.ts';
import { LARGE_TRACE } from './explore/makeRequests.ts';
import { type Measured, NOT_MEASURED } from './explore/measure.ts';
import { measureCases } from './explore/measureCases.ts';
import { EXPLORE_OPTIONS, readExploreOptions } from './explore/options.ts';
import { PLAN_SETTINGS } from './explore/plans.ts';
import { formatRows, type Row } from './explore/report.ts';
import { formatNumber } from './lib/numbers.ts';
import { startMeasuredProduct } from './lib/product.ts';
import { formatTable } from './lib/table.ts';

const EXPORTS = ['csv', 'jsonl', 'openai'];
/** How long the jobs behind the writer are waited for. */
const MOST_SETTLE_MS = 15 * 60_000;
const SETTLE_POLL_MS = 2_000;

interface OfSize {
  readonly measured: ReadonlyMap<Case, Measured>;
  readonly exports: readonly string[][];
  readonly plans: readonly string[];
}

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      ...EXPLORE_OPTIONS,
      fill: { type: 'boolean', default: false },
    },
  });
  const { sizes, parent, isAskedFor } = readExploreOptions(values);
  const cases = makeCases().filter(({ section }) => isAskedFor(section));
  const results: OfSize[] = [];
  for (const size of sizes) {
    const { folder, filled } = await ensureFilled(parent, size);
    if (values.fill) continue;
    results.push(await measureSize(folder, filled, { cases, withExports: isAskedFor('export') }));
  }
  if (values.fill) return;
  const rows = cases.map((test): Row => ({
    test,
    measured: results.map(({ measured }) => measured.get(test) ?? NOT_MEASURED),
  }));
  process.stdout.write(`\n${formatRows(rows, sizes)}\n`);
  const exported = results.flatMap(({ exports }) => exports);
  if (exported.length > 0) {
    process.stdout.write(
      `\n${formatTable(['export', 'status', 'lines', 'MB', 's', 'peak MB of the server'], exported)}\n`,
    );
  }
  for (const plan of results.at(-1)?.plans ?? []) process.stdout.write(`\n${plan}\n`);
}

async function measureSize(
  folder: string,
  filled: Filled,
  { cases, withExports }: { cases: readonly Case[]; withExports: boolean },
): Promise<OfSize> {
  const { product, client, stop } = await startMeasuredProduct({ dataDir: folder, settings: PLAN_SETTINGS });
  const api = new ExploreApi(product.url, filled.key);
  await untilSettled(client);
  const found = await find(api, filled);
  const { measured, plans } = await measureCases({ api, found, cases, planned: { client, folder } });
  const exports = withExports ? await measureExports(api, filled, product.pid) : [];
  await stop();
  return { measured, exports, plans };
}

/** Waits until what is indexed behind the writer has caught up. */
async function untilSettled(client: pg.Client): Promise<void> {
  const deadline = performance.now() + MOST_SETTLE_MS;
  let [before, since] = [Infinity, performance.now()];
  while (performance.now() < deadline) {
    const { rows } = await client.query<{ there: boolean }>("SELECT to_regclass('search_tails') IS NOT NULL AS there");
    if (rows[0]?.there !== true) return;
    const tails = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM search_tails');
    const count = tails.rows[0]?.count ?? 0;
    if (count < before) [before, since] = [count, performance.now()];
    // A few rows that are not worth a segment stay.
    if (count === 0 || performance.now() - since > 20_000) return;
    process.stderr.write(`${formatNumber(count)} batches are not indexed yet.\n`);
    await sleep(SETTLE_POLL_MS);
  }
}

async function find(api: ExploreApi, { until, rows }: Filled): Promise<Found> {
  const newest = await api.query('requests.list', { limit: 1 });
  const [large] = (newest.body as { requests: { id: string }[] }).requests; // A RequestPage.
  const others = await api.query('requests.list', { limit: 50, q: `-trace:${LARGE_TRACE} has:trace` });
  const [other] = (others.body as { requests: { id: string; trace_id: string }[] }).requests;
  if (!large || !other) throw new Error(`Nothing is found among ${rows} requests: ${JSON.stringify(others.body)}`);
  return { until: new Date(until), requestId: other.id, largeRequestId: large.id, traceId: other.trace_id };
}

async function measureExports(api: ExploreApi, { rows }: Filled, pid: number): Promise<string[][]> {
  const cells: string[][] = [];
  for (const format of EXPORTS) {
    const { status, ms, bytes, lines } = await api.drain(`/api/v1/requests/export?format=${format}`);
    const figures = [lines, bytes / 1e6, ms / 1_000, peakResidentMb(pid)].map(formatNumber);
    cells.push([`${format}, ${formatNumber(rows)} requests`, String(status), ...figures]);
    if (status !== 200) break;
  }
  return cells;
}
