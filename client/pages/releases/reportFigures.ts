/** Figures of a release report, their intervals and differences, as texts and on a line. Pure. */
import type { ReportedFigure, ReportedMetric } from '#shared/releaseReport';
import { formatCompact, formatDuration, formatUsd } from '../../lib/formatNumber.ts';

type Unit = ReportedMetric['unit'];
type Judged = Pick<ReportedMetric, 'a' | 'difference'>;

/** `3.2%`, `1.24 s`, `$0.0042`, `812`. */
export function formatFigure(value: number | null, unit: Unit): string {
  if (value === null) return '–';
  switch (unit) {
    case 'share':
      return formatPercent(value);
    case 'ms':
      return formatDuration(value);
    case 'usd':
      return formatUsd(String(value));
    case 'tokens':
      return formatCompact(Math.round(value));
  }
}

/** `0.0123` as `1.2%`. */
function formatPercent(share: number): string {
  const percent = share * 100;
  if (percent === 0) return '0%';
  return `${percent >= 10 ? percent.toFixed(0) : percent >= 1 ? percent.toFixed(1) : Number(percent.toPrecision(1))}%`;
}

/** `2.1% to 4.8%`: between which values the true one lies; null where that cannot be told. */
export function formatInterval({ low, high }: ReportedFigure, unit: Unit): string | null {
  return low === null || high === null ? null : `${formatFigure(low, unit)} to ${formatFigure(high, unit)}`;
}

/** `+18%`, or of shares `+1.2 points`; what was nothing is said as it is. */
export function formatDifference(
  { a, difference }: Judged,
  unit: Unit,
): { value: string; interval: string | null } | null {
  if (difference === null) return null;
  const { value, low, high } = difference;
  if (unit === 'share') {
    const points = (share: number) => signed(share * 100, Math.abs(share) < 0.0995 ? 1 : 0);
    return {
      value: `${points(value)} points`,
      interval: low === null || high === null ? null : `${points(low)} to ${points(high)}`,
    };
  }
  const was = a.value ?? 0;
  if (was === 0) return { value: value === 0 ? 'the same' : `+${formatFigure(value, unit)}`, interval: null };
  const percent = (change: number) => `${signed((change / was) * 100, Math.abs(change / was) < 0.0995 ? 1 : 0)}%`;
  return {
    value: percent(value),
    interval: low === null || high === null ? null : `${percent(low)} to ${percent(high)}`,
  };
}

function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return `${value < 0 ? '−' : '+'}${text}`;
}

/** Where an interval lies on a line with zero in its middle, in percent of its width; null where there is none. */
export function placeInterval(difference: Judged['difference']): { from: number; to: number; at: number } | null {
  if (difference === null || difference.low === null || difference.high === null) return null;
  const { low, high, value } = difference;
  const reach = Math.max(Math.abs(low), Math.abs(high));
  if (reach === 0) return null;
  const place = (change: number) => 50 + (change / reach) * 46;
  return { from: place(low), to: place(high), at: place(value) };
}
