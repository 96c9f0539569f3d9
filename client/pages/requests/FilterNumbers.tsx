import type { StatsTotals } from '#shared/stats';
import { errorMessage } from '../../api/errorMessage.ts';
import { formatDayClock } from '../../domain/clock.ts';
import { costTotal, tokenTotal } from '../../domain/totals.ts';
import { formatCompact, formatCount, formatDuration, formatShare, plural } from '../../lib/formatNumber.ts';
import classes from './FilterNumbers.module.css';

type FilterNumbersProps = {
  totals: StatsTotals | undefined;
  /** The numbers of the filters before, shown dimmed until the new ones are there. */
  isStale: boolean;
  error: unknown;
};

/** What the requests that match add up to, on one line. */
export function FilterNumbers({ totals, isStale, error }: FilterNumbersProps) {
  return (
    <section className={classes.numbers} aria-label="Totals" data-stale={isStale || undefined}>
      {totals ? (
        numbersOf(totals).map(({ title, value, exact, detail, isBad }) => (
          <span key={title} className={classes.number} title={exact}>
            <span className={classes.title}>{title}</span> <b className={classes.value}>{value}</b>{' '}
            <span className={isBad ? classes.bad : classes.detail}>{detail}</span>
          </span>
        ))
      ) : (
        <span className={classes.detail}>{error ? errorMessage(error) : '…'}</span>
      )}
    </section>
  );
}

interface ShownNumber {
  readonly title: string;
  readonly value: string;
  readonly exact?: string | undefined;
  readonly detail: string;
  readonly isBad?: boolean;
}

function numbersOf(totals: StatsTotals): ShownNumber[] {
  const { errors, avg_latency_ms: latency, p50_latency_ms: p50, p95_latency_ms: p95 } = totals;
  const duration = (ms: number | null) => (ms === null ? '–' : formatDuration(ms));
  // Where not all that match could be counted in time, at least so many do.
  const isPart = totals.counted_back_to !== null;
  return [
    {
      title: 'Total requests',
      value: `${formatCompact(totals.requests)}${isPart ? '+' : ''}`,
      exact: isPart
        ? `${formatCount(totals.requests)} since ${formatDay(totals.counted_back_to)}; older ones were not counted`
        : formatCount(totals.requests),
      detail: errors === 0 ? 'no errors' : `${plural(errors, 'error')} (${formatShare(errors, totals.requests)})`,
      isBad: errors > 0,
    },
    { title: 'Total tokens', ...tokenTotal(totals) },
    {
      title: 'Avg latency',
      value: duration(latency),
      exact: latency === null ? undefined : `${latency} ms`,
      detail: latency === null ? 'not reported' : '',
    },
    ...[
      { title: 'p50', ms: p50 },
      { title: 'p95', ms: p95 },
    ].flatMap(({ title, ms }) =>
      ms === null ? [] : [{ title, value: duration(ms), exact: sayPercentile(totals, ms), detail: '' }],
    ),
    { title: 'Cost', ...costTotal(totals, 'request') },
  ];
}

/** To the digit where they were read one by one; else how far it may be off, or of which it is. */
function sayPercentile({ percentiles_within: within, percentiles_back_to: backTo }: StatsTotals, ms: number): string {
  if (backTo !== null) return `Of the latest requests, since ${formatDay(backTo)}`;
  return within === 0 ? `${ms} ms` : `${Math.round(ms)} ms, within ${within * 100} %`;
}

const formatDay = (instant: string | null) => (instant === null ? '' : formatDayClock(instant));
