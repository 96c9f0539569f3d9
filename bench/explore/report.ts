import { formatNumber } from '../lib/numbers.ts';
import { formatTable } from '../lib/table.ts';
import type { Case } from './cases.ts';
import { type Measured, NOT_THERE } from './measure.ts';

/** Of p50, from the smaller size to the larger. Times below a few milliseconds are those of the machine. */
const MOST_GROWTH = 2;
const LEAST_MS = 5;

/** A case with what was measured of it. */
export interface Row {
  readonly test: Case;
  /** By size, smallest first. */
  readonly measured: readonly Measured[];
}

/** A table for each section. @param mostGrowth how many times as long the largest size may take. */
export function formatRows(rows: readonly Row[], sizes: readonly number[], mostGrowth: number = MOST_GROWTH): string {
  const short = (size: number) => (size >= 1e6 ? `${size / 1e6} M` : `${size / 1e3} k`);
  const head = ['', 'rows', ...sizes.flatMap((size) => [`${short(size)} first`, 'p50', 'p95']), 'growth', ''];
  return [...new Set(rows.map(({ test }) => test.section))]
    .map((section) => {
      const own = rows.filter(({ test }) => test.section === section);
      if (own.every(({ measured }) => measured.every(({ problem }) => problem === NOT_THERE)))
        return `${section}: ${NOT_THERE}`;
      const cells = own.map((row) => cellsOf(row, mostGrowth));
      return formatTable([`${section}, ms`, ...head.slice(1)], cells);
    })
    .join('\n\n');
}

function cellsOf(row: Row, mostGrowth: number): string[] {
  const { test, measured } = row;
  const last = measured.at(-1);
  const figures = measured.flatMap(({ first, p50, p95 }) => [first, p50, p95].map(formatNumber));
  return [test.name, String(last?.rows ?? ''), ...figures, formatNumber(growthOf(row)), verdictOf(row, mostGrowth)];
}

/** How many times as long the larger size takes; NaN where there is one size alone. */
function growthOf({ measured }: Row): number {
  const [small, large] = [measured[0], measured.at(-1)];
  if (!small || !large || small === large) return NaN;
  return Math.max(large.p50, LEAST_MS) / Math.max(small.p50, LEAST_MS);
}

/** What is to be said of a case, beginning with why it has no figures; `ok` where there is nothing. */
export function verdictOf(row: Row, mostGrowth: number = MOST_GROWTH): string {
  const problem = row.measured.find((one) => one.problem !== null)?.problem;
  if (problem !== undefined && problem !== null) return problem;
  const partial = row.measured.at(-1)?.partial ?? 0;
  const remarks = [
    ...(isSlow(row) ? ['SLOW'] : []),
    ...(growthOf(row) > mostGrowth ? ['GROWS'] : []),
    ...(row.measured.at(-1)?.ofLatest ? ['of the latest'] : []),
    ...(partial > 0 ? [`${partial} answers of the time limit`] : []),
  ];
  return remarks.join(', ') || 'ok';
}

/** True where it is beyond its budget at the largest size. */
export function isSlow({ test, measured }: Row): boolean {
  const last = measured.at(-1);
  if (!last || last.problem !== null) return false;
  return last.p95 > test.budgetMs || (test.firstBudgetMs !== undefined && last.first > test.firstBudgetMs);
}
