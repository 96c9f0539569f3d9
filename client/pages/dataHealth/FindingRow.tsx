import { formatCount } from '../../lib/formatNumber.ts';
import { TextLink } from '../../components/TextLink.tsx';
import { between, formatTime } from '../../domain/timeRange.ts';
import type { Finding } from './findings.ts';
import { HourBars } from './HourBars.tsx';
import classes from './DataHealthPage.module.css';

type FindingRowProps = { finding: Finding; from: string; to: string };

/** One count: how many, when, what it means, what to do, and the way to those it counts. */
export function FindingRow({ finding, from, to }: FindingRowProps) {
  const { id, title, count, hours, means, advice, tone, query } = finding;
  const t = formatTime(between(Date.parse(from), Date.parse(to)));
  return (
    <li className={classes.finding} data-tone={count > 0 ? tone : undefined} data-finding={id}>
      <h2 className={classes.title}>{title}</h2>
      <span className={classes.count}>{formatCount(count)}</span>
      <div className={classes.bars}>{hours !== null && <HourBars hours={hours} from={from} title={title} />}</div>
      <div className={classes.words}>
        <p>{means}</p>
        {advice !== null && count > 0 && (
          <p>
            <b>What to do:</b> {advice}
          </p>
        )}
        {query !== null && count > 0 && (
          <p>
            <TextLink to="/requests" search={query === '' ? { t } : { t, q: query }} fz="inherit">
              Show {count === 1 ? 'it' : 'them'}
            </TextLink>
          </p>
        )}
      </div>
    </li>
  );
}
