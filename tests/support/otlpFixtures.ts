/** Spans of OpenTelemetry for tests: made by hand, or from the fixtures that real emitters exported. */
import fs from 'node:fs';
import path from 'node:path';
import type { Attributes, OtlpEvent, OtlpLogRecord, OtlpSpan } from '#server/otlp/span';
import type { JsonObject, JsonValue } from '#shared/primitives';

const FOLDER = path.resolve(import.meta.dirname, '../../server/otlp/fixtures');

/** What `tests/emitters/collect.py` wrote: two bodies as OTLP/JSON has them. */
export interface OtlpFixture {
  /** Such as `langfuse 5.0.4`. */
  readonly emitter: string;
  readonly traces: { resourceSpans: JsonObject[] };
  readonly logs?: { resourceLogs: JsonObject[] };
}

/** Names of fixtures without their version and ending, such as `langfuse-openai-py`, in order. */
export function listOtlpFixtures(): { readonly name: string; readonly file: string }[] {
  return fs
    .readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .map((file) => ({ name: file.replace(/-\d[\w.]*\.json$/, ''), file }));
}

/** @param file a name of `listOtlpFixtures`, with its version and ending. */
export function readOtlpFixture(file: string): OtlpFixture {
  return JSON.parse(fs.readFileSync(path.join(FOLDER, file), 'utf8')) as OtlpFixture;
}

const AT = 1_764_150_000_000;

/** A span of a root, ended after a second, without attributes: a test states what matters to it. */
export function aSpan(
  fields: Omit<Partial<OtlpSpan>, 'attributes' | 'resource'> & {
    readonly attributes?: JsonObject;
    readonly resource?: JsonObject;
  } = {},
): OtlpSpan {
  const { attributes, resource, ...given } = fields;
  return {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    parentSpanId: null,
    name: 'chat',
    kind: 1,
    startedAt: new Date(AT),
    startNano: BigInt(AT) * 1_000_000n,
    endNano: BigInt(AT + 1_000) * 1_000_000n,
    events: [],
    status: { code: 0, message: null },
    scope: { name: '', version: null, attributes: new Map() },
    ...given,
    attributes: toAttributes(attributes ?? {}),
    resource: toAttributes(resource ?? {}),
  };
}

/** An event of a span. */
export function anEvent(name: string, attributes: JsonObject = {}): OtlpEvent {
  return { name, time: new Date(AT), attributes: toAttributes(attributes) };
}

/** A log record of the span that `aSpan` makes. */
export function aLogRecord(
  fields: Omit<Partial<OtlpLogRecord>, 'attributes'> & { readonly attributes?: JsonObject } = {},
): OtlpLogRecord {
  const { attributes, ...given } = fields;
  const { traceId, spanId, scope, resource } = aSpan();
  return {
    traceId,
    spanId,
    eventName: null,
    time: new Date(AT),
    body: null,
    scope,
    resource,
    ...given,
    attributes: toAttributes(attributes ?? {}),
  };
}

/** Attributes as the decoders give them. */
function toAttributes(attributes: JsonObject): Attributes {
  return new Map<string, JsonValue>(Object.entries(attributes));
}
