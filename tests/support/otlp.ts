/** Exports of OpenTelemetry as JSON: valid by default; a test states only what matters to it. */
import { randomBytes } from 'node:crypto';
import type { JsonObject, JsonValue } from '#shared/primitives';

/** Attributes by name, as their own JSON values. */
export type PlainAttributes = Readonly<Record<string, JsonValue>>;

const MODEL_CALL: PlainAttributes = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o-mini',
  'gen_ai.input.messages': JSON.stringify([
    { role: 'user', parts: [{ type: 'text', content: 'What is the capital of France?' }] },
  ]),
  'gen_ai.output.messages': JSON.stringify([
    { role: 'assistant', parts: [{ type: 'text', content: 'Paris.' }], finish_reason: 'stop' },
  ]),
  'gen_ai.usage.input_tokens': 14,
  'gen_ai.usage.output_tokens': 3,
};

/** A model call that began a moment ago, in a trace of its own. `attributes` are added to its own. */
export function anOtlpSpan({
  attributes = {},
  ...fields
}: { attributes?: PlainAttributes } & JsonObject = {}): JsonObject {
  const startNano = BigInt(Date.now() - 1_000) * 1_000_000n;
  return {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name: 'chat gpt-4o-mini',
    kind: 3,
    startTimeUnixNano: String(startNano),
    endTimeUnixNano: String(startNano + 812_000_000n),
    attributes: toAttributeList({ ...MODEL_CALL, ...attributes }),
    ...fields,
  };
}

/** `{"resourceSpans":[…]}` with one resource and one scope. */
export function aTraceExport(spans: readonly JsonValue[], resource: PlainAttributes = {}): JsonObject {
  return {
    resourceSpans: [
      {
        resource: { attributes: toAttributeList({ 'service.name': 'shop', ...resource }) },
        scopeSpans: [{ scope: { name: 'tests', version: '1.0.0' }, spans: [...spans] }],
      },
    ],
  };
}

/** What a user said, as an event of the span whose ids are given. */
export function anOtlpRecord(fields: JsonObject): JsonObject {
  return {
    timeUnixNano: String(BigInt(Date.now()) * 1_000_000n),
    attributes: toAttributeList({ 'event.name': 'gen_ai.user.message' }),
    body: toAnyValue({ content: 'What is the capital of France?' }),
    ...fields,
  };
}

/** `{"resourceLogs":[…]}` with one resource and one scope. */
export function aLogsExport(records: readonly JsonValue[]): JsonObject {
  return {
    resourceLogs: [
      {
        resource: { attributes: toAttributeList({ 'service.name': 'shop' }) },
        scopeLogs: [{ scope: { name: 'tests' }, logRecords: [...records] }],
      },
    ],
  };
}

/** `[{"key":…,"value":{…}}]`. */
export function toAttributeList(attributes: PlainAttributes): JsonValue[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: toAnyValue(value) }));
}

/** A value that names its type. Whole numbers are integers. */
export function toAnyValue(value: JsonValue): JsonObject {
  if (value === null) return {};
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(toAnyValue) } };
  return { kvlistValue: { values: toAttributeList(value) } };
}
