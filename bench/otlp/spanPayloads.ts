/**
 * Exports of model calls as protobuf, serialised once: ids and times are written over a copy of the bytes, as payloads.ts
 * does it with logs. The calls are those of its logs, told by the attributes of the current GenAI conventions.
 */
import { randomFillSync } from 'node:crypto';
import type { JsonObject, JsonValue } from '#shared/primitives';
import { toAttributeList } from '#tests/support/otlp';
import { toProtobuf } from '#tests/support/otlpProtobuf';
import type { LoadForm } from '../lib/load.ts';
import type { DemoLog } from '../lib/realisticLogs.ts';
import { toGenAiAttributes, toOpenInferenceAttributes } from './spanAttributes.ts';

const BATCHES = 20;
const TRACE_ID = 'f1e2d3c4b5a69788f1e2d3c4b5a69788';
const SPAN_ID = 'a1b2c3d4e5f60718';
/** Placeholders that nothing else in the bytes is like. */
const START = 0x1122334455667788n;
const END = 0x1122334455667799n;
const NANOS_A_MS = 1_000_000n;

type Conventions = Exclude<LoadForm, 'logs'>;

const ATTRIBUTES_OF = { spans: toGenAiAttributes, openinference: toOpenInferenceAttributes };

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
export function makeSpanTemplates(
  logs: readonly DemoLog[],
  { batchSize, conventions = 'spans' }: { readonly batchSize: number; readonly conventions?: Conventions },
): SpanTemplate[] {
  return Array.from({ length: BATCHES }, (_, batch) => {
    const picked = Array.from(
      { length: batchSize },
      (__, place) => logs[(batch * 37 + place) % logs.length] as DemoLog,
    );
    const bytes = toProtobuf({
      resourceSpans: [
        {
          resource: { attributes: toAttributeList({ 'service.name': 'shop', 'telemetry.sdk.language': 'nodejs' }) },
          scopeSpans: [
            {
              scope: { name: '@opentelemetry/instrumentation-openai' },
              spans: picked.map((log) => toSpan(log, conventions)),
            },
          ],
        },
      ],
    });
    return { bytes, spans: findSpans(bytes, picked) };
  });
}

/** Bytes of a span of the GenAI conventions as protobuf. */
export function sizeOfSpan(log: DemoLog): number {
  return toProtobuf({ resourceSpans: [{ scopeSpans: [{ spans: [toSpan(log, 'spans')] }] }] }).length;
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

/** The trace ids, in hexadecimal digits, that `message`, a filled copy of `template` without its head, has. */
export function readTraceIds(template: SpanTemplate, message: Buffer): string[] {
  return template.spans.map(({ traceId }) => message.toString('hex', traceId, traceId + 16));
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

function toSpan(log: DemoLog, conventions: Conventions): JsonObject {
  const attributes = ATTRIBUTES_OF[conventions](log);
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
