/** The figures of two samples, and whether they differ. Pure. */
import { CUT_OFF_REASONS } from '#shared/query/fields';
import {
  FEWEST_REQUESTS,
  RELEASE_METRICS,
  REPORT_ALPHA,
  type ReleaseMetricName,
  type ReportedFigure,
  type ReportedFinish,
  type ReportedMetric,
  type ReportedMover,
  type ReportVerdict,
} from '#shared/releaseReport';
import {
  type Alpha,
  differenceInterval,
  meanInterval,
  quantileInterval,
  ratioInterval,
  shareInterval,
} from './intervals.ts';
import { countRows, numbersOf, rowsByValue, type Sample } from './sample.ts';

type Kind = 'share' | 'quantile' | 'mean';

interface Metric {
  readonly unit: ReportedMetric['unit'];
  readonly better: ReportedMetric['better'];
  readonly kind: Kind;
  /** The figure of some rows; of all where `rows` is null. */
  readonly measure: (sample: Sample, rows: readonly number[] | null, alpha: Alpha) => ReportedFigure;
}

const LIMIT_REASONS: ReadonlySet<string | null | undefined> = new Set(CUT_OFF_REASONS);

const METRICS: Readonly<Record<ReleaseMetricName, Metric>> = {
  error_rate: shareOf((sample, row) => sample.status[row] === 'error'),
  cut_off_rate: shareOf(
    ({ status, finish_reason }, row) => status[row] === 'incomplete' || LIMIT_REASONS.has(finish_reason[row]),
  ),
  latency_p50: quantileOf('latency_ms', 0.5),
  latency_p95: quantileOf('latency_ms', 0.95),
  ttft_p50: quantileOf('ttft_ms', 0.5),
  ttft_p95: quantileOf('ttft_ms', 0.95),
  cost_per_request: meanOf('cost_usd', { unit: 'usd', better: 'lower' }),
  input_tokens: meanOf('input_tokens', { unit: 'tokens', better: null }),
  output_tokens: meanOf('output_tokens', { unit: 'tokens', better: null }),
};

function shareOf(isCounted: (sample: Sample, row: number) => boolean): Metric {
  return {
    unit: 'share',
    better: 'lower',
    kind: 'share',
    measure: (sample, rows, alpha) =>
      measureShare(
        countRows(sample, rows, (row) => isCounted(sample, row)),
        rows?.length ?? sample.status.length,
        alpha,
      ),
  };
}

function quantileOf(column: 'latency_ms' | 'ttft_ms', part: number): Metric {
  return {
    unit: 'ms',
    better: 'lower',
    kind: 'quantile',
    measure: (sample, rows, alpha) => {
      const sorted = numbersOf(sample, column, rows).sort();
      if (sorted.length === 0) return NOTHING;
      return { ...quantileInterval(sorted, part, alpha), requests: sorted.length };
    },
  };
}

function meanOf(
  column: 'cost_usd' | 'input_tokens' | 'output_tokens',
  { unit, better }: Pick<Metric, 'unit' | 'better'>,
): Metric {
  return {
    unit,
    better,
    kind: 'mean',
    measure: (sample, rows, alpha) => {
      const values = numbersOf(sample, column, rows);
      if (values.length === 0) return NOTHING;
      const { value, ...ends } = meanInterval(values, alpha);
      const isEnough = values.length >= FEWEST_REQUESTS;
      return { value, ...(isEnough ? ends : { low: null, high: null }), requests: values.length };
    },
  };
}

const NOTHING: ReportedFigure = { value: null, low: null, high: null, requests: 0 };

function measureShare(part: number, total: number, alpha: Alpha): ReportedFigure {
  return total === 0 ? NOTHING : { ...shareInterval(part, total, alpha), requests: total };
}

type Judged = Pick<ReportedMetric, 'a' | 'b' | 'difference' | 'relative' | 'verdict'>;

/** Whether two figures differ, and which way. */
export function judge({ kind, better }: Pick<Metric, 'kind' | 'better'>, a: ReportedFigure, b: ReportedFigure): Judged {
  if (a.value === null || b.value === null) return { a, b, difference: null, relative: null, verdict: 'too_few' };
  const value = b.value - a.value;
  const relative = a.value === 0 ? null : value / a.value;
  if (a.low === null || a.high === null || b.low === null || b.high === null)
    return { a, b, difference: { value, low: null, high: null }, relative, verdict: 'too_few' };
  const [from, to] = [
    { value: a.value, low: a.low, high: a.high },
    { value: b.value, low: b.low, high: b.high },
  ];
  const isRatio = kind !== 'share' && from.low > 0 && to.low > 0;
  const difference = { ...(isRatio ? ratioInterval : differenceInterval)(from, to), value };
  return { a, b, difference, relative, verdict: verdictOf() };

  function verdictOf(): ReportVerdict {
    if (difference.low <= 0 && difference.high >= 0) {
      // Ten requests are too few to tell two shares apart. For means and quantiles the intervals say so themselves.
      return kind === 'share' && Math.min(a.requests, b.requests) < FEWEST_REQUESTS ? 'too_few' : 'no_difference';
    }
    if (better === null) return 'changed';
    return difference.low > 0 === (better === 'lower') ? 'worse' : 'better';
  }
}

/** Lets others have their turn: the figures of 40,000 requests take many milliseconds. */
export type Pause = () => Promise<void>;

/** All metrics of two groups. Together they miss with REPORT_ALPHA. */
export async function compareMetrics(a: Sample, b: Sample, pause: Pause): Promise<ReportedMetric[]> {
  const alpha = REPORT_ALPHA / RELEASE_METRICS.length;
  const compared: ReportedMetric[] = [];
  for (const metric of RELEASE_METRICS) {
    const { unit, better, kind, measure } = METRICS[metric];
    const inA = measure(a, null, alpha);
    await pause();
    compared.push({ metric, unit, better, ...judge({ kind, better }, inA, measure(b, null, alpha)) });
    await pause();
  }
  return compared;
}

/** Reasons that are told apart. */
const MOST_REASONS = 8;

/** Which part of the requests that say so ended for each reason. */
export function compareFinishReasons(a: Sample, b: Sample): ReportedFinish[] {
  const [inA, inB] = [rowsByValue(a, 'finish_reason'), rowsByValue(b, 'finish_reason')];
  const total = (rows: ReadonlyMap<string, number[]>) =>
    [...rows.values()].reduce((sum, { length }) => sum + length, 0);
  const count = (rows: ReadonlyMap<string, number[]>, value: string) => rows.get(value)?.length ?? 0;
  const reasons = [...new Set([...inA.keys(), ...inB.keys()])]
    .toSorted((one, other) => count(inA, other) + count(inB, other) - count(inA, one) - count(inB, one))
    .slice(0, MOST_REASONS);
  const alpha = REPORT_ALPHA / Math.max(1, reasons.length);
  return reasons.map((finish_reason) => ({
    finish_reason,
    ...judge(
      { kind: 'share', better: null },
      measureShare(count(inA, finish_reason), total(inA), alpha),
      measureShare(count(inB, finish_reason), total(inB), alpha),
    ),
  }));
}

const MOVER_METRICS = ['error_rate', 'latency_p50', 'latency_p95', 'cost_per_request'] as const;
/** Values of a field that are looked into, and movers that are answered. */
const MOST_VALUES = 12;
const MOST_MOVERS = 12;
const MOVER_COLUMNS = { model: 'model', prompt: 'prompt_slug' } as const;

/** What differs by model and by prompt: which part of the requests they are, and how their own figures moved. */
export async function findMovers(
  a: Sample,
  b: Sample,
  { fields, pause }: { fields: readonly ReportedMover['field'][]; pause: Pause },
): Promise<ReportedMover[]> {
  const values = fields.flatMap((field) => {
    const [inA, inB] = [rowsByValue(a, MOVER_COLUMNS[field]), rowsByValue(b, MOVER_COLUMNS[field])];
    const count = (value: string) => (inA.get(value)?.length ?? 0) + (inB.get(value)?.length ?? 0);
    return [...new Set([...inA.keys(), ...inB.keys()])]
      .toSorted((one, other) => count(other) - count(one))
      .slice(0, MOST_VALUES)
      .map((value) => ({ field, value, rowsA: inA.get(value) ?? [], rowsB: inB.get(value) ?? [] }));
  });
  // Each that could be shown counts: what stands out among many may do so by chance.
  const alpha = REPORT_ALPHA / Math.max(1, values.length * (MOVER_METRICS.length + 1));
  const movers: ReportedMover[] = [];
  for (const { field, value, rowsA, rowsB } of values) {
    const [inA, inB] = [
      measureShare(rowsA.length, a.status.length, alpha),
      measureShare(rowsB.length, b.status.length, alpha),
    ];
    const part = judge({ kind: 'share', better: null }, inA, inB);
    movers.push({ field, value, metric: 'requests', unit: 'share', ...part });
    for (const metric of MOVER_METRICS) {
      const { unit, better, kind, measure } = METRICS[metric];
      const judged = judge({ kind, better }, measure(a, rowsA, alpha), measure(b, rowsB, alpha));
      movers.push({ field, value, metric, unit, ...judged });
    }
    await pause();
  }
  return movers
    .filter(({ verdict }) => verdict !== 'no_difference' && verdict !== 'too_few')
    .toSorted((one, other) => moved(other) - moved(one))
    .slice(0, MOST_MOVERS);
}

/** How far a figure moved as a part of what it was; a share that was nearly nothing as if it had been one of a hundred. */
function moved({ a, difference, unit }: ReportedMover): number {
  const was = unit === 'share' ? Math.max(a.value ?? 0, 0.01) : (a.value ?? 0);
  return was === 0 ? Infinity : Math.abs(difference?.value ?? 0) / was;
}
