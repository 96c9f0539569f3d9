import '@mantine/dates/styles.layer.css';
import { useState } from 'react';
import { DatePicker } from '@mantine/dates';
import { between, formatTime } from '../timeRange.ts';

/** A range of days. Loaded when it is asked for: it weighs as much as a page. */
export default function TimeCalendar({ now, onChoose }: { now: number; onChoose: (t: string) => void }) {
  const [days, setDays] = useState<[string | null, string | null]>([null, null]);
  return (
    <DatePicker
      type="range"
      size="xs"
      allowSingleDateInRange
      maxDate={new Date(now)}
      value={days}
      onChange={(chosen) => {
        setDays(chosen);
        const [first, last] = chosen;
        if (first === null || last === null) return;
        onChoose(formatTime(between(startOf(first, 0), startOf(last, 1))));
      }}
    />
  );
}

/** When a day begins for the viewer, or the one after it. */
function startOf(day: string, offset: number): number {
  const [year = 0, month = 1, date = 1] = day.slice(0, 10).split('-').map(Number);
  return new Date(year, month - 1, date + offset).getTime();
}
