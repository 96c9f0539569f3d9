/** What a user of traces sees. */
import type { Tags } from '../wire.js';

/** Where a trace begins, and what it hands to every call inside. */
export interface TraceOptions {
  /** @default that of the trace around it, else a new one */
  traceId?: string | undefined;
  /** @default the span around it */
  parentId?: string | undefined;
  tags?: Tags | undefined;
  metadata?: Record<string, unknown> | undefined;
  userId?: string | undefined;
  sessionId?: string | undefined;
  /** What sort of step it is, such as `tool`, `retrieval` or `agent`. */
  kind?: string | undefined;
  /** What the step is given: a text, or anything that can be written as JSON. @default nothing is kept */
  input?: unknown;
  /** Whether what `fn` returns is kept as the output of the step. @default where `input` is given */
  output?: boolean | undefined;
}

/** How a step under another is recorded. */
export type SpanOptions = Pick<TraceOptions, 'kind' | 'input' | 'output'>;

/** What a step was given and what it gave back, beside the fields it hands on. */
export interface SpanContent {
  /** In place of the `input` of the options. */
  input?: unknown;
  /** In place of what `fn` returns. */
  output?: unknown;
}

/** One span, while it runs. */
export interface Trace {
  /** The trace id; for calls where the runtime cannot carry the context, pass it as `trace_id`. */
  readonly id: string;
  /** The id of this span; what happens inside carries it as `parent_id`. */
  readonly spanId: string;
  /** Runs a span under this one and returns exactly what `fn` returns. */
  span<R>(name: string, fn: (span: Trace) => R, options?: SpanOptions): R;
  /** Adds fields to this span and to every call made inside it from now on; `input` and `output` to this span alone. */
  set(fields: SpanFields & SpanContent): void;
}

/** Fields that a trace hands to every call inside it. */
export interface SpanFields {
  tags?: Record<string, string> | undefined;
  metadata?: Record<string, unknown> | undefined;
  userId?: string | undefined;
  sessionId?: string | undefined;
}
