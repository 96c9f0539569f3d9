/** Both encodings say the same, and whatever is in a body is decoded or refused. */
import { ExactNumber } from '#shared/exactJson';
import type { JsonObject, JsonValue } from '#shared/primitives';
import { aLogsExport, anOtlpRecord, anOtlpSpan, aTraceExport, toAnyValue } from '#tests/support/otlp';
import { toProtobuf, toProtobufWithDeep } from '#tests/support/otlpProtobuf';
import { Refused } from './decoded.ts';
import { decodeJsonRecords, decodeJsonSpans } from './json.ts';
import { decodeProtobufRecords, decodeProtobufSpans } from './protobuf.ts';
import type { OtlpLogRecord, OtlpSpan } from './span.ts';

const toJson = (body: JsonObject) => Buffer.from(JSON.stringify(body));
const spansOfJson = (body: JsonObject) => [...decodeJsonSpans(toJson(body)).items];
const spansOfProtobuf = (body: JsonObject) => [...decodeProtobufSpans(toProtobuf(body)).items];
const recordsOfJson = (body: JsonObject) => [...decodeJsonRecords(toJson(body)).items];
const recordsOfProtobuf = (body: JsonObject) => [...decodeProtobufRecords(toProtobuf(body)).items];

/** One span, which both encodings agree on. */
function decodeSpan(span: JsonObject): OtlpSpan | Refused {
  const body = aTraceExport([span]);
  const [decoded] = spansOfJson(body);
  expect(spansOfProtobuf(body)).toEqual([decoded]);
  if (!decoded) throw new Error('There is one span.');
  return decoded;
}

/** A span with these attributes alone, in the form of OTLP. */
const spanWith = (attributes: JsonValue[]): JsonObject => ({ ...anOtlpSpan(), attributes });

/** The value of a single attribute. */
function decodeValue(value: JsonObject): JsonValue | undefined {
  const span = decodeSpan(spanWith([{ key: 'x', value }]));
  return span instanceof Refused ? span.reason : span.attributes.get('x');
}

test('a span keeps all that is read of it', () => {
  const body: JsonObject = {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
        schemaUrl: 'https://example.com',
        scopeSpans: [
          {
            scope: { name: 'ai', version: '6.0.1', attributes: [{ key: 's', value: { boolValue: true } }] },
            spans: [
              {
                traceId: '5B8EFFF798038103D269B633813FC60C',
                spanId: 'eee19b7ec3c1b174',
                parentSpanId: 'eee19b7ec3c1b173',
                traceState: 'a=b',
                name: 'chat gpt-4o',
                kind: 3,
                startTimeUnixNano: '1767225600000000001',
                endTimeUnixNano: '1767225600812000000',
                attributes: [{ key: 'gen_ai.usage.input_tokens', value: { intValue: '12' } }],
                droppedAttributesCount: 2,
                events: [
                  {
                    timeUnixNano: '1767225600100000000',
                    name: 'exception',
                    attributes: [{ key: 'exception.message', value: { stringValue: 'no' } }],
                  },
                  { name: 'without a time' },
                ],
                links: [{ traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b172' }],
                status: { code: 2, message: 'it failed' },
                flags: 257,
              },
            ],
          },
        ],
      },
    ],
  };
  const expected: OtlpSpan = {
    traceId: '5b8efff798038103d269b633813fc60c',
    spanId: 'eee19b7ec3c1b174',
    parentSpanId: 'eee19b7ec3c1b173',
    name: 'chat gpt-4o',
    kind: 3,
    startedAt: new Date('2026-01-01T00:00:00Z'),
    startNano: 1_767_225_600_000_000_001n,
    endNano: 1_767_225_600_812_000_000n,
    attributes: new Map([['gen_ai.usage.input_tokens', 12]]),
    events: [
      {
        name: 'exception',
        time: new Date('2026-01-01T00:00:00.100Z'),
        attributes: new Map([['exception.message', 'no']]),
      },
      { name: 'without a time', time: null, attributes: new Map() },
    ],
    status: { code: 2, message: 'it failed' },
    scope: { name: 'ai', version: '6.0.1', attributes: new Map([['s', true]]) },
    resource: new Map([['service.name', 'shop']]),
  };
  expect(spansOfJson(body)).toEqual([expected]);
  expect(spansOfProtobuf(body)).toEqual([expected]);
});

test.each<[string, JsonObject, JsonValue]>([
  ['a text', { stringValue: 'Zürich 🙂' }, 'Zürich 🙂'],
  ['an empty text', { stringValue: '' }, ''],
  ['NUL', { stringValue: 'a\u0000b' }, 'a\u0000b'],
  ['true', { boolValue: true }, true],
  ['false', { boolValue: false }, false],
  ['a whole number', { intValue: '42' }, 42],
  ['a negative one', { intValue: '-42' }, -42],
  ['zero', { intValue: '0' }, 0],
  ['2^53 - 1', { intValue: '9007199254740991' }, 9_007_199_254_740_991],
  ['a fraction', { doubleValue: 0.25 }, 0.25],
  ['NaN', { doubleValue: 'NaN' }, 'NaN'],
  ['infinity', { doubleValue: '-Infinity' }, '-Infinity'],
  ['bytes', { bytesValue: '+/8A' }, '+/8A'],
  ['a list', toAnyValue(['a', 1, [true]]), ['a', 1, [true]]],
  ['an empty list', { arrayValue: {} }, []],
  ['an object', toAnyValue({ a: { b: [1.5] } }), { a: { b: [1.5] } }],
  ['nothing', {}, null],
])('an attribute that is %s', (_, value, expected) => {
  expect(decodeValue(value)).toEqual(expected);
});

test('whole numbers beyond 2^53 keep their digits', () => {
  for (const literal of ['9007199254740993', '-9223372036854775808', '9223372036854775807']) {
    expect(decodeValue({ intValue: literal })).toEqual(new ExactNumber(literal));
  }
});

test('a number of JSON is taken where protobuf says a string, times included', () => {
  const text = JSON.stringify(aTraceExport([spanWith([{ key: 'x', value: { intValue: 7 } }])]))
    .replace(/"startTimeUnixNano":"(\d+)"/, '"startTimeUnixNano":$1')
    .replace('"intValue":7', '"intValue":9007199254740993');
  const [span] = decodeJsonSpans(Buffer.from(text)).items;
  expect(span).toMatchObject({ attributes: new Map([['x', new ExactNumber('9007199254740993')]]) });
  expect((span as OtlpSpan).startNano % 1_000_000n).toBe(0n);
  expect(String((span as OtlpSpan).startNano)).toBe(/"startTimeUnixNano":(\d+)/.exec(text)?.[1]);
});

test('a key named __proto__ is a key like any other, and changes no prototype', () => {
  const value = { kvlistValue: { values: [{ key: '__proto__', value: toAnyValue({ polluted: true }) }] } };
  const body = aTraceExport([
    spanWith([
      { key: '__proto__', value: toAnyValue({ polluted: true }) },
      { key: 'x', value },
    ]),
  ]);
  for (const [span] of [spansOfJson(body), spansOfProtobuf(body)]) {
    const { attributes } = span as OtlpSpan;
    expect(attributes.get('__proto__')).toEqual({ polluted: true });
    expect(Object.keys(attributes.get('x') as object)).toEqual(['__proto__']);
  }
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('an end that is missing or 0 is null, and one before the start is kept', () => {
  expect(decodeSpan(anOtlpSpan({ endTimeUnixNano: '0' }))).toMatchObject({ endNano: null });
  const span = decodeSpan(anOtlpSpan({ endTimeUnixNano: '1' }));
  expect(span).toMatchObject({ endNano: 1n });
});

test('the root of a trace has no parent, whether the id is missing, empty or zero', () => {
  for (const parentSpanId of ['', '0000000000000000'])
    expect(decodeSpan(anOtlpSpan({ parentSpanId }))).toMatchObject({ parentSpanId: null });
  expect(decodeSpan(anOtlpSpan())).toMatchObject({ parentSpanId: null });
});

describe('a span is refused', () => {
  test.each<[string, JsonObject, RegExp]>([
    ['without a trace id', { traceId: '' }, /`traceId` must be 16 bytes/],
    ['with a trace id of zeros', { traceId: '0'.repeat(32) }, /`traceId` must be 16 bytes/],
    ['with a short trace id', { traceId: 'abcd' }, /`traceId` must be 16 bytes/],
    ['with a span id of zeros', { spanId: '0'.repeat(16) }, /`spanId` must be 8 bytes/],
    ['with a long span id', { spanId: 'a'.repeat(32) }, /`spanId` must be 8 bytes/],
    ['with a short parent', { parentSpanId: 'ab' }, /`parentSpanId` must be 8 bytes/],
    ['without a start', { startTimeUnixNano: '0' }, /`startTimeUnixNano` is missing/],
  ])('%s, in both encodings', (_, fields, reason) => {
    expect(decodeSpan(anOtlpSpan(fields))).toEqual({ reason: expect.stringMatching(reason) });
  });

  test.each<[string, JsonObject, RegExp]>([
    ['ids as base64', { traceId: 'W47/95gDgQPSabYzgT/GDA==' }, /no base64/],
    ['attributes as an object', { attributes: { 'user.id': 'x' } as never }, /`attributes` must be a list such as/],
    ['a value without its type', { attributes: [{ key: 'x', value: 'y' }] as never }, /an object that names its type/],
    ['a time that is no number', { startTimeUnixNano: '2026-01-01T00:00:00Z' }, /nanoseconds since 1970/],
    ['a time beyond 64 bits', { startTimeUnixNano: '99999999999999999999' }, /nanoseconds since 1970/],
    ['a name that is a number', { name: 7 }, /`name` must be a string/],
    ['events as an object', { events: {} }, /`events` must be a list/],
  ])('as JSON with %s', (_, fields, reason) => {
    const [span] = spansOfJson(aTraceExport([{ ...anOtlpSpan(), ...fields }]));
    expect(span).toEqual({ reason: expect.stringMatching(reason) });
  });

  test('with a value nested 1,000 deep, and its neighbours are not', () => {
    let deep: JsonObject = { stringValue: 'x' };
    for (let depth = 0; depth < 1_000; depth++) deep = { arrayValue: { values: [deep] } };
    const spans = [anOtlpSpan(), anOtlpSpan()];
    const bytes = toProtobufWithDeep(spans, 1_000);
    const body = aTraceExport([anOtlpSpan(), spanWith([{ key: 'deep', value: deep }])]);
    for (const decoded of [spansOfJson(body), [...decodeProtobufSpans(bytes).items]]) {
      expect(decoded[0]).not.toBeInstanceOf(Refused);
      expect(decoded[1]).toEqual({ reason: 'A value of it is nested deeper than 48 levels.' });
    }
    const [, shallow] = decodeProtobufSpans(toProtobufWithDeep(spans, 47)).items;
    expect(shallow).not.toBeInstanceOf(Refused);
    const [, beyond] = decodeProtobufSpans(toProtobufWithDeep(spans, 48)).items;
    expect(beyond).toBeInstanceOf(Refused);
  });

  test('with more than 100,000 values', () => {
    const many = { arrayValue: { values: Array.from({ length: 100_001 }, () => ({})) } };
    expect(decodeSpan(spanWith([{ key: 'x', value: many }]))).toEqual({ reason: 'It holds more than 100000 values.' });
  });
});

test('10,000 attributes are decoded, the last of a name counts, and one without a name is left out', () => {
  const attributes = Array.from({ length: 10_000 }, (_, index) => ({
    key: `llm.input_messages.${index}.message.content`,
    value: { stringValue: 'x' },
  }));
  const span = spanWith([
    ...attributes,
    { key: 'twice', value: { intValue: '1' } },
    { key: 'twice', value: { intValue: '2' } },
    { key: '', value: { intValue: '3' } },
  ]);
  const decoded = (decodeSpan(span) as OtlpSpan).attributes;
  expect(decoded.size).toBe(10_001);
  expect(decoded.get('twice')).toBe(2);
});

test('what counts for every span of a resource is kept as far as it is short', () => {
  const resource = {
    long: 'x'.repeat(1_000_000),
    'service.version': '1.2.3',
    fits: 'y'.repeat(16_000),
    more: 'z'.repeat(500),
  };
  const body = aTraceExport([anOtlpSpan()], resource);
  for (const [span] of [spansOfJson(body), spansOfProtobuf(body)]) {
    expect([...(span as OtlpSpan).resource.keys()]).toEqual(['service.name', 'service.version', 'fits']);
  }
});

test('more than 20,000 spans are too many', () => {
  const spans = Array.from({ length: 20_001 }, () => ({}));
  const expected = expect.objectContaining({ code: 'too_many_items' });
  expect(() => decodeJsonSpans(toJson(aTraceExport(spans)))).toThrow(expected);
  expect(() => decodeProtobufSpans(toProtobuf(aTraceExport(spans)))).toThrow(expected);
  const owners = Buffer.from('0a00'.repeat(20_001), 'hex');
  expect(() => decodeProtobufSpans(owners)).toThrow(expected);
});

describe('log records', () => {
  const ids = { traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174' };

  test('of a span are decoded, and others are null', () => {
    const body = aLogsExport([
      anOtlpRecord({ ...ids, timeUnixNano: '1767225600000000000', eventName: 'gen_ai.choice' }),
      anOtlpRecord({ ...ids, timeUnixNano: '0', observedTimeUnixNano: '1767225601000000000' }),
      { severityNumber: 9, severityText: 'INFO', body: { stringValue: 'started' }, flags: 1 },
      { ...ids, traceId: '0'.repeat(32) },
    ]);
    const records = recordsOfJson(body);
    expect(recordsOfProtobuf(body)).toEqual(records);
    expect(records).toEqual([
      {
        ...ids,
        eventName: 'gen_ai.choice',
        time: new Date('2026-01-01T00:00:00Z'),
        attributes: new Map([['event.name', 'gen_ai.user.message']]),
        body: { content: 'What is the capital of France?' },
        scope: { name: 'tests', version: null, attributes: new Map() },
        resource: new Map([['service.name', 'shop']]),
      } satisfies OtlpLogRecord,
      expect.objectContaining({ eventName: null, time: new Date('2026-01-01T00:00:01Z') }),
      null,
      null,
    ]);
  });

  test('sent as spans, and spans sent as log records, are told where they belong', () => {
    const logs = aLogsExport([anOtlpRecord(ids)]);
    const spans = aTraceExport([anOtlpSpan()]);
    expect(() => decodeJsonSpans(toJson(logs))).toThrow(/send it to \/v1\/logs/);
    expect(() => decodeJsonRecords(toJson(spans))).toThrow(/send it to \/v1\/traces/);
    expect([...decodeProtobufSpans(toProtobuf(logs)).items]).toEqual([
      { reason: expect.stringMatching(/send it to \/v1\/logs/) },
    ]);
    expect([...decodeProtobufRecords(toProtobuf(spans)).items]).toEqual([
      { reason: expect.stringMatching(/send it to \/v1\/traces/) },
    ]);
  });
});
