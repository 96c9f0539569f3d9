/** From a span of OpenTelemetry to what we store: a request for a model call, a span for any other step. Pure. */
import type { HealthNote } from '#shared/dataHealth';
import type { JsonObject } from '#shared/primitives';
import { readLogRecord } from './families/logRecord.ts';
import { readSpan } from './families/mapSpan.ts';
import type { OtlpLogRecord, OtlpSpan } from './span.ts';

/**
 * What a span is to us. 'llm' and 'embedding' (and 'reranker' with a model and usage) become requests; the others become
 * spans; 'other' has no sign of AI work.
 */
export type SpanRole =
  | 'llm'
  | 'embedding'
  | 'reranker'
  | 'tool'
  | 'agent'
  | 'chain'
  | 'retriever'
  | 'guardrail'
  | 'evaluator'
  | 'prompt'
  | 'event'
  | 'span'
  | 'other';

/** What was found while a span was read: a note for data health, or what the row that is stored says itself. */
export type MappingNote = HealthNote | 'truncated' | 'no_usage';

export interface MappedSpan {
  readonly role: SpanRole;
  /**
   * As `POST /api/v1/logs` takes it (`target: 'request'`), or as `POST /api/v1/spans` takes it; without ids and times of
   * the span itself, which ids.ts and the store fill in.
   */
  readonly target: 'request' | 'span';
  readonly fields: JsonObject;
  readonly notes: readonly MappingNote[];
}

/** What a log record adds to the call of its span; `families/logRecord.ts` has `addEvent`, which adds it. */
export interface MappedEvent {
  /**
   * False: one more message, or a choice, to go behind those that are there. True: all messages, or the whole answer, to be
   * taken where the call has none.
   */
  readonly isWhole: boolean;
  /** Words and usage, by the names that `POST /api/v1/logs` has for them. */
  readonly fields: JsonObject;
  readonly notes: readonly MappingNote[];
}

/** Maps one span by its attributes alone. Never throws: what it cannot read stays below `metadata`. */
export function mapSpan(span: OtlpSpan): MappedSpan {
  return readSpan(span);
}

/** Words and usage that a log record adds to the call of its span; null where it is no GenAI event. */
export function mapLogRecord(record: OtlpLogRecord): MappedEvent | null {
  return readLogRecord(record);
}
