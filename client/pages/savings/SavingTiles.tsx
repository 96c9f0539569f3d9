import type { MouseEvent } from 'react';
import { SAVING_RULES } from '#shared/savingRules';
import type { Saving } from '#shared/savings';
import { formatUsd, plural } from '../../lib/formatNumber.ts';
import classes from './SavingsPage.module.css';

/** The sum of each kind, each of which leads to its table below. */
export function SavingTiles({ savings }: { savings: readonly Saving[] }) {
  return (
    <ul className={classes.tiles}>
      {savings.map((saving) => (
        <li key={saving.kind} className={classes.tile}>
          <a href={`#${saving.kind}`} className={classes.tileLink} onClick={scrollTo}>
            <span className={classes.tileTitle}>{SAVING_RULES[saving.kind].title}</span>
            <b className={classes.sum} title={`$${saving.savable_usd}`}>
              {saySum(saving)}
            </b>
            <span className={classes.tileDetail}>
              {plural(saving.requests, saving.kind === 'repeats' ? 'repeat' : 'request')}
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}

/** Without changing the address, which says what the page shows. */
function scrollTo(event: MouseEvent<HTMLAnchorElement>): void {
  const section = document.getElementById(event.currentTarget.hash.slice(1));
  if (!section) return;
  event.preventDefault();
  section.scrollIntoView({ block: 'start' });
  section.focus({ preventScroll: true });
}

/** `$1.20`; with a plus where it is at least that. */
export function saySum({
  savable_usd,
  unpriced_requests,
  looked_back_to,
}: Pick<Saving, 'savable_usd' | 'unpriced_requests' | 'looked_back_to'>): string {
  return `${formatUsd(savable_usd)}${unpriced_requests > 0 || looked_back_to !== null ? '+' : ''}`;
}
