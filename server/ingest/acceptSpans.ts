/** The write path of spans: as that of logs, without words and prices. */
import type { LogBatchResult } from '#shared/request';
import type { ParsedSpan, Span } from '#shared/trace';
import type { OrgScope } from '#server/auth/orgScope';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import { spanRowType } from '#server/traces/repository';
import { acceptBatch, checkStartedAt, requireObject } from './acceptBatch.ts';
import { parseSpan } from './parseSpan.ts';
import { type Sanitized, sanitize } from './sanitize.ts';

/**
 * Stores steps of traces; each stands alone, as logs do.
 * @throws {AppError} as `acceptBatch`.
 */
export function acceptSpans(deps: Deps, scope: OrgScope, inputs: readonly unknown[]): Promise<LogBatchResult> {
  return acceptBatch(inputs, {
    noun: 'span',
    writer: deps.spanWriter,
    toRow(input) {
      const { span, cleaning } = toSpan(deps, input);
      return { id: span.id, row: spanRowType.encode(scope, span), cleaning };
    },
  });
}

function toSpan(deps: Deps, input: unknown): { span: Span; cleaning: Sanitized } {
  const parsed = parseSpan(requireObject(input, 'span'));
  const cleaning = sanitize(parsed, 'span');
  const { problem } = cleaning;
  if (problem) throw new AppError(problem.code, problem.message);
  const now = deps.clock();
  checkStartedAt(parsed.started_at, now);
  return { span: toStoredSpan(parsed, now), cleaning };
}

/** Fills in what the caller left out. */
function toStoredSpan(span: ParsedSpan, now: Date): Span {
  return {
    id: span.id,
    trace_id: span.trace_id,
    parent_id: span.parent_id ?? null,
    name: span.name,
    started_at: new Date(span.started_at).toISOString(),
    created_at: now.toISOString(),
    latency_ms: span.latency_ms ?? null,
    status: span.status ?? (span.error ? 'error' : 'success'),
    error: span.error ?? null,
    user_id: span.user_id ?? null,
    session_id: span.session_id ?? null,
    environment: span.environment ?? null,
    release: span.release ?? null,
    tags: span.tags ?? {},
    metadata: span.metadata ?? null,
  };
}
