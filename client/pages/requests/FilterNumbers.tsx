import type { StatsTotals } from '#shared/stats';
import { errorMessage } from '../../api/errorMessage.ts';
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
  const { errors, avg_latency_ms: latency } = totals;
  return [
    {
      title: 'Requests',
      value: formatCompact(totals.requests),
      exact: formatCount(totals.requests),
      detail: errors === 0 ? 'no errors' : `${plural(errors, 'error')} (${formatShare(errors, totals.requests)})`,
      isBad: errors > 0,
    },
    { title: 'Tokens', ...tokenTotal(totals) },
    {
      title: 'Average latency',
      value: latency === null ? '–' : formatDuration(latency),
      exact: latency === null ? undefined : `${latency} ms`,
      detail: latency === null ? 'not reported' : '',
    },
    { title: 'Cost', ...costTotal(totals, 'request') },
  ];
}
