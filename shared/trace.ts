/** A trace: the requests and spans that share a `trace_id`, ordered by `parent_id`. */
import { z } from 'zod';
import { LIST_PAGE, pageInput, TRACE_PAGE } from './page.ts';
import {
  ApiKeyId,
  Cursor,
  Identifier,
  Instant,
  JsonObject,
  JsonValue,
  RequestId,
  Tags,
  TagsInput,
} from './primitives.ts';
import { RequestError, RequestErrorInput, RequestFilters, RequestSummary } from './request.ts';
import { StatsTotals } from './stats.ts';

export const SpanStatus = z.enum(['success', 'error']);
export type SpanStatus = z.infer<typeof SpanStatus>;

/** A step of a trace that is no model call: a tool, a retrieval, the whole task. Sent when it ends. */
export const SpanInput = z
  .object({
    id: RequestId.describe('Made by the caller; requests under this step carry it as `parent_id`.'),
    trace_id: Identifier,
    parent_id: Identifier.nullish().describe('The step around this one. Missing for the root of a trace.'),
    name: Identifier,
    kind: Identifier.nullish().describe(
      'What sort of step it is, in your words, such as `tool`, `retrieval` or `agent`.',
    ),
    started_at: Instant,
    latency_ms: z.number().min(0, 'must not be negative').max(1e10, 'must be at most 1e10 milliseconds').nullish(),
    status: SpanStatus.nullish(),
    error: RequestErrorInput.nullish(),
    user_id: Identifier.nullish(),
    session_id: Identifier.nullish(),
    environment: Identifier.nullish(),
    release: Identifier.nullish(),
    tags: TagsInput.nullish(),
    metadata: JsonObject.nullish(),
    input: JsonValue.nullish().describe(
      'What the step was given: a text, or any JSON. Answered by `GET /api/v1/spans/{span_id}`.',
    ),
    output: JsonValue.nullish().describe('What the step gave back, as `input`.'),
  })
  .meta({ id: 'SpanInput', description: 'One step of a trace to log.' });
export type SpanInput = z.input<typeof SpanInput>;
export type ParsedSpan = z.output<typeof SpanInput>;

/** A batch of spans; each stands alone, as logs do. The answer is a LogBatchResult. */
export const SpanBatchInput = z
  .object({ spans: z.array(z.unknown()).min(1, 'must hold at least one span'), sent_at: Instant.nullish() })
  .meta({ id: 'SpanBatchInput' });

export const Span = z
  .object({
    id: RequestId,
    trace_id: z.string(),
    parent_id: z.string().nullable(),
    name: z.string(),
    kind: z.string().nullable(),
    started_at: Instant,
    created_at: Instant,
    latency_ms: z.number().nullable(),
    status: SpanStatus,
    error: RequestError.nullable(),
    user_id: z.string().nullable(),
    session_id: z.string().nullable(),
    environment: z.string().nullable(),
    release: z.string().nullable(),
    tags: Tags,
    metadata: JsonObject.nullable(),
    api_key_id: ApiKeyId.nullable().describe('The API key that logged it; null where it is not known.'),
    input_preview: z.string().nullable().describe('The first words of the input. Null where none was given.'),
    output_preview: z.string().nullable(),
    truncated: z.boolean().describe('True where a field was longer than we keep; its text says so.'),
  })
  .meta({ id: 'Span' });
export type Span = z.infer<typeof Span>;

/** A span with what it was given and what it gave back. */
export const SpanDetail = Span.extend({
  input: JsonValue.nullable().describe('Null where none was given.'),
  output: JsonValue.nullable(),
}).meta({ id: 'SpanDetail' });
export type SpanDetail = z.infer<typeof SpanDetail>;

/** What a page of a trace is asked by. */
export const GetTraceInput = z.object({ trace_id: Identifier, ...pageInput(TRACE_PAGE) });
export type GetTraceInput = z.output<typeof GetTraceInput>;

/** One trace: its totals over all steps, and one page of the steps in the order they began. */
export const TraceDetail = z
  .object({
    trace_id: z.string(),
    name: z.string().nullable().describe('The name of the root step, where there is one.'),
    started_at: Instant,
    latency_ms: z.number().nullable().describe('From the first beginning to the last known end.'),
    input_tokens: z.int(),
    output_tokens: z.int(),
    cost_usd: z.string(),
    errors: z.int().describe('Requests and spans whose status is `error`.'),
    totals: StatsTotals.describe('Of all requests of the trace: what `GET /api/v1/stats?trace_id=` answers.'),
    span_count: z.int().describe('All spans of the trace.'),
    spans: z.array(Span).describe('Those of this page, as `requests`; without input and output.'),
    requests: z.array(RequestSummary),
    next_cursor: Cursor.nullable().describe('Null on the last page.'),
  })
  .meta({ id: 'TraceDetail' });
export type TraceDetail = z.infer<typeof TraceDetail>;

/** What a list of traces is asked by: a trace is listed where a step of it matches. */
export const ListTracesInput = z.object({ ...RequestFilters.shape, ...pageInput(LIST_PAGE) });
export type ListTracesInput = z.output<typeof ListTracesInput>;

/** One trace in a list. Its sums are those of its first 1,000 model calls and 1,000 spans. */
export const TraceSummary = z
  .object({
    trace_id: z.string(),
    name: z.string().describe('Of the root step; where there is none, of the first step.'),
    started_at: Instant,
    latency_ms: z.number().nullable().describe('From the first beginning to the last known end.'),
    requests: z.int().describe('Model calls.'),
    spans: z.int(),
    errors: z.int().describe('Requests and spans whose status is `error`.'),
    input_tokens: z.int().nullable().describe('Null where no request reported it.'),
    output_tokens: z.int().nullable(),
    cost_usd: z.string().nullable().describe('Null where no request is priced.'),
    unpriced_requests: z.int().describe('Requests whose cost is unknown, so `cost_usd` is a lower bound.'),
    models: z.array(z.string()).describe('At most five.'),
    user_id: z.string().nullable(),
    session_id: z.string().nullable(),
    environment: z.string().nullable(),
    input_preview: z.string().nullable().describe('Of the root step; where it says nothing, of the first that does.'),
    output_preview: z.string().nullable().describe('Of the root step; where it says nothing, of the last that does.'),
    has_root: z.boolean().describe('False while the step around the others has not ended, or was lost.'),
    is_partial: z.boolean().describe('True where the trace has more steps than were summed up.'),
  })
  .meta({ id: 'TraceSummary' });
export type TraceSummary = z.infer<typeof TraceSummary>;

export const TracePage = z.object({
  traces: z.array(TraceSummary),
  next_cursor: Cursor.nullable().describe('Null on the last page.'),
  searched_back_to: Instant.nullable().describe(
    'Where the search for more ended before the page was full; null: at the beginning.',
  ),
});
export type TracePage = z.infer<typeof TracePage>;
