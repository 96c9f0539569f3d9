/** Cells that lists of traces, sessions and users share: sums over requests, of which some may have reported nothing. */
import { CrossCircledIcon } from '@radix-ui/react-icons';
import { TokenCount } from '../../domain/TokenCount.tsx';
import { formatClock } from '../../domain/clock.ts';
import { formatCount, formatUsd, plural } from '../../lib/formatNumber.ts';
import { formatExact } from '../../lib/time.ts';
import type { GroupColumn } from './GroupTable.tsx';
import classes from './GroupTable.module.css';
import table from '../../components/RowTable.module.css';

/** What the requests of a trace, session or user add up to; null where none of them reported it. */
export interface GroupSums {
  readonly requests: number;
  readonly errors: number;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cost_usd: string | null;
  readonly unpriced_requests: number;
  /** True where the sums leave rows out. */
  readonly is_partial: boolean;
}

/** A text that is cut at the end of its column, and whole in its title; a dash where there is none. */
export function OneLine({ text, title }: { text: string | null; title?: string }) {
  if (text === null) return <Unknown />;
  return (
    <span className={table.line} dir="auto" title={title ?? text}>
      {text}
    </span>
  );
}

/** A dash for what nobody reported, which is not zero. */
export function Unknown() {
  return (
    <span className={table.unknown} title="Not reported">
      –
    </span>
  );
}

/** The time of day; the date stands above the rows of a day. */
export function Clock({ instant }: { instant: string }) {
  return (
    <time dateTime={instant} title={formatExact(instant)}>
      {formatClock(instant)}
    </time>
  );
}

/** `1,000+` where there are more than were counted. */
export function Count({ count, isPartial }: { count: number; isPartial: boolean }) {
  return isPartial ? <span title="More than were counted">{formatCount(count)}+</span> : formatCount(count);
}

/** What is worth a sign: that something failed. */
export function ErrorSign({ errors }: { errors: number }) {
  if (errors === 0) return null;
  return <CrossCircledIcon color="var(--pl-error)" aria-label={plural(errors, 'error')} role="img" />;
}

/** The cost of a group: a lower bound where some of it is not known. */
export function GroupCost({ cost_usd, unpriced_requests, is_partial }: GroupSums) {
  if (cost_usd === null) return <Unknown />;
  const isLower = unpriced_requests > 0 || is_partial;
  const more = unpriced_requests > 0 ? `, and ${plural(unpriced_requests, 'call')} whose cost is not known` : '';
  return (
    <span title={`$${cost_usd}${more}${is_partial ? ', of those that were summed up' : ''}`}>
      {formatUsd(cost_usd)}
      {isLower && '+'}
    </span>
  );
}

/** Errors, tokens and cost, as every list of groups ends. */
export const SUM_COLUMNS: readonly GroupColumn<GroupSums>[] = [
  {
    name: 'errors',
    title: 'Errors',
    sort: 'errors',
    width: 72,
    giveUp: 6,
    isNumber: true,
    render: ({ errors }) =>
      errors === 0 ? (
        <span className={table.unknown}>0</span>
      ) : (
        <span className={classes.errors}>{formatCount(errors)}</span>
      ),
  },
  {
    name: 'tokens',
    title: 'Tokens',
    sort: 'tokens',
    width: 128,
    giveUp: 4,
    isNumber: true,
    render: (sums) => <TokenCount {...sums} />,
  },
  {
    name: 'cost',
    title: 'Cost',
    sort: 'cost',
    width: 104,
    giveUp: 3,
    isNumber: true,
    render: (sums) => <GroupCost {...sums} />,
  },
];
