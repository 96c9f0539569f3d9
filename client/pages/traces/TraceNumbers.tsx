import { useMemo } from 'react';
import type { TraceDetail } from '#shared/trace';
import { costTotal, tokenTotal } from '../../domain/totals.ts';
import { ValueMenu } from '../../domain/request/ValueMenu.tsx';
import { formatDuration, plural } from '../../lib/formatNumber.ts';
import { formatExact } from '../../lib/time.ts';
import { RunningSign } from './RunningSign.tsx';
import { namesIn } from './traceNames.ts';
import classes from './TracePage.module.css';

/** What the whole trace took, and whose it is, on one line. */
export function TraceNumbers({ trace, isLive }: { trace: TraceDetail; isLive: boolean }) {
  const { totals, span_count, errors } = trace;
  const { agents, users, sessions } = useMemo(() => namesIn(trace), [trace]);
  const numbers = [
    {
      title: 'Steps',
      value: String(totals.requests + span_count),
      detail: plural(totals.requests, 'model call'),
      exact: undefined,
    },
    { title: 'Tokens', exact: undefined, ...tokenTotal({ ...totals }) },
    { title: 'Cost', exact: undefined, ...costTotal(totals, 'call') },
  ];
  return (
    <section className={classes.numbers} aria-label="Totals">
      <span className={classes.number} title="From the first beginning to the last end">
        <b>{trace.latency_ms === null ? '–' : formatDuration(trace.latency_ms)}</b>
      </span>
      {isLive && (
        <span className={classes.live} role="status">
          <RunningSign /> Running
        </span>
      )}
      {numbers.map(({ title, value, detail, exact }) => (
        <span key={title} className={classes.number} title={exact}>
          <span className={classes.title}>{title}</span> <b>{value}</b> <span className={classes.detail}>{detail}</span>
        </span>
      ))}
      <span className={errors > 0 ? classes.bad : classes.detail}>
        {errors === 0 ? 'no errors' : plural(errors, 'error')}
      </span>
      <time className={classes.detail} dateTime={trace.started_at}>
        {formatExact(trace.started_at)}
      </time>
      {users.map((user) => (
        <ValueMenu key={user} name="user" label="User" value={user} />
      ))}
      {sessions.map((session) => (
        <ValueMenu key={session} name="session" label="Session" value={session} />
      ))}
      {agents.length > 0 && (
        <span className={classes.number}>
          <span className={classes.title}>{agents.length === 1 ? 'Agent' : 'Agents'}</span>{' '}
          <bdi className="wrapAnywhere">{agents.join(', ')}</bdi>
        </span>
      )}
    </section>
  );
}
