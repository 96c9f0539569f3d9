/** Spans and log records of OpenTelemetry as the decoders make them, valid by default. */
import type { JsonValue } from '#shared/primitives';
import type { Deps } from '#server/deps';
import type { Sender } from '#server/ingest/batchItems';
import { keepOtlpLogRecords, orderOtlpTraces } from '#server/otlp/accept';
import type { OtlpResult } from '#server/otlp/resultCounts';
import type { OtlpLogRecord, OtlpSpan } from '#server/otlp/span';

type Given = { readonly [name: string]: JsonValue };

/** What a test says of a span. */
export interface SpanInTest {
  readonly traceId: string;
  /** 1 is `0000000000000001`. */
  readonly id: number;
  /** Missing: the root. */
  readonly parent?: number | undefined;
  readonly name?: string;
  readonly attributes?: Given;
  /** ISO; missing: the same moment for all, a minute ago. */
  readonly startedAt?: Date;
  /** Null: it has not ended. */
  readonly durationMs?: number | null;
  readonly scope?: string;
}

/** A minute before this process began, so that tests do not depend on the calendar. */
const A_MINUTE_AGO = new Date(Math.floor(Date.now() / 1_000) * 1_000 - 60_000);

let traces = 0;
/** Another trace each time. */
export function aTraceId(): string {
  return (0xabc_000_000n + BigInt(++traces)).toString(16).padStart(32, '0');
}

/** The span id of a number, 16 hexadecimal digits. */
export function spanIdOf(id: number): string {
  return id.toString(16).padStart(16, '0');
}

/** A span of 250 ms without attributes, which say what it is to us. */
export function aDecodedSpan(given: SpanInTest): OtlpSpan {
  const startedAt = given.startedAt ?? A_MINUTE_AGO;
  const startNano = BigInt(startedAt.getTime()) * 1_000_000n;
  const { durationMs = 250 } = given;
  return {
    traceId: given.traceId,
    spanId: spanIdOf(given.id),
    parentSpanId: given.parent === undefined ? null : spanIdOf(given.parent),
    name: given.name ?? `span ${given.id}`,
    kind: 1,
    startedAt,
    startNano,
    endNano: durationMs === null ? null : startNano + BigInt(Math.round(durationMs * 1e6)),
    attributes: new Map(Object.entries(given.attributes ?? {})),
    events: [],
    status: { code: 0, message: null },
    scope: { name: given.scope ?? 'test', version: null, attributes: new Map() },
    resource: new Map(),
  };
}

/** What makes a span a model call, such as a chat. */
export function callAttributes(given: Given = {}): Given {
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o-mini',
    'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: 'How late is it?' }] }]),
    'gen_ai.output.messages': JSON.stringify([
      { role: 'assistant', parts: [{ type: 'text', content: 'Half past nine.' }], finish_reason: 'stop' },
    ]),
    'gen_ai.usage.input_tokens': 12,
    'gen_ai.usage.output_tokens': 5,
    ...given,
  };
}

/** The same without what was said. */
export function silentCallAttributes(given: Given = {}): Given {
  const { 'gen_ai.input.messages': _sent, 'gen_ai.output.messages': _answer, ...others } = callAttributes();
  return { ...others, ...given };
}

/** Attributes of an agent, such as a step around model calls has. */
export const AGENT = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'clerk' };
/** Attributes of a tool that is run. */
export const TOOL = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'clock' };
/** No sign of AI work. */
export const HTTP = { 'http.request.method': 'GET', 'url.path': '/orders' };

/** What a test says of a log record. */
export interface RecordInTest {
  readonly traceId: string;
  /** The id of the span. */
  readonly id: number;
  readonly eventName: string;
  readonly body?: JsonValue;
  readonly attributes?: Given;
  /** Milliseconds after A_MINUTE_AGO. */
  readonly afterMs?: number;
}

/** A log record that belongs to a span. */
export function aDecodedRecord(given: RecordInTest): OtlpLogRecord {
  return {
    traceId: given.traceId,
    spanId: spanIdOf(given.id),
    eventName: given.eventName,
    time: new Date(A_MINUTE_AGO.getTime() + (given.afterMs ?? 0)),
    attributes: new Map(Object.entries(given.attributes ?? {})),
    body: given.body ?? null,
    scope: { name: 'test', version: null, attributes: new Map() },
    resource: new Map(),
  };
}

/** Log records as an export of one part. */
export async function acceptRecords(
  deps: Deps,
  sender: Sender,
  records: readonly OtlpLogRecord[],
): Promise<OtlpResult> {
  const { traceIds, ...result } = await keepOtlpLogRecords(deps, sender, records);
  await orderOtlpTraces(deps, sender, traceIds);
  return result;
}
