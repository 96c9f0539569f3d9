import type { ReactNode } from 'react';
import { SimpleGrid, Text } from '@mantine/core';
import type { RequestSummary } from '#shared/request';
import { CostText } from '../CostText.tsx';
import { outputSpeed } from '../outputSpeed.ts';
import { explainUnknownCost } from '../unknownCost.ts';
import { formatCount, formatDuration } from '../../lib/formatNumber.ts';
import classes from './RequestMetrics.module.css';

/** Latency, tokens and cost, each with what it is made of. What was not reported says so. */
export function RequestMetrics({ request }: { request: RequestSummary }) {
  return (
    <SimpleGrid cols={{ base: 2, xs: 4 }} spacing={0} className={classes.grid} component="dl">
      <Metric label="Latency" value={reported(request.latency_ms, formatDuration)} detail={latencyDetail(request)} />
      <Metric label="Input tokens" value={reported(request.input_tokens, formatCount)} detail={inputDetail(request)} />
      <Metric
        label="Output tokens"
        value={reported(request.output_tokens, formatCount)}
        detail={outputDetail(request)}
      />
      <Metric label="Cost" value={<Cost request={request} />} detail={costDetail(request)} />
    </SimpleGrid>
  );
}

function Metric({ label, value, detail }: { label: string; value: ReactNode; detail: string }) {
  return (
    <div className={classes.metric}>
      <Text component="dt" fz="xs" c="dimmed">
        {label}
      </Text>
      <Text component="dd" className={classes.value}>
        {value}
      </Text>
      <Text component="dd" fz={11.5} c="dimmed" lh={1.35} m={0}>
        {detail}
      </Text>
    </div>
  );
}

function Cost({ request }: { request: RequestSummary }) {
  return request.cost_usd === null ? (
    <CostText fz="sm" fw={400} request={request} />
  ) : (
    <CostText inherit request={request} />
  );
}

function reported(value: number | null, format: (value: number) => string): ReactNode {
  return value === null ? (
    <Text component="span" fz="sm" fw={400} c="dimmed">
      not reported
    </Text>
  ) : (
    format(value)
  );
}

function latencyDetail(request: RequestSummary): string {
  const { ttft_ms, stream } = request;
  const parts: string[] = [];
  if (ttft_ms !== null) parts.push(`${formatDuration(ttft_ms)} to first token`);
  else if (stream !== null) parts.push(stream ? 'streamed' : 'not streamed');
  const speed = outputSpeed(request);
  if (speed !== null) parts.push(`${formatCount(speed)} tokens/s`);
  return parts.join(' · ');
}

function inputDetail(request: RequestSummary): string {
  return parts([
    [request.cached_input_tokens, 'cached'],
    [request.cache_write_tokens, 'written to cache'],
    [request.audio_input_tokens, 'audio'],
  ]);
}

function outputDetail(request: RequestSummary): string {
  return parts([
    [request.reasoning_tokens, 'reasoning'],
    [request.audio_output_tokens, 'audio'],
  ]);
}

function costDetail(request: RequestSummary): string {
  if (request.cost_usd === null) return explainUnknownCost(request);
  return request.cost_source === 'provided' ? 'given by the caller or the provider' : 'from the price list';
}

/** Parts of a total, never to be added to it. */
function parts(counts: [number | null, string][]): string {
  return counts
    .filter(([count]) => count !== null)
    .map(([count, noun]) => `${formatCount(count ?? 0)} ${noun}`)
    .join(' · ');
}
