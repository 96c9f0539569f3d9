/**
 * Exports of model calls as protobuf, serialised once: ids and times are written over a copy of the bytes, as payloads.ts
 * does it with logs. The calls are those of its logs, told by the attributes of the current GenAI conventions.
 */
import { randomFillSync } from 'node:crypto';
import type { JsonObject, JsonValue } from '#shared/primitives';
import { toAttributeList } from '#tests/support/otlp';
import { toProtobuf } from '#tests/support/otlpProtobuf';
import type { DemoLog } from '../lib/realisticLogs.ts';

const BATCHES = 20;
const TRACE_ID = 'f1e2d3c4b5a69788f1e2d3c4b5a69788';
const SPAN_ID = 'a1b2c3d4e5f60718';
/** Placeholders that nothing else in the bytes is like. */
const START = 0x1122334455667788n;
const END = 0x1122334455667799n;
const NANOS_A_MS = 1_000_000n;

/** Where a span of a template has what differs from call to call. */
interface SpanPlaces {
  readonly traceId: number;
  readonly spanId: number;
  readonly start: number;
  readonly end: number;
  readonly latencyNano: bigint;
}

/** An export, and where its spans have their ids and times. */
export interface SpanTemplate {
  readonly bytes: Buffer;
  readonly spans: readonly SpanPlaces[];
}

/** Exports of `batchSize` spans. */
export function makeSpanTemplates(logs: readonly DemoLog[], batchSize: number): SpanTemplate[] {
  return Array.from({ length: BATCHES }, (_, batch) => {
    const picked = Array.from(
      { length: batchSize },
      (__, place) => logs[(batch * 37 + place) % logs.length] as DemoLog,
    );
    const bytes = toProtobuf({
      resourceSpans: [
        {
          resource: { attributes: toAttributeList({ 'service.name': 'shop', 'telemetry.sdk.language': 'nodejs' }) },
          scopeSpans: [{ scope: { name: '@opentelemetry/instrumentation-openai' }, spans: picked.map(toSpan) }],
        },
      ],
    });
    return { bytes, spans: findSpans(bytes, picked) };
  });
}

/** Bytes of a span as protobuf. */
export function sizeOfSpan(log: DemoLog): number {
  return toProtobuf({ resourceSpans: [{ scopeSpans: [{ spans: [toSpan(log)] }] }] }).length;
}

/** A copy of `template` behind `head`, with fresh ids and the time of now in each of its spans. */
export function fillSpanTemplate(template: SpanTemplate, head: Buffer): Buffer {
  const message = Buffer.allocUnsafe(head.length + template.bytes.length);
  head.copy(message);
  template.bytes.copy(message, head.length);
  const now = BigInt(Date.now()) * NANOS_A_MS;
  for (const { traceId, spanId, start, end, latencyNano } of template.spans) {
    randomFillSync(message, head.length + traceId, 16);
    randomFillSync(message, head.length + spanId, 8);
    message.writeBigUInt64LE(now - latencyNano, head.length + start);
    message.writeBigUInt64LE(now, head.length + end);
  }
  return message;
}

function findSpans(bytes: Buffer, logs: readonly DemoLog[]): SpanPlaces[] {
  const trace = Buffer.from(TRACE_ID, 'hex');
  let from = 0;
  const next = (wanted: Buffer) => {
    const at = bytes.indexOf(wanted, from);
    from = at + wanted.length;
    return at;
  };
  return logs.map(({ latency_ms }) => ({
    traceId: next(trace),
    spanId: next(Buffer.from(SPAN_ID, 'hex')),
    start: next(fixed64(START)),
    end: next(fixed64(END)),
    latencyNano: BigInt(Math.round(latency_ms ?? 0)) * NANOS_A_MS,
  }));
}

function fixed64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

function toSpan(log: DemoLog): JsonObject {
  const parameters = (log.parameters ?? {}) as JsonObject;
  const attributes: Record<string, JsonValue | undefined> = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': log.provider,
    'gen_ai.request.model': log.model,
    'gen_ai.response.model': log.response_model ?? undefined,
    'gen_ai.response.id': log.provider_request_id ?? undefined,
    'gen_ai.response.finish_reasons': log.finish_reason ? [log.finish_reason] : undefined,
    'gen_ai.request.temperature': parameters.temperature,
    'gen_ai.request.max_tokens': parameters.max_tokens,
    'gen_ai.usage.input_tokens': log.input_tokens ?? undefined,
    'gen_ai.usage.output_tokens': log.output_tokens ?? undefined,
    'gen_ai.usage.cache_read.input_tokens': log.cached_input_tokens ?? undefined,
    'gen_ai.usage.reasoning.output_tokens': log.reasoning_tokens ?? undefined,
    'gen_ai.tool.definitions': log.tools ? JSON.stringify(log.tools) : undefined,
    'gen_ai.input.messages': JSON.stringify(toMessages(log.messages)),
    'gen_ai.output.messages': JSON.stringify([
      { role: 'assistant', parts: [{ type: 'text', content: log.response_content ?? '' }], finish_reason: 'stop' },
    ]),
    'user.id': log.user_id ?? undefined,
    'session.id': log.session_id ?? undefined,
    'deployment.environment.name': log.environment ?? undefined,
    'server.address': 'api.openai.com',
    'server.port': 443,
  };
  const given = Object.entries(attributes).filter((pair): pair is [string, JsonValue] => pair[1] !== undefined);
  return {
    traceId: TRACE_ID,
    spanId: SPAN_ID,
    name: `chat ${log.model}`,
    kind: 3,
    startTimeUnixNano: String(START),
    endTimeUnixNano: String(END),
    attributes: toAttributeList(Object.fromEntries(given)),
    status: log.status === 'error' ? { code: 2, message: 'failed' } : {},
  };
}

function toMessages(messages: unknown): JsonValue {
  if (!Array.isArray(messages)) return [{ role: 'user', parts: [{ type: 'text', content: JSON.stringify(messages) }] }];
  return messages.map(({ role, content, tool_calls, tool_call_id }) => {
    if (tool_call_id !== undefined) {
      return { role, parts: [{ type: 'tool_call_response', id: tool_call_id, response: content }] };
    }
    const calls = (tool_calls ?? []).map((call: { id: string; function: { name: string; arguments: string } }) => ({
      type: 'tool_call',
      id: call.id,
      name: call.function.name,
      arguments: call.function.arguments,
    }));
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    return { role, parts: [...(content === null ? [] : [{ type: 'text', content: text }]), ...calls] };
  });
}
