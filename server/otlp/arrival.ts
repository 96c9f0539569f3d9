/** A span as it came, and what else becomes a step, with the ids and times that we give them. Pure. */
import type { JsonObject, RequestId } from '#shared/primitives';
import { DAY_MS } from '#shared/durations';
import { stringifyExactJson } from '#shared/exactJson';
import { listResults, readEvaluation } from './families/evaluation.ts';
import { contentUuid, spanUuid } from './ids.ts';
import { type MappingNote, mapSpan, type SpanRole } from './mapping.ts';
import type { OtlpLogRecord, OtlpSpan } from './span.ts';
import { answerOf, type TreeNode } from './tree.ts';

export interface Arrival {
  /** Its place among those that were sent with it. */
  readonly index: number;
  readonly node: TreeNode & { readonly id: RequestId };
  readonly trace_id: string;
  readonly role: SpanRole;
  /** As `POST /api/v1/logs` takes it where `node.family` is one of calls, else as `POST /api/v1/spans` does. */
  readonly fields: JsonObject;
  readonly notes: readonly MappingNote[];
  /** It ended before it began, or began more than a minute after it came. */
  readonly isSkewed: boolean;
}

const SKEW_MS = 60_000;
const NANOS_PER_MS = 1e6;

/** `index`: its place among those that were sent with it. `now`: when it came. */
export function readArrival(span: OtlpSpan, index: number, now: Date): Arrival {
  const { role, target, fields: mapped, notes } = mapSpan(span);
  const id = spanUuid(span.traceId, span.spanId);
  const parent_id = span.parentSpanId === null ? null : spanUuid(span.traceId, span.parentSpanId);
  const { startNano, endNano } = span;
  const latency_ms = endNano === null || endNano < startNano ? null : Number(endNano - startNano) / NANOS_PER_MS;
  // Made for us alone: a copy of so many members costs more than what else is done here.
  const fields: JsonObject = Object.assign(mapped, {
    id,
    trace_id: span.traceId,
    parent_id,
    started_at: toIso(span.startedAt),
    latency_ms,
  });
  return {
    index,
    node: {
      id,
      parent_id,
      family: target === 'request' ? familyOfRole(role) : null,
      uncounted: null,
      answer:
        typeof mapped.provider_request_id === 'string'
          ? answerOf(span.traceId, mapped.provider_request_id, {
              startMs: span.startedAt.getTime(),
              latencyMs: latency_ms,
            })
          : null,
      isKept: role !== 'other',
    },
    trace_id: span.traceId,
    role,
    fields,
    notes,
    isSkewed: (endNano !== null && endNano < startNano) || span.startedAt.getTime() > now.getTime() + SKEW_MS,
  };
}

/** The evaluations that a span has as events: steps below it. One without a time of its own has that of the span. */
export function readEvaluations(span: OtlpSpan, index: number): Arrival[] {
  return listResults(span.events).flatMap(({ name, time, attributes }) => {
    const fields = readEvaluation({ ...span, name, attributes });
    const isInSpan = time !== null && time >= span.startedAt && time.getTime() < span.startedAt.getTime() + DAY_MS;
    const at = isInSpan ? time : span.startedAt;
    return fields === null ? [] : [evaluationOf(span, fields, { index, at, toldAt: at })];
  });
}

/** A log record that tells of an evaluation, as a step below its span. `now`: when it came. Null for any other. */
export function readEvaluationRecord(record: OtlpLogRecord, index: number, now: Date): Arrival | null {
  const fields = readEvaluation({ ...record, name: record.eventName });
  if (fields === null) return null;
  return evaluationOf(record, fields, { index, at: record.time ?? now, toldAt: record.time });
}

/** Its id depends on what was told, so that a resend is the same row. */
function evaluationOf(
  { traceId, spanId }: Pick<OtlpSpan, 'traceId' | 'spanId'>,
  told: JsonObject,
  { index, at, toldAt }: { readonly index: number; readonly at: Date; readonly toldAt: Date | null },
): Arrival {
  const parent_id = spanUuid(traceId, spanId);
  const id = contentUuid(stringifyExactJson([parent_id, toldAt === null ? null : toIso(toldAt), told]));
  return {
    index,
    node: { id, parent_id, family: null, uncounted: null, answer: null, isKept: true },
    trace_id: traceId,
    role: 'evaluator',
    fields: { ...told, id, trace_id: traceId, parent_id, started_at: toIso(at), latency_ms: 0 },
    notes: [],
    isSkewed: false,
  };
}

function familyOfRole(role: SpanRole): TreeNode['family'] {
  return role === 'embedding' || role === 'reranker' ? role : 'llm';
}

/** A time that no calendar has is said to be wrong by whoever reads the field. */
function toIso(time: Date): string {
  return Number.isNaN(time.getTime()) ? 'not a time' : time.toISOString();
}
