import { HOUR_MS } from '#shared/durations';
import { formatCount } from '../../lib/formatNumber.ts';
import { formatHour } from './hours.ts';
import classes from './DataHealthPage.module.css';

type HourBarsProps = {
  hours: readonly number[];
  /** Where the first begins. */
  from: string;
  title: string;
};

/** A bar for each hour. The numbers are in the table below, and the highest of them in words here. */
export function HourBars({ hours, from, title }: HourBarsProps) {
  const highest = Math.max(...hours, 0);
  const at = (index: number) => new Date(Date.parse(from) + index * HOUR_MS).toISOString();
  const words =
    highest === 0
      ? `${title} by hour: none`
      : `${title} by hour: at most ${formatCount(highest)}, ${formatHour(at(hours.indexOf(highest)))}`;
  return (
    <div className={classes.strip} role="img" aria-label={words}>
      {hours.map((count, index) => (
        <span key={index} className={classes.bar} title={`${formatHour(at(index))}: ${formatCount(count)}`}>
          {count > 0 && <span style={{ height: `${(count / highest) * 100}%` }} />}
        </span>
      ))}
    </div>
  );
}
