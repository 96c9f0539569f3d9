import type { RequestSummary } from '#shared/request';
import { outputSpeed } from '../outputSpeed.ts';
import { formatCount, formatDuration } from '../../lib/formatNumber.ts';
import classes from './MetadataTab.module.css';

/** The time of a call: until its first token, and from there on. */
export function TimingBar({ request }: { request: RequestSummary }) {
  const { latency_ms, ttft_ms, stream } = request;
  if (latency_ms === null) return <div className={classes.empty}>The latency was not reported.</div>;
  const speed = outputSpeed(request);
  // A first token after the end is a slip of a clock.
  const first = ttft_ms === null ? null : Math.min(ttft_ms, latency_ms);
  const share = first === null || latency_ms === 0 ? 0 : first / latency_ms;
  return (
    <div>
      <div className={classes.timing} aria-hidden>
        {first !== null && <div className={classes.first} style={{ width: `${share * 100}%` }} />}
        <div className={classes.rest} style={{ width: `${(1 - share) * 100}%` }} />
      </div>
      <div className={classes.legend}>
        {first === null ? (
          <span>
            <i className={`${classes.swatch} ${classes.rest}`} />
            {formatDuration(latency_ms)}
            {stream === true ? ', streamed; the first token was not timed' : stream === false ? ', not streamed' : ''}
          </span>
        ) : (
          <>
            <span>
              <i className={`${classes.swatch} ${classes.first}`} />
              {formatDuration(first)} to the first token
            </span>
            <span>
              <i className={`${classes.swatch} ${classes.rest}`} />
              {formatDuration(latency_ms - first)} from there on
            </span>
            <span>{formatDuration(latency_ms)} in all</span>
          </>
        )}
        {speed !== null && <span>{formatCount(speed)} tokens/s</span>}
      </div>
    </div>
  );
}
