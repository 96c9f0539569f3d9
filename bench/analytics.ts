/**
 * `npm run bench -- analytics [--rows 100000,1000000] [--data FOLDER] [--only series,groups]`: totals, series and groups as
 * the analytics page and REST clients ask for them, over the requests that `bench -- explore` makes and keeps in FOLDER.
 * What the rollups know must take 50 ms; what they do not 300 ms, or it says that it is of the latest requests.
 */
import { parseArgs } from 'node:util';
import { ExploreApi } from './explore/api.ts';
import { makeAnalyticsCases } from './explore/analyticsCases.ts';
import type { Case } from './explore/cases.ts';
import { ensureFilled } from './explore/dataFolder.ts';
import { type Measured, NOT_MEASURED } from './explore/measure.ts';
import { measureCases } from './explore/measureCases.ts';
import { EXPLORE_OPTIONS, readExploreOptions } from './explore/options.ts';
import { PLAN_SETTINGS } from './explore/plans.ts';
import { formatRows, type Row } from './explore/report.ts';
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
    const { product, client, stop } = await startMeasuredProduct({ dataDir: folder, settings: PLAN_SETTINGS });
    const { measured, plans } = await measureCases({
      api: new ExploreApi(product.url, filled.key),
      // These cases know when the requests are of, and name none of them.
      found: { until: new Date(filled.until), requestId: '', largeRequestId: '', traceId: '' },
      cases,
      planned: values.plans ? { client, folder } : null,
    });
    await stop();
    results.push(measured);
    for (const plan of plans) process.stdout.write(`\n${plan}\n`);
  }
  const rows = cases.map((test): Row => ({
    test,
    measured: results.map((result) => result.get(test) ?? NOT_MEASURED),
  }));
  process.stdout.write(`\n${formatRows(rows, sizes, MOST_GROWTH)}\n`);
}
