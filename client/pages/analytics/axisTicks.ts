/** The round values at which an axis of numbers has its lines. Pure. */
import type { ChartLayer, ChartRow } from './chartData.ts';

/** Distances of lines, times a power of ten. */
const STEPS = [1, 2, 2.5, 5, 10] as const;
const MOST_INTERVALS = 5;

/**
 * From zero to the first round value that is not below `highest`, at most six of them: `[0, 50, 100, 150, 200, 250]` for
 * 235. The chart library always has five, so that 235 would end at 400. Undefined where nothing is above zero.
 */
export function axisTicks(highest: number, isWhole: boolean): number[] | undefined {
  if (!(highest > 0 && Number.isFinite(highest))) return undefined;
  const least = highest / MOST_INTERVALS;
  const exponent = Math.floor(Math.log10(least));
  const steps = STEPS.map((step) => Number(`${step}e${exponent}`));
  const step = steps.find((one) => one >= least && (!isWhole || Number.isInteger(one))) ?? 1;
  // In decimals: 3 × 0.1 is 0.30000000000000004.
  const round = (value: number) => Number(value.toPrecision(12));
  return Array.from({ length: Math.ceil(round(highest / step)) + 1 }, (_, index) => round(index * step));
}

/** The highest of what is drawn: of layers that stand on each other, their sum. Zero where nothing is known. */
export function highestOf(rows: readonly ChartRow[], layers: readonly ChartLayer[], isStacked: boolean): number {
  let highest = 0;
  for (const { values } of rows) {
    const known = layers.map(({ name }) => values[name] ?? 0);
    highest = Math.max(highest, isStacked ? known.reduce((sum, value) => sum + value, 0) : Math.max(0, ...known));
  }
  return highest;
}
