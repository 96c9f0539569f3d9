/** The bars of the strip, from what the server counted. Pure. */
import { DAY_MS } from '#shared/durations';
import type { Strip, StripBucket } from '#shared/stats';
import { formatDateTime } from '../../lib/formatDateTime.ts';
import { formatCount, formatDuration, formatUsd, plural } from '../../lib/formatNumber.ts';

/** What the strip may draw, as its menu shows them. */
export const PULSE_MODES = [
  { name: 'requests', label: 'Count' },
  { name: 'cost', label: 'Cost' },
  { name: 'p95', label: 'p95' },
  { name: 'tokens', label: 'Tokens' },
] as const;
export type PulseMode = (typeof PULSE_MODES)[number]['name'];

/** For `useStoredState`: whether a mode is still known. */
export function isPulseMode(value: unknown): value is PulseMode {
  return PULSE_MODES.some(({ name }) => name === value);
}

/** A bar of the strip. */
export interface PulseBar {
  /** Milliseconds: where it begins and ends. */
  readonly from: number;
  readonly to: number;
  /** In the zone of the viewer. */
  readonly when: string;
  /** What it stands for, in words. */
  readonly says: string;
  /** From the bottom up, as shares of the highest bar. None where there is nothing to show: zero, or a gap. */
  readonly parts: readonly { readonly kind: 'error' | 'main' | 'more'; readonly share: number }[];
}

type Part = { kind: PulseBar['parts'][number]['kind']; value: number };

/** A bar for each bucket, also for those without requests. */
export function barsOf(strip: Strip, mode: PulseMode, timeZone?: string): PulseBar[] {
  if (strip.from === null || strip.to === null) return [];
  const [from, to, width] = [Date.parse(strip.from), Date.parse(strip.to), strip.bucket_ms];
  const byTime = new Map(strip.buckets.map((bucket) => [Date.parse(bucket.at), bucket]));
  const starts = Array.from({ length: Math.round((to - from) / width) }, (_, index) => from + index * width);
  const parts = starts.map((start) => partsOf(byTime.get(start), mode));
  const highest = Math.max(...parts.map(sumOf), Number.MIN_VALUE);
  return starts.map((start, index) => ({
    from: start,
    to: start + width,
    when: whenOf(start, width, timeZone),
    says: sayBucket(byTime.get(start), mode),
    parts: (parts[index] ?? [])
      .filter(({ value }) => value > 0)
      .map(({ kind, value }) => ({ kind, share: value / highest })),
  }));
}

const sumOf = (parts: readonly Part[]) => parts.reduce((sum, { value }) => sum + value, 0);

function partsOf(bucket: StripBucket | undefined, mode: PulseMode): Part[] {
  if (!bucket) return [];
  switch (mode) {
    case 'requests':
      return [
        { kind: 'error', value: bucket.errors },
        { kind: 'main', value: bucket.requests - bucket.errors },
      ];
    case 'cost':
      return [{ kind: 'main', value: Number(bucket.cost_usd) }];
    case 'tokens':
      return [
        { kind: 'main', value: bucket.input_tokens },
        { kind: 'more', value: bucket.output_tokens },
      ];
    case 'p95': {
      const { p50_latency_ms: p50, p95_latency_ms: p95 } = bucket;
      if (p50 === null || p95 === null) return [];
      return [
        { kind: 'main', value: p50 },
        { kind: 'more', value: p95 - p50 },
      ];
    }
  }
}

function sayBucket(bucket: StripBucket | undefined, mode: PulseMode): string {
  if (!bucket) return 'no requests';
  const { requests, errors, unpriced_requests: unpriced, p50_latency_ms: p50, p95_latency_ms: p95 } = bucket;
  switch (mode) {
    case 'requests':
      return `${plural(requests, 'request')}, ${errors === 0 ? 'no errors' : plural(errors, 'error')}`;
    case 'cost':
      if (unpriced === requests) return 'cost not known';
      return `${formatUsd(bucket.cost_usd)}${unpriced === 0 ? '' : `, and ${formatCount(unpriced)} without a price`}`;
    case 'tokens':
      return `${formatCount(bucket.input_tokens)} in, ${formatCount(bucket.output_tokens)} out`;
    case 'p95':
      return p50 === null || p95 === null
        ? 'latency not reported'
        : `p50 ${formatDuration(p50)}, p95 ${formatDuration(p95)}`;
  }
}

function whenOf(start: number, width: number, timeZone?: string): string {
  const day = formatDateTime(start, { weekday: 'short', day: 'numeric', month: 'short', timeZone });
  if (width >= DAY_MS && timeZone === 'UTC') return day;
  const time = formatDateTime(start, {
    hour: '2-digit',
    minute: '2-digit',
    ...(width < 60_000 && { second: '2-digit' }),
    timeZone,
  });
  return `${day.replace(',', '')} ${time}`;
}
