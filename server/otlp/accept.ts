/** Stores spans of OpenTelemetry by the write path of logs and spans; each stands alone. */
import type { JsonObject } from '#shared/primitives';
import type { LogReceipt } from '#shared/request';
import type { Deps } from '#server/deps';
import type { Sender } from '#server/ingest/acceptBatch';
import { acceptLogs } from '#server/ingest/acceptLogs';
import { acceptSpans } from '#server/ingest/acceptSpans';
import { spanUuid } from './ids.ts';
import { mapSpan } from './mapping.ts';
import type { OtlpLogRecord, OtlpSpan } from './span.ts';

export interface OtlpResult {
  /** Stored, or there before. */
  readonly accepted: number;
  readonly rejected: readonly { readonly index: number; readonly message: string }[];
  /** What was taken and is not kept, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
}

/**
 * Stores spans. Resolves when they are committed.
 * @throws {AppError} when some of them could not be stored now: then all of them may be sent again.
 */
export async function acceptOtlpSpans(deps: Deps, sender: Sender, spans: readonly OtlpSpan[]): Promise<OtlpResult> {
  const logs: { index: number; input: JsonObject }[] = [];
  const steps: { index: number; input: JsonObject }[] = [];
  let noise = 0;
  spans.forEach((span, index) => {
    const { role, target, fields } = mapSpan(span);
    if (role === 'other') noise++;
    else (target === 'request' ? logs : steps).push({ index, input: { ...fields, ...toOwn(span, target) } });
  });
  const rejected: { index: number; message: string }[] = [];
  const note = (items: readonly { index: number }[], results: readonly LogReceipt[]) => {
    for (const { index, error } of results) {
      if (error) rejected.push({ index: items[index]?.index ?? 0, message: error.message });
    }
  };
  if (logs.length > 0)
    note(
      logs,
      (
        await acceptLogs(
          deps,
          sender,
          logs.map(({ input }) => input),
        )
      ).results,
    );
  if (steps.length > 0)
    note(
      steps,
      (
        await acceptSpans(
          deps,
          sender,
          steps.map(({ input }) => input),
        )
      ).results,
    );
  return { accepted: logs.length + steps.length - rejected.length, rejected, dropped: noise > 0 ? { noise } : {} };
}

/** Adds log records to the calls they tell of. */
export async function acceptOtlpLogRecords(
  _deps: Deps,
  _sender: Sender,
  records: readonly OtlpLogRecord[],
): Promise<OtlpResult> {
  return { accepted: 0, rejected: [], dropped: { no_event: records.length } };
}

/** Ids and times. A duration below zero is a clock that jumped. */
function toOwn(span: OtlpSpan, target: 'request' | 'span'): JsonObject {
  const { traceId, spanId, parentSpanId, startNano, endNano, status } = span;
  const latency = endNano === null ? null : Number(endNano - startNano) / 1e6;
  return {
    id: spanUuid(traceId, spanId),
    trace_id: traceId,
    parent_id: parentSpanId === null ? null : spanUuid(traceId, parentSpanId),
    started_at: span.startedAt.toISOString(),
    latency_ms: latency !== null && latency >= 0 ? latency : null,
    ...(status.code === 2 ? { status: 'error', error: { message: status.message } } : {}),
    ...(target === 'span' && span.name === '' ? { name: 'span' } : {}),
  };
}
