/**
 * `npm run bench -- analytics [--rows 100000,1000000] [--data FOLDER] [--only series,groups]`: totals, series and groups as
 * the analytics page and REST clients ask for them, over the requests that `bench -- explore` makes and keeps in FOLDER.
 * What the rollups know must take 50 ms; what they do not 300 ms, or it says that it is of the latest requests.
 */
import { parseArgs } from 'node:util';
import { Progress } from '#demo/progress';
import { ExploreApi } from './explore/api.ts';
import { makeAnalyticsCases } from './explore/analyticsCases.ts';
import type { Case, Found } from './explore/cases.ts';
import { ensureFilled, type Filled } from './explore/dataFolder.ts';
import { type Measured, measure, NOT_MEASURED } from './explore/measure.ts';
import { EXPLORE_OPTIONS, readExploreOptions } from './explore/options.ts';
import { PLAN_SETTINGS, planOf } from './explore/plans.ts';
import { formatRows, isSlow, type Row } from './explore/report.ts';
import { formatNumber } from './lib/numbers.ts';
import { startMeasuredProduct } from './lib/product.ts';

/** Of p50, from the smaller size to the larger. */
const MOST_GROWTH = 1.5;

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      ...EXPLORE_OPTIONS,
      plans: { type: 'boolean', default: false },
    },
  });
  const { sizes, parent, isAskedFor } = readExploreOptions(values);
  const cases = makeAnalyticsCases().filter(({ section }) => isAskedFor(section));
  const results: ReadonlyMap<Case, Measured>[] = [];
  for (const size of sizes) {
    const { folder, filled } = await ensureFilled(parent, size);
    results.push(await measureSize(folder, filled, cases, values.plans));
  }
  const rows = cases.map((test): Row => ({
    test,
    measured: results.map((result) => result.get(test) ?? NOT_MEASURED),
  }));
  process.stdout.write(`\n${formatRows(rows, sizes, MOST_GROWTH)}\n`);
}

async function measureSize(
  folder: string,
  { key, until }: Filled,
  cases: readonly Case[],
  withPlans: boolean,
): Promise<ReadonlyMap<Case, Measured>> {
  const { product, client, stop } = await startMeasuredProduct({ dataDir: folder, settings: PLAN_SETTINGS });
  const api = new ExploreApi(product.url, key);
  const found: Found = { until: new Date(until), requestId: '', largeRequestId: '', traceId: '' };
  const progress = new Progress({ total: cases.length, unit: 'cases' });
  const measured = new Map<Case, Measured>();
  for (const test of cases) {
    const result = await measure(api, found, test);
    measured.set(test, result);
    if (withPlans && isSlow({ test, measured: [result] })) {
      const plan = await planOf(client, folder, () => test.call(api, found));
      process.stdout.write(
        `\n${test.section}, ${test.name}: ${formatNumber(result.p95)} ms of ${test.budgetMs}\n${plan}\n`,
      );
    }
    progress.add(1);
  }
  progress.end();
  await stop();
  return measured;
}
