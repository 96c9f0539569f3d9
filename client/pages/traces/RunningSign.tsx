import type { TraceSummary } from '#shared/trace';
import classes from './RunningSign.module.css';

/** The step around the others is sent when it ends; a trace without it that was heard of lately is still running. */
export function isRunning(
  { has_root, started_at, latency_ms }: Pick<TraceSummary, 'has_root' | 'started_at' | 'latency_ms'>,
  now: number,
): boolean {
  return !has_root && now - (Date.parse(started_at) + (latency_ms ?? 0)) < SILENT_MS;
}
const SILENT_MS = 5 * 60_000;

/** Beside a trace that `isRunning`. */
export function RunningSign() {
  return <span className={classes.sign} role="img" aria-label="Running" title="Running" />;
}
