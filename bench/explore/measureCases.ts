import type pg from 'pg';
import { Progress } from '#demo/progress';
import { formatNumber } from '../lib/numbers.ts';
import type { ExploreApi } from './api.ts';
import type { Case, Found } from './cases.ts';
import { type Measured, measure } from './measure.ts';
import { planOf } from './plans.ts';
import { isSlow } from './report.ts';

export interface MeasureOptions {
  readonly api: ExploreApi;
  readonly found: Found;
  readonly cases: readonly Case[];
  /** Where a plan of what was slow is asked for, and the data folder of that Postgres. Null: nowhere. */
  readonly planned: { readonly client: pg.Client; readonly folder: string } | null;
}

export interface MeasuredCases {
  readonly measured: ReadonlyMap<Case, Measured>;
  /** Of each case that was slow: its name, its p95 with its budget, and how Postgres answered it. */
  readonly plans: readonly string[];
}

/** One case after the other, with a line of progress. */
export async function measureCases({ api, found, cases, planned }: MeasureOptions): Promise<MeasuredCases> {
  const progress = new Progress({ total: cases.length, unit: 'cases' });
  const measured = new Map<Case, Measured>();
  const plans: string[] = [];
  for (const test of cases) {
    const result = await measure(api, found, test);
    measured.set(test, result);
    if (planned && isSlow({ test, measured: [result] })) {
      const plan = await planOf(planned.client, planned.folder, () => test.call(api, found));
      plans.push(`${test.section}, ${test.name}: ${formatNumber(result.p95)} ms of ${test.budgetMs}\n${plan}`);
    }
    progress.add(1);
  }
  progress.end();
  return { measured, plans };
}
