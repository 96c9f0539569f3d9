/** The numbers at the top of the analytics: their value, how they went, and how they differ from another time. Pure. */
import type { SeriesPoint, StatsTotals } from '#shared/stats';
import type { Term } from '#shared/query/terms';
import { costTotal, tokenTotal } from '../../domain/totals.ts';
import {
  formatChange,
  formatCompact,
  formatCount,
  formatDuration,
  formatShare,
  formatUsd,
  plural,
} from '../../lib/formatNumber.ts';

/** A number over the time of the page. */
export interface Tile {
  readonly title: string;
  readonly value: string;
  /** To the last digit, where the value is shortened. */
  readonly exact: string;
  readonly detail: string;
  /** Null where there is nothing to compare with. */
  readonly change: Change | null;
  /** Null: a gap. */
  readonly line: readonly (number | null)[];
  /** What leads to the requests behind it. */
  readonly terms: readonly Term[];
  readonly sort?: string;
}

/** How a number differs from what it was in the time that is compared. */
export interface Change {
  /** Such as `+12%`, or `+0.4 points` of a share. */
  readonly text: string;
  readonly tone: 'good' | 'bad' | 'neutral';
  /** What it was. */
  readonly before: string;
}

interface Measure {
  readonly title: string;
  readonly of: (sums: Sums) => number | null;
  readonly format: (value: number) => string;
  readonly exact?: (totals: StatsTotals) => string;
  readonly detail?: (totals: StatsTotals) => string;
  /** Which direction is good to see. */
  readonly better?: 'more' | 'less';
  readonly isShare?: boolean;
  /** True: it is zero where there was no request. Default: it is not known there. */
  readonly isSum?: boolean;
  readonly terms?: (totals: StatsTotals) => readonly Term[];
  readonly sort?: string;
}

type Sums = Pick<
  StatsTotals,
  | 'requests'
  | 'errors'
  | 'cost_usd'
  | 'unpriced_requests'
  | 'input_tokens'
  | 'output_tokens'
  | 'cached_input_tokens'
  | 'p50_latency_ms'
  | 'p95_latency_ms'
  | 'p50_ttft_ms'
> & { readonly avg_latency_ms?: number | null };

const share = (part: number, total: number) => (total === 0 ? null : part / total);
const percent = (value: number) => formatShare(value, 1);
const duration = (ms: number | null) => (ms === null ? '–' : formatDuration(ms));
const priced = ({ requests, unpriced_requests }: Sums) => requests - unpriced_requests;

const MEASURES: readonly Measure[] = [
  {
    title: 'Total requests',
    of: ({ requests }) => requests,
    isSum: true,
    format: formatCompact,
    exact: ({ requests }) => formatCount(requests),
    detail: ({ errors, requests }) => (requests > 0 && errors === 0 ? 'no errors' : ''),
  },
  {
    title: 'Error rate',
    of: ({ errors, requests }) => share(errors, requests),
    format: percent,
    exact: ({ errors, requests }) => `${formatCount(errors)} of ${formatCount(requests)}`,
    detail: ({ errors }) => plural(errors, 'error'),
    better: 'less',
    isShare: true,
    terms: () => [{ field: 'status', value: 'error' }],
  },
  {
    title: 'Cost',
    of: (sums) => (priced(sums) === 0 ? null : Number(sums.cost_usd)),
    isSum: true,
    format: (usd) => formatUsd(String(usd)),
    exact: (totals) => costTotal(totals, 'request').exact ?? 'not known',
    detail: (totals) => costTotal(totals, 'request').detail,
    sort: '-cost',
  },
  {
    title: 'Cost a request',
    of: (sums) => (priced(sums) === 0 ? null : Number(sums.cost_usd) / priced(sums)),
    format: (usd) => formatUsd(String(usd)),
    detail: (totals) => `of ${plural(priced(totals), 'priced request')}`,
    better: 'less',
    sort: '-cost',
  },
  {
    title: 'Total tokens',
    of: ({ input_tokens, output_tokens }) => (input_tokens + output_tokens === 0 ? null : input_tokens + output_tokens),
    format: formatCompact,
    exact: (totals) => tokenTotal(totals).exact ?? 'not reported',
    detail: (totals) => tokenTotal(totals).detail,
    isSum: true,
    sort: '-tokens',
  },
  {
    title: 'Cached input',
    of: ({ cached_input_tokens, input_tokens }) => share(cached_input_tokens, input_tokens),
    format: percent,
    exact: ({ cached_input_tokens, input_tokens }) =>
      `${formatCount(cached_input_tokens)} of ${formatCount(input_tokens)} input tokens`,
    detail: ({ cached_input_tokens }) => `${formatCompact(cached_input_tokens)} tokens`,
    better: 'more',
    isShare: true,
    terms: () => [{ field: 'has', value: 'cached' }],
  },
  {
    title: 'Avg latency',
    // Of a bucket the average is not kept: its line is that of the median.
    of: ({ avg_latency_ms, p50_latency_ms }) => (avg_latency_ms === undefined ? p50_latency_ms : avg_latency_ms),
    format: formatDuration,
    exact: ({ avg_latency_ms }) => (avg_latency_ms === null ? 'not reported' : `${avg_latency_ms} ms`),
    detail: ({ p50_latency_ms }) => `p50 ${duration(p50_latency_ms)}`,
    better: 'less',
    sort: '-latency',
  },
  {
    title: 'p95 latency',
    of: ({ p95_latency_ms }) => p95_latency_ms,
    format: formatDuration,
    detail: ({ p99_latency_ms }) => `p99 ${duration(p99_latency_ms)}`,
    better: 'less',
    terms: ({ p95_latency_ms }) =>
      p95_latency_ms === null ? [] : [{ field: 'latency', value: `>=${Math.floor(p95_latency_ms)}ms` }],
    sort: '-latency',
  },
  {
    title: 'Time to first token',
    of: ({ p50_ttft_ms }) => p50_ttft_ms,
    format: formatDuration,
    detail: ({ p95_ttft_ms }) => (p95_ttft_ms === null ? 'of no stream' : `p95 ${duration(p95_ttft_ms)}`),
    better: 'less',
    terms: ({ p95_ttft_ms }) =>
      p95_ttft_ms === null
        ? [{ field: 'has', value: 'ttft' }]
        : [{ field: 'ttft', value: `>=${Math.floor(p95_ttft_ms)}ms` }],
  },
];

/** The sums of the page and of the time that they are compared with. */
export interface TilesInput {
  readonly totals: StatsTotals;
  /** Of the time that they are compared with. */
  readonly before?: StatsTotals | undefined;
  /** Of each bucket, in order; undefined where there was no request. */
  readonly points: readonly (SeriesPoint | undefined)[];
}

/** A tile for each number, in the order they are shown. */
export function tilesOf({ totals, before, points }: TilesInput): Tile[] {
  // Of the latest requests alone: what is not counted may be anything.
  const isComparable = before !== undefined && totals.counted_back_to === null && before.counted_back_to === null;
  return MEASURES.map((measure) => {
    const value = measure.of(totals);
    const shown = value === null ? '–' : measure.format(value);
    return {
      title: measure.title,
      value: totals.counted_back_to !== null && measure.title === 'Total requests' ? `${shown}+` : shown,
      exact: measure.exact?.(totals) ?? (value === null ? 'not known' : String(value)),
      detail: measure.detail?.(totals) ?? '',
      change: isComparable ? changeOf(measure, value, measure.of(before)) : null,
      line: points.map((point) => {
        if (point) return measure.of(point);
        return measure.isSum ? 0 : null;
      }),
      terms: measure.terms?.(totals) ?? [],
      ...(measure.sort !== undefined && { sort: measure.sort }),
    };
  });
}

function changeOf(
  { better, format, isShare = false }: Pick<Measure, 'better' | 'format' | 'isShare'>,
  value: number | null,
  before: number | null,
): Change | null {
  if (value === null || before === null) return null;
  const toneOf = (difference: number) =>
    better === undefined || difference === 0 ? 'neutral' : difference > 0 === (better === 'more') ? 'good' : 'bad';
  if (isShare) {
    const points = Math.round((value - before) * 1_000) / 10;
    return {
      text: points === 0 ? 'no change' : `${signed(points)} points`,
      tone: toneOf(points),
      before: format(before),
    };
  }
  if (before === 0) return value === 0 ? null : { text: 'new', tone: 'neutral', before: format(before) };
  const change = ((value - before) / before) * 100;
  const rounded = Math.abs(change) >= 10 ? Math.round(change) : Math.round(change * 10) / 10;
  const text =
    rounded === 0
      ? 'no change'
      : rounded > 999
        ? `${formatCompact(Math.round(value / before))}×`
        : formatChange(before, value);
  return { text, tone: toneOf(rounded), before: format(before) };
}

/** With a minus that is as wide as the plus. */
const signed = (value: number) => `${value > 0 ? '+' : '−'}${Math.abs(value)}`;

/** How many different users there were. */
export function usersTile(users: number, before: number | null, isAtLeast: boolean): Omit<Tile, 'terms' | 'line'> {
  return {
    title: 'Active users',
    value: `${formatCompact(users)}${isAtLeast ? '+' : ''}`,
    exact: formatCount(users),
    detail: isAtLeast ? 'at least' : '',
    change: isAtLeast ? null : changeOf({ format: formatCompact }, users, before),
  };
}
