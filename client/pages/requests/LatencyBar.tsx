import { Text } from '@mantine/core';
import { formatDuration } from '../../lib/formatNumber.ts';
import classes from './LatencyBar.module.css';

/** The latency in words, over a line as long as its share of the slowest in view. */
export function LatencyBar({ latency_ms, slowest }: { latency_ms: number | null; slowest: number }) {
  if (latency_ms === null) {
    return (
      <Text component="span" fz="inherit" c="dimmed" title="Not reported">
        –
      </Text>
    );
  }
  return (
    <span title={`${latency_ms} ms`}>
      <Text component="span" fz="inherit" className="tabular">
        {formatDuration(latency_ms)}
      </Text>
      <span className={classes.track} aria-hidden>
        <span className={classes.bar} style={{ width: `${Math.max(2, (latency_ms / slowest) * 100)}%` }} />
      </span>
    </span>
  );
}
