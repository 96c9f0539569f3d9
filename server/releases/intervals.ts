/**
 * How sure a figure of a sample is: intervals for shares, quantiles and means, and for the difference of two groups. Pure.
 * Sources, and why these and not others: docs/decisions/038-release-report.md.
 */

/** Both ends hold the true value with the confidence that was asked for. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** A figure with the interval around it. */
export interface Measured extends Interval {
  readonly value: number;
}

/** `alpha`: how likely an interval may miss the true value, such as 0.05; at most 0.3. */
export type Alpha = number;

const density = (z: number) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);

/** Terms of the fraction, and steps of the search: beyond them no digit changes. */
const TERMS = 200;
const STEPS = 12;

/** The part of a normal distribution above `z`: Laplace's continued fraction, for what is not close to its middle. */
function upperTail(z: number): number {
  let fraction = z;
  for (let term = TERMS; term >= 1; term--) fraction = z + term / fraction;
  return density(z) / fraction;
}

/** How many standard deviations around the middle of a normal distribution leave out a part `alpha`: 1.96 for 0.05. */
export function zOf(alpha: Alpha): number {
  let z = Math.sqrt(-2 * Math.log(alpha));
  // Newton's method; the tail is convex, so that it cannot run away.
  for (let step = 0; step < STEPS; step++) z += (upperTail(z) - alpha / 2) / density(z);
  return z;
}

/**
 * The interval of a share, `part` of `total`: Wilson's score interval (1927). It needs no smallest total, and never leaves
 * 0 to 1.
 */
export function shareInterval(part: number, total: number, alpha: Alpha): Measured {
  const value = part / total;
  const z2 = zOf(alpha) ** 2;
  const middle = (value + z2 / (2 * total)) / (1 + z2 / total);
  const half = (Math.sqrt(z2) / (1 + z2 / total)) * Math.sqrt((value * (1 - value)) / total + z2 / (4 * total ** 2));
  return {
    value,
    low: part === 0 ? 0 : Math.max(0, middle - half),
    high: part === total ? 1 : Math.min(1, middle + half),
  };
}

/**
 * Which of `total` values in ascending order, counted from 1, enclose the quantile `part` of what they were drawn from,
 * whatever its distribution: the exact ranks of the binomial distribution (Conover, Practical Nonparametric Statistics,
 * 1999, 3.2). Null where there are too few values for the confidence: then not even the smallest and the largest do.
 */
export function quantileRanks(total: number, part: number, alpha: Alpha): Interval | null {
  const spread = 12 * Math.sqrt(total * part * (1 - part)) + 12;
  const first = Math.max(0, Math.floor(total * part - spread));
  const last = Math.min(total, Math.ceil(total * part + spread));
  // How likely it is that k of them lie below the quantile, up to a factor: from the middle outwards, so that nothing
  // becomes too small to be told from zero.
  const weights = new Float64Array(last - first + 1);
  const middle = Math.min(last, Math.max(first, Math.floor(total * part)));
  weights[middle - first] = 1;
  const odds = part / (1 - part);
  const weightOf = (k: number) => weights[k - first] ?? 0;
  for (let k = middle + 1; k <= last; k++) weights[k - first] = (weightOf(k - 1) * (total - k + 1) * odds) / k;
  for (let k = middle - 1; k >= first; k--) weights[k - first] = (weightOf(k + 1) * (k + 1)) / ((total - k) * odds);
  const spare = (weights.reduce((sum, weight) => sum + weight, 0) * alpha) / 2;

  let low = first;
  for (let sum = weightOf(low); sum <= spare; sum += weightOf(low)) low++;
  let high = last;
  for (let sum = weightOf(high); sum <= spare; sum += weightOf(high)) high--;
  // P(fewer than `low` lie below) and P(more than `high` lie below) are within alpha / 2 each.
  return low < 1 || high + 1 > total ? null : { low, high: high + 1 };
}

/**
 * The interval of a quantile of `sorted`, which ascends and holds at least one value. The ends are null where there are too
 * few values.
 */
export function quantileInterval(
  sorted: ArrayLike<number>,
  part: number,
  alpha: Alpha,
): { readonly value: number; readonly low: number | null; readonly high: number | null } {
  const at = (rank: number) => sorted[rank - 1] ?? Number.NaN;
  const ranks = quantileRanks(sorted.length, part, alpha);
  return {
    // As percentile_disc of Postgres, which totals are made with.
    value: at(Math.max(1, Math.ceil(part * sorted.length))),
    low: ranks && at(ranks.low),
    high: ranks && at(ranks.high),
  };
}

/**
 * Of the mean of values that are never negative, such as costs: normal, corrected for skewness by Hall's transformation
 * (On the removal of skewness by transformation, 1992). A few large values make the upper end reach further than the lower
 * one, as they should. Wants some thirty values.
 */
export function meanInterval(values: ArrayLike<number>, alpha: Alpha): Measured {
  const n = values.length;
  let sum = 0;
  for (let at = 0; at < n; at++) sum += values[at] ?? 0;
  const value = sum / n;
  let [squares, cubes] = [0, 0];
  for (let at = 0; at < n; at++) {
    const away = (values[at] ?? 0) - value;
    squares += away ** 2;
    cubes += away ** 3;
  }
  const deviation = Math.sqrt(squares / Math.max(1, n - 1));
  if (!(deviation > 0)) return { value, low: value, high: value };
  const skewness = cubes / n / (squares / n) ** 1.5;
  const z = zOf(alpha);
  const reach = (x: number) => {
    if (Math.abs(skewness) < 1e-6) return x / Math.sqrt(n);
    return (3 / skewness) * (Math.cbrt(1 + skewness * (x / Math.sqrt(n) - skewness / (6 * n))) - 1);
  };
  return { value, low: Math.max(0, value - deviation * reach(z)), high: value - deviation * reach(-z) };
}

/**
 * Of `b - a`, from the interval of each, for independent groups: by squares and sums (Newcombe, Interval estimation for the
 * difference between independent proportions, 1998, method 10; for any figure Zou and Donner, 2008).
 */
export function differenceInterval(a: Measured, b: Measured): Measured {
  const value = b.value - a.value;
  return {
    value,
    low: value - Math.hypot(b.value - b.low, a.high - a.value),
    high: value + Math.hypot(b.high - b.value, a.value - a.low),
  };
}

/**
 * The same by the ratio `b / a` of figures above zero, such as latencies: squares and sums of their logarithms (Zou and
 * Donner, 2008, section 3). What is answered is the difference as a part of `a`, so that nothing falls by more than all of
 * it, and both directions tell the same.
 */
export function ratioInterval(a: Measured, b: Measured): Measured {
  const log = ({ value, low, high }: Measured): Measured => ({
    value: Math.log(value),
    low: Math.log(low),
    high: Math.log(high),
  });
  const { value, low, high } = differenceInterval(log(a), log(b));
  const back = (change: number) => a.value * Math.expm1(change);
  return { value: back(value), low: back(low), high: back(high) };
}
