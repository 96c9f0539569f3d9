import type { RequestSummary } from '#shared/request';
import type { Span, TraceDetail } from '#shared/trace';
import type { OrgScope } from '#server/auth/orgScope';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import { formatUsd, parseUsd } from '#server/pricing/usd';
import { listSpans, listTraceRequests } from './repository.ts';

/** Steps of one trace that are shown; far more than a person reads. */
const STEPS = 2_000;

/**
 * One trace with its requests and spans.
 * @throws {AppError} `not_found` when nothing of this organization has that trace id.
 */
export async function getTrace(deps: Deps, scope: OrgScope, trace_id: string): Promise<TraceDetail> {
  const [spans, requests] = await Promise.all([
    listSpans(deps.reads.of(scope), scope, trace_id, STEPS),
    listTraceRequests(deps.reads.of(scope), scope, trace_id, STEPS),
  ]);
  const steps = [...spans, ...requests];
  if (steps.length === 0) throw new AppError('not_found', 'There is no trace with this id in this organization.');
  const started = Math.min(...steps.map((step) => Date.parse(step.started_at)));
  const ends = steps.flatMap((step) =>
    step.latency_ms === null ? [] : [Date.parse(step.started_at) + step.latency_ms],
  );
  return {
    trace_id,
    name: rootName(spans),
    started_at: new Date(started).toISOString(),
    latency_ms: ends.length === 0 ? null : Math.max(...ends) - started,
    input_tokens: sum(requests, (request) => request.input_tokens),
    output_tokens: sum(requests, (request) => request.output_tokens),
    cost_usd: addCosts(requests),
    errors: steps.filter((step) => step.status === 'error').length,
    spans,
    requests,
  };
}

function rootName(spans: readonly Span[]): string | null {
  const ids = new Set<string>(spans.map((span) => span.id));
  return spans.find((span) => span.parent_id === null || !ids.has(span.parent_id))?.name ?? null;
}

function sum(requests: readonly RequestSummary[], of: (request: RequestSummary) => number | null): number {
  return requests.reduce((total, request) => total + (of(request) ?? 0), 0);
}

function addCosts(requests: readonly RequestSummary[]): string {
  return formatUsd(requests.reduce((total, { cost_usd }) => total + parseUsd(cost_usd ?? '0'), 0n));
}
