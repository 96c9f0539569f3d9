import { Link } from '@tanstack/react-router';
import type { ReleaseReport, ReportedGroup } from '#shared/releaseReport';
import { formatDayClock } from '../../domain/clock.ts';
import type { PageSearch } from '../../domain/pageSearch.ts';
import { formatUsd, plural } from '../../lib/formatNumber.ts';
import { groupName, listSearch } from './reportRows.ts';
import classes from './ReleasesPage.module.css';

type GroupCardsProps = { report: ReleaseReport; search: PageSearch };

/** What the two groups are: how many requests, of when, and what they cost. */
export function GroupCards({ report, search }: GroupCardsProps) {
  return (
    <div className={classes.groups}>
      <GroupCard letter="A" group={report.a} by={report.by} search={search} />
      <GroupCard letter="B" group={report.b} by={report.by} search={search} />
    </div>
  );
}

type GroupCardProps = { letter: string; group: ReportedGroup; by: ReleaseReport['by']; search: PageSearch };

function GroupCard({ letter, group, by, search }: GroupCardProps) {
  const { requests, first_at, last_at, cost_usd, unpriced_requests } = group;
  const note = sayLimits(group);
  const name = groupName(by, group);
  return (
    <section className={classes.group} aria-label={`${letter}, ${name}`}>
      <h2 className={classes.groupName}>
        <span className={classes.letter}>{letter}</span> <bdi title={name}>{name}</bdi>
      </h2>
      <div className={classes.facts}>
        <Link to="/requests" search={listSearch(search, by, group)} className={classes.value}>
          {plural(requests, 'request')}
        </Link>
        {first_at !== null && last_at !== null && (
          <span>
            {formatDayClock(first_at)} – {formatDayClock(last_at)}
          </span>
        )}
        {requests > unpriced_requests && (
          <span>
            {formatUsd(cost_usd)}
            {unpriced_requests > 0 && `, and ${plural(unpriced_requests, 'request')} without a price`}
          </span>
        )}
      </div>
      {note !== null && <p className={classes.note}>{note}</p>}
    </section>
  );
}

function sayLimits({ counted_back_to, looked_back_to }: ReportedGroup): string | null {
  if (counted_back_to !== null)
    return `The latest 20,000, since ${formatDayClock(counted_back_to)}; older ones are left out.`;
  if (looked_back_to !== null)
    return `The time was up: looked back to ${formatDayClock(looked_back_to)}. A shorter time in the filter looks at all.`;
  return null;
}
