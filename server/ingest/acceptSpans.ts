/** The write path of spans: as that of logs, without words and prices. */
import { LIMITS } from '#shared/primitives';
import type { LogBatchResult, LogReceipt } from '#shared/request';
import { type Span, SpanInput } from '#shared/trace';
import type { OrgScope } from '#server/auth/orgScope';
import type { Deps } from '#server/deps';
import { AppError, fromZodError } from '#server/errors';
import { toSpanRecord } from '#server/traces/repository';
import { checkStartedAt, givenId, requireObject, summarize, unstorable } from './acceptLogs.ts';
import { sanitize } from './sanitize.ts';

/**
 * Stores steps of traces; each stands alone, as logs do.
 * @throws {AppError} as `acceptLogs`.
 */
export async function acceptSpans(deps: Deps, scope: OrgScope, inputs: readonly unknown[]): Promise<LogBatchResult> {
  if (inputs.length > LIMITS.batchLogs) {
    throw new AppError(
      'too_many_items',
      `A batch may hold at most ${LIMITS.batchLogs} spans; this one holds ${inputs.length}.`,
      { param: 'spans' },
    );
  }
  const accepted: { receipt: LogReceipt; span: Span }[] = [];
  const receipts = inputs.map((input, index): LogReceipt => {
    try {
      const span = toSpan(deps, input);
      const receipt: LogReceipt = { index, id: span.id, status: 'created' };
      accepted.push({ receipt, span });
      return receipt;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { index, id: givenId(input), status: 'rejected', error: error.toDetail() };
    }
  });
  const verdicts = await deps.spanWriter.add(accepted.map(({ span }) => toSpanRecord(scope, span)));
  accepted.forEach(({ receipt }, place) => {
    receipt.status = verdicts[place] ?? 'rejected';
    if (receipt.status === 'rejected') receipt.error = unstorable().toDetail();
  });
  return summarize(receipts);
}

function toSpan(deps: Deps, input: unknown): Span {
  const item = requireObject(input, 'span');
  const parsed = SpanInput.safeParse(item);
  if (!parsed.success) throw fromZodError(parsed.error, 'The span');
  const span = parsed.data;
  const { problem } = sanitize(span);
  if (problem) throw new AppError(problem.code, problem.message);
  const now = deps.clock();
  checkStartedAt(span.started_at, now);
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
