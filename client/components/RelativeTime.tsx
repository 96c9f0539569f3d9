import { formatExact, formatRelative } from '../lib/time.ts';
import { useNow } from '../lib/useNow.ts';

/** `3 min ago`, growing by itself; the exact time on hover. */
export function RelativeTime({ instant }: { instant: string }) {
  return (
    <time dateTime={instant} title={formatExact(instant)}>
      {formatRelative(instant, useNow())}
    </time>
  );
}
