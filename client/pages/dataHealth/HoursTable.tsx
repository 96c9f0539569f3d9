import { useState } from 'react';
import { Button } from '@mantine/core';
import type { DataHealthHour } from '#shared/dataHealth';
import { HOUR_MS } from '#shared/durations';
import { TextLink } from '../../components/TextLink.tsx';
import { between, formatTime } from '../../domain/timeRange.ts';
import { formatCount } from '../../lib/formatNumber.ts';
import { ARRIVAL_COLUMNS, type CountColumn, CountsTable } from './CountsTable.tsx';
import { formatHour } from './hours.ts';
import { WITHOUT_USAGE } from './findings.ts';

/** A day, at first. */
const SHOWN = 24;

/** Hour by hour, the latest first; a number that a list can show leads to it. */
export function HoursTable({ hours }: { hours: readonly DataHealthHour[] }) {
  const [isAll, setIsAll] = useState(false);
  const latest = hours.toReversed();
  const shown = isAll ? latest : latest.slice(0, SHOWN);
  return (
    <div>
      <CountsTable
        id="hours"
        title="Hour by hour"
        rowTitle="From"
        rows={shown}
        keyOf={({ hour }) => hour}
        nameOf={({ hour }) => formatHour(hour)}
        columns={COLUMNS}
        renderCount={(hour, { of, query }) => <Count count={of(hour)} hour={hour.hour} query={query} />}
      />
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

interface HourColumn extends CountColumn<DataHealthHour> {
  /** The query that lists them, where one does. */
  readonly query?: string;
}

const COLUMNS: readonly HourColumn[] = [
  ...ARRIVAL_COLUMNS,
  { title: 'Model calls', of: ({ requests }) => requests, query: '' },
  { title: 'Without tokens', of: ({ without_usage }) => without_usage, query: WITHOUT_USAGE },
  { title: 'Without a price', of: ({ without_price }) => without_price, query: 'is:unpriced' },
];
