import type { ReactNode } from 'react';
import { formatCompact, formatCount, plural } from '../../lib/formatNumber.ts';
import { GroupCost, type GroupSums } from './groupCells.tsx';
import classes from './GroupNumbers.module.css';

type GroupNumbersProps = {
  sums: GroupSums;
  /** What a request is called there. */
  noun: string;
  /** What else is known, behind the sums. */
  children?: ReactNode;
};

/** What a session or a user adds up to, on one line. Sums that leave something out say so. */
export function GroupNumbers({ sums, noun, children }: GroupNumbersProps) {
  const { requests, errors, input_tokens, output_tokens, is_partial } = sums;
  const isCounted = input_tokens !== null || output_tokens !== null;
  return (
    <section className={classes.numbers} aria-label="Totals">
      <span>
        <b>
          {formatCount(requests)}
          {is_partial && '+'}
        </b>{' '}
        {requests === 1 ? noun : `${noun}s`}
      </span>
      <span className={errors > 0 ? classes.bad : undefined}>
        {errors === 0 ? 'no errors' : plural(errors, 'error')}
      </span>
      <span>
        Tokens <b>{isCounted ? formatCompact((input_tokens ?? 0) + (output_tokens ?? 0)) : '–'}</b>
      </span>
      <span>
        Cost{' '}
        <b>
          <GroupCost {...sums} />
        </b>
      </span>
      {is_partial && <span>of the latest {formatCount(requests)}</span>}
      {children}
    </section>
  );
}
