/** A span as it came, with the ids and times that we give it. Pure. */
import type { JsonObject, RequestId } from '#shared/primitives';
import { spanUuid } from './ids.ts';
import { mapSpan, type SpanRole } from './mapping.ts';
import type { OtlpSpan } from './span.ts';
import { answerOf, type TreeNode } from './tree.ts';

export interface Arrival {
  /** Its place among those that were sent with it. */
  readonly index: number;
  readonly node: TreeNode & { readonly id: RequestId };
  readonly trace_id: string;
  readonly role: SpanRole;
  /** As `POST /api/v1/logs` takes it where `node.family` is one of calls, else as `POST /api/v1/spans` does. */
  readonly fields: JsonObject;
  readonly notes: readonly string[];
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
  const fields: JsonObject = {
    ...mapped,
    id,
    trace_id: span.traceId,
    parent_id,
    started_at: toIso(span.startedAt),
    latency_ms,
  };
  return {
    index,
    node: {
      id,
      parent_id,
      family: target === 'request' ? familyOfRole(role) : null,
      uncounted: null,
      answer:
        typeof mapped.provider_request_id === 'string'
          ? answerOf(mapped.provider_request_id, span.startedAt.getTime(), latency_ms)
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

function familyOfRole(role: SpanRole): TreeNode['family'] {
  return role === 'embedding' || role === 'reranker' ? role : 'llm';
}

/** A time that no calendar has is said to be wrong by whoever reads the field. */
function toIso(time: Date): string {
  return Number.isNaN(time.getTime()) ? 'not a time' : time.toISOString();
}
