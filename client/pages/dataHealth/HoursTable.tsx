import { useState } from 'react';
import { Button } from '@mantine/core';
import type { DataHealthHour } from '#shared/dataHealth';
import { TextLink } from '../../components/TextLink.tsx';
import { between, formatTime } from '../../domain/timeRange.ts';
import { formatCount } from '../../lib/formatNumber.ts';
import { formatHour, HOUR_MS } from './hours.ts';
import { WITHOUT_USAGE } from './findings.ts';
import classes from './DataHealthPage.module.css';

/** A day, at first. */
const SHOWN = 24;

/** Hour by hour, the latest first; a number that a list can show leads to it. */
export function HoursTable({ hours }: { hours: readonly DataHealthHour[] }) {
  const [isAll, setIsAll] = useState(false);
  const latest = hours.toReversed();
  const shown = isAll ? latest : latest.slice(0, SHOWN);
  return (
    <div>
      <h2 id="hours" className={classes.heading}>
        Hour by hour
      </h2>
      <div className={classes.scroll} tabIndex={0} role="region" aria-labelledby="hours">
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">From</th>
              {COLUMNS.map(({ title }) => (
                <th key={title} scope="col" data-number>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((hour) => (
              <tr key={hour.hour}>
                <th scope="row">{formatHour(hour.hour)}</th>
                {COLUMNS.map(({ title, of, query }) => (
                  <td key={title} data-number data-none={of(hour) === 0 || undefined}>
                    <Count count={of(hour)} hour={hour.hour} query={query} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {latest.length > SHOWN && (
        <Button variant="default" size="xs" mt="sm" onClick={() => setIsAll(!isAll)}>
          {isAll ? 'Show the latest hours' : `Show all ${formatCount(latest.length)} hours`}
        </Button>
      )}
    </div>
  );
}

function Count({ count, hour, query }: { count: number; hour: string; query: string | undefined }) {
  if (query === undefined || count === 0) return formatCount(count);
  const start = Date.parse(hour);
  const t = formatTime(between(start, start + HOUR_MS));
  return (
    <TextLink to="/requests" search={query === '' ? { t } : { t, q: query }} fz="inherit">
      {formatCount(count)}
    </TextLink>
  );
}

interface HourColumn {
  readonly title: string;
  readonly of: (hour: DataHealthHour) => number;
  /** The query that lists them, where one does. */
  readonly query?: string;
}

const COLUMNS: readonly HourColumn[] = [
  { title: 'Accepted', of: ({ accepted }) => accepted },
  { title: 'Dropped', of: ({ dropped }) => dropped.reduce((sum, { count }) => sum + count, 0) },
  { title: 'Refused', of: ({ rejected }) => rejected },
  { title: 'Cut', of: ({ truncated }) => truncated },
  { title: 'Wrong clock', of: ({ clock_skewed }) => clock_skewed },
  { title: 'Model calls', of: ({ requests }) => requests, query: '' },
  { title: 'Without tokens', of: ({ without_usage }) => without_usage, query: WITHOUT_USAGE },
  { title: 'Without a price', of: ({ without_price }) => without_price, query: 'is:unpriced' },
];
