import { Tooltip } from '@mantine/core';
import type { RequestSummary } from '#shared/request';
import { formatCount, formatDuration } from '../../lib/formatNumber.ts';
import { formatExact, formatMoment } from '../../lib/time.ts';
import { CostButton } from './CostButton.tsx';
import classes from './RequestDetail.module.css';

/** When, how long, how many tokens and what it cost, on one line. What was not reported says so. */
export function MetricsLine({ request }: { request: RequestSummary }) {
  return (
    <div className={classes.metrics} role="group" aria-label="Metrics">
      <Tooltip label={formatExact(request.started_at)}>
        <time dateTime={request.started_at} tabIndex={0}>
          {formatMoment(request.started_at)}
        </time>
      </Tooltip>
      <span title={latencyTitle(request)}>{latencyWords(request)}</span>
      <span title={tokenWords(request)}>{tokenWords(request)}</span>
      <CostButton request={request} />
    </div>
  );
}

/** `3.20 s (first 2.89 s)`: short, since the tokens stand beside it. */
function latencyWords({ latency_ms, ttft_ms, stream }: RequestSummary): string {
  if (latency_ms === null) return 'latency not reported';
  const whole = formatDuration(latency_ms);
  if (ttft_ms !== null) return `${whole} (first ${formatDuration(ttft_ms)})`;
  return stream === true ? `${whole} (streamed)` : whole;
}

function latencyTitle(request: RequestSummary): string {
  const { latency_ms, ttft_ms } = request;
  if (latency_ms === null || ttft_ms === null) return latencyWords(request);
  return `${formatDuration(latency_ms)}, the first token after ${formatDuration(ttft_ms)}`;
}

/** `946 (800 cached) → 41 + 317 thinking`; what was not reported is a dash, never 0. */
function tokenWords(request: RequestSummary): string {
  const { input_tokens, output_tokens, endpoint } = request;
  if (input_tokens === null && output_tokens === null) return 'tokens not reported';
  const input = count(input_tokens) + cachedWords(request);
  // An embedding has no output that could be counted.
  if (endpoint === 'embeddings' && output_tokens === null) return `${input} tokens`;
  return `${input} → ${outputWords(request)} tokens`;
}

function cachedWords({ cached_input_tokens }: RequestSummary): string {
  return cached_input_tokens === null || cached_input_tokens === 0
    ? ''
    : ` (${formatCount(cached_input_tokens)} cached)`;
}

function outputWords({ output_tokens, reasoning_tokens }: RequestSummary): string {
  if (output_tokens === null || reasoning_tokens === null || reasoning_tokens === 0) return count(output_tokens);
  // More thoughts than output contradict each other: both are shown as they came.
  const said = output_tokens >= reasoning_tokens ? output_tokens - reasoning_tokens : output_tokens;
  return `${formatCount(said)} + ${formatCount(reasoning_tokens)} thinking`;
}

function count(tokens: number | null): string {
  return tokens === null ? '–' : formatCount(tokens);
}
