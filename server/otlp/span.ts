/** Spans and log records of OpenTelemetry as the rest of the server sees them, whichever encoding they came in. Types alone. */
import type { JsonValue } from '#shared/primitives';

/** A value of an attribute, decoded: integers beyond 2^53 stay exact (ExactNumber of shared/exactJson), bytes are base64 text. */
export type AttributeValue = JsonValue;
export type Attributes = ReadonlyMap<string, AttributeValue>;

/** The library that made a span. */
export interface OtlpScope {
  /** Empty where it was not said. */
  readonly name: string;
  readonly version: string | null;
  readonly attributes: Attributes;
}

/** What happened at a moment of a span. */
export interface OtlpEvent {
  readonly name: string;
  /** Null where it was not said. */
  readonly time: Date | null;
  readonly attributes: Attributes;
}

/** One span, whichever encoding it came in. Ids are lower-case hex: 32 digits of a trace, 16 of a span. */
export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Null for the root of a trace. */
  readonly parentSpanId: string | null;
  readonly name: string;
  /** 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. It says nothing about AI work. */
  readonly kind: number;
  readonly startedAt: Date;
  /** Nanoseconds since 1970. */
  readonly startNano: bigint;
  /** Null where the span has not ended. May lie before the start: clocks jump. */
  readonly endNano: bigint | null;
  readonly attributes: Attributes;
  readonly events: readonly OtlpEvent[];
  /** Code 0 unset, 1 ok, 2 error. */
  readonly status: { readonly code: number; readonly message: string | null };
  readonly scope: OtlpScope;
  readonly resource: Attributes;
}

/** One log record that belongs to a span (trace and span id set). */
export interface OtlpLogRecord {
  readonly traceId: string;
  readonly spanId: string;
  /** The field of that name alone: older emitters write the attribute `event.name`. Null where it is empty. */
  readonly eventName: string | null;
  readonly time: Date | null;
  readonly attributes: Attributes;
  readonly body: AttributeValue;
  readonly scope: OtlpScope;
  readonly resource: Attributes;
}
