/**
 * Exports of OpenTelemetry as protobuf, written by protobufjs by the field numbers of opentelemetry-proto 1.11: another
 * reading of the same text than the decoder's.
 */
import protobuf from 'protobufjs';
import type { JsonObject, JsonValue } from '#shared/primitives';

type Fields = Record<string, { type: string; id: number; rule?: 'repeated' }>;

const of = (type: string, id: number) => ({ type, id });
const listOf = (type: string, id: number) => ({ type, id, rule: 'repeated' as const });

const VALUE: Fields = {
  stringValue: of('string', 1),
  boolValue: of('bool', 2),
  intValue: of('int64', 3),
  doubleValue: of('double', 4),
  arrayValue: of('ArrayValue', 5),
  kvlistValue: of('KeyValueList', 6),
  bytesValue: of('bytes', 7),
};

const root = protobuf.Root.fromJSON({
  nested: {
    ExportTraceServiceRequest: { fields: { resourceSpans: listOf('ResourceSpans', 1) } },
    ResourceSpans: {
      fields: { resource: of('Resource', 1), scopeSpans: listOf('ScopeSpans', 2), schemaUrl: of('string', 3) },
    },
    ScopeSpans: { fields: { scope: of('Scope', 1), spans: listOf('Span', 2), schemaUrl: of('string', 3) } },
    ExportLogsServiceRequest: { fields: { resourceLogs: listOf('ResourceLogs', 1) } },
    ResourceLogs: {
      fields: { resource: of('Resource', 1), scopeLogs: listOf('ScopeLogs', 2), schemaUrl: of('string', 3) },
    },
    ScopeLogs: { fields: { scope: of('Scope', 1), logRecords: listOf('LogRecord', 2), schemaUrl: of('string', 3) } },
    Resource: { fields: { attributes: listOf('KeyValue', 1), droppedAttributesCount: of('uint32', 2) } },
    Scope: {
      fields: {
        name: of('string', 1),
        version: of('string', 2),
        attributes: listOf('KeyValue', 3),
        droppedAttributesCount: of('uint32', 4),
      },
    },
    Span: {
      fields: {
        traceId: of('bytes', 1),
        spanId: of('bytes', 2),
        traceState: of('string', 3),
        parentSpanId: of('bytes', 4),
        name: of('string', 5),
        kind: of('int32', 6),
        startTimeUnixNano: of('fixed64', 7),
        endTimeUnixNano: of('fixed64', 8),
        attributes: listOf('KeyValue', 9),
        droppedAttributesCount: of('uint32', 10),
        events: listOf('Event', 11),
        droppedEventsCount: of('uint32', 12),
        links: listOf('Link', 13),
        droppedLinksCount: of('uint32', 14),
        status: of('Status', 15),
        flags: of('fixed32', 16),
      },
    },
    Event: {
      fields: {
        timeUnixNano: of('fixed64', 1),
        name: of('string', 2),
        attributes: listOf('KeyValue', 3),
        droppedAttributesCount: of('uint32', 4),
      },
    },
    Link: {
      fields: {
        traceId: of('bytes', 1),
        spanId: of('bytes', 2),
        traceState: of('string', 3),
        attributes: listOf('KeyValue', 4),
        droppedAttributesCount: of('uint32', 5),
        flags: of('fixed32', 6),
      },
    },
    Status: { fields: { message: of('string', 2), code: of('int32', 3) } },
    LogRecord: {
      fields: {
        timeUnixNano: of('fixed64', 1),
        severityNumber: of('int32', 2),
        severityText: of('string', 3),
        body: of('AnyValue', 5),
        attributes: listOf('KeyValue', 6),
        droppedAttributesCount: of('uint32', 7),
        flags: of('fixed32', 8),
        traceId: of('bytes', 9),
        spanId: of('bytes', 10),
        observedTimeUnixNano: of('fixed64', 11),
        eventName: of('string', 12),
      },
    },
    KeyValue: { fields: { key: of('string', 1), value: of('AnyValue', 2) } },
    AnyValue: { fields: VALUE, oneofs: { value: { oneof: Object.keys(VALUE) } } },
    ArrayValue: { fields: { values: listOf('AnyValue', 1) } },
    KeyValueList: { fields: { values: listOf('KeyValue', 1) } },
    ExportPartialSuccess: { fields: { rejected: of('int64', 1), errorMessage: of('string', 2) } },
    ExportResponse: { fields: { partialSuccess: of('ExportPartialSuccess', 1) } },
    Status_: { fields: { code: of('int32', 1), message: of('string', 2) } },
  },
});

/** An export of spans or of logs, given as JSON of OTLP, as protobuf. */
export function toProtobuf(body: JsonObject): Buffer {
  const type = root.lookupType('resourceLogs' in body ? 'ExportLogsServiceRequest' : 'ExportTraceServiceRequest');
  return Buffer.from(type.encode(type.fromObject(withIdBytes(body) as JsonObject)).finish());
}

/** An export of one span after the other, of which the last has an attribute that is nested so deep: protobufjs refuses to. */
export function toProtobufWithDeep(spans: readonly JsonObject[], depth: number): Buffer {
  const type = root.lookupType('Span');
  const encoded = spans.map((span) =>
    Buffer.from(type.encode(type.fromObject(withIdBytes(span) as JsonObject)).finish()),
  );
  let value = frame(1, Buffer.from('x'));
  for (let level = 0; level < depth; level++) value = frame(5, frame(1, value));
  const attribute = frame(9, Buffer.concat([frame(1, Buffer.from('deep')), frame(2, value)]));
  const members = encoded.map((span, index) =>
    frame(2, index === encoded.length - 1 ? Buffer.concat([span, attribute]) : span),
  );
  return frame(1, frame(2, Buffer.concat(members)));
}

/** A field that is a message, a text or bytes. */
function frame(number: number, bytes: Buffer): Buffer {
  const writer = protobuf.Writer.create().uint32((number << 3) | 2);
  return Buffer.from(writer.bytes(bytes).finish());
}

/** What a 200 in protobuf says; empty where all was taken. */
export function readExportResponse(bytes: Buffer): { partialSuccess?: { rejected: string; errorMessage: string } } {
  const type = root.lookupType('ExportResponse');
  return type.toObject(type.decode(bytes), { longs: String });
}

/** google.rpc.Status. */
export function readStatus(bytes: Buffer): { code: number; message: string } {
  const type = root.lookupType('Status_');
  return type.toObject(type.decode(bytes)) as { code: number; message: string };
}

/** Ids are hex in the JSON of OTLP, and base64 in that of protobuf. Attributes hold none of them, and may be deep. */
function withIdBytes(value: JsonValue): unknown {
  if (Array.isArray(value)) return value.map(withIdBytes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      if (key === 'attributes' || key === 'body') return [key, member];
      const isId = /^(traceId|spanId|parentSpanId)$/.test(key) && typeof member === 'string';
      return [key, isId ? Buffer.from(member, 'hex') : withIdBytes(member)];
    }),
  );
}
