/** The frame around spans: what is no export is refused as a whole, and what is odd but sound is read. */
import type { JsonObject } from '#shared/primitives';
import { AppError } from '#server/errors';
import { anOtlpSpan, aTraceExport } from '#tests/support/otlp';
import { toProtobuf } from '#tests/support/otlpProtobuf';
import { Refused } from './decoded.ts';
import { decodeJsonSpans } from './json.ts';
import { decodeProtobufSpans } from './protobuf.ts';
import type { OtlpSpan } from './span.ts';

const toJson = (body: JsonObject) => Buffer.from(JSON.stringify(body));
const spansOfJson = (body: JsonObject) => [...decodeJsonSpans(toJson(body)).items];

describe('an export as JSON', () => {
  test.each<[string, JsonObject, RegExp]>([
    ['snake_case', { resource_spans: [] }, /`resourceSpans`, not `resource_spans`/],
    ['an object of resources', { resourceSpans: {} }, /`resourceSpans` must be a list/],
    ['a list of texts', { resourceSpans: ['x'] }, /Each of `resourceSpans` must be an object/],
    ['a resource that is a text', { resourceSpans: [{ resource: 'x' }] }, /`resource` must be an object/],
    ['scopes that are no list', { resourceSpans: [{ scopeSpans: 1 }] }, /`scopeSpans` must be a list/],
  ])('with %s is refused', (_, body, reason) => {
    expect(() => decodeJsonSpans(toJson(body))).toThrow(reason);
    expect(() => decodeJsonSpans(toJson(body))).toThrow(AppError);
  });

  test('of nothing is empty, and what is not known is ignored', () => {
    expect(decodeJsonSpans(toJson({})).count).toBe(0);
    expect(decodeJsonSpans(toJson({ resourceSpans: null, other: [1] })).count).toBe(0);
    const [span] = spansOfJson(aTraceExport([{ ...anOtlpSpan(), newField: { a: 1 } }]));
    expect(span).not.toBeInstanceOf(Refused);
  });
});

describe('an export as JSON is refused', () => {
  test.each<[string, string, string]>([
    ['of no bytes', '', 'empty_body'],
    ['of a word', 'hello', 'invalid_value'],
    ['of a list', '[]', 'invalid_value'],
    ['that ends early', '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"x"', 'invalid_json'],
    ['with something behind it', '{"resourceSpans":[]} x', 'invalid_json'],
    ['without a colon', '{"resourceSpans" []}', 'invalid_json'],
    ['without a value', '{"resourceSpans":}', 'invalid_value'],
    ['with a comma too many', '{"resourceSpans":[],}', 'invalid_json'],
    ['with a text without an end', '{"a":"\\"}', 'invalid_json'],
    ['with a key that is none', '{resourceSpans:[]}', 'invalid_json'],
  ])('%s', (_, text, code) => {
    expect(() => decodeJsonSpans(Buffer.from(text))).toThrow(expect.objectContaining({ code }));
  });

  test('that is no UTF-8', () => {
    expect(() => decodeJsonSpans(Buffer.from('7b2261223a22ff227d', 'hex'))).toThrow(/not valid UTF-8/);
  });

  test('within a span alone, where that is no JSON', () => {
    const text = JSON.stringify(aTraceExport([{ a: 1 }, anOtlpSpan()])).replace('{"a":1}', '{"a":1 2}');
    expect([...decodeJsonSpans(Buffer.from(text)).items].map((span) => span instanceof Refused)).toEqual([true, false]);
  });

  test('but not for white space, a byte order mark, or escaped names', () => {
    const text = JSON.stringify(aTraceExport([anOtlpSpan()]), null, 2).replace('"spans"', '"sp\\u0061ns"');
    const items = [...decodeJsonSpans(Buffer.from(`\uFEFF${text}\n`)).items];
    expect(items).toHaveLength(1);
    expect(items[0]).not.toBeInstanceOf(Refused);
  });

  test('in a span of a million values', () => {
    const text = JSON.stringify(aTraceExport([{ other: 'X' }])).replace('"X"', `[${'[],'.repeat(1_000_000)}0]`);
    expect([...decodeJsonSpans(Buffer.from(text)).items]).toEqual([
      { reason: 'It holds more than 500000 values of JSON.' },
    ]);
  });
});

describe('an export as protobuf', () => {
  const invalid = expect.objectContaining({ code: 'invalid_protobuf' });

  test('of no bytes is empty', () => {
    expect(decodeProtobufSpans(Buffer.alloc(0)).count).toBe(0);
  });

  test.each([
    ['JSON', Buffer.from('{"resourceSpans":[]}')],
    ['a length beyond its end', Buffer.from('0aff01', 'hex')],
    ['a length of 2^63', Buffer.from('0affffffffffffffff7f', 'hex')],
    ['a varint that does not end', Buffer.from('08ffffffffffffffffffff', 'hex')],
    ['a varint that is cut', Buffer.from('0880', 'hex')],
    ['a group', Buffer.from('0b0c', 'hex')],
    ['field 0', Buffer.from('0200', 'hex')],
    ['a wire type that there is none of', Buffer.from('0f', 'hex')],
  ])('of %s is refused', (_, bytes) => {
    expect(() => decodeProtobufSpans(bytes)).toThrow(invalid);
  });

  test('that is broken within a span refuses that span alone', () => {
    const good = toProtobuf(aTraceExport([anOtlpSpan()]));
    // resourceSpans > scopeSpans > span, which says that it holds 5 bytes more than it does.
    const bad = Buffer.from('0a0612041202' + '0a05', 'hex');
    const spans = [...decodeProtobufSpans(Buffer.concat([bad, good])).items];
    expect(spans.map((span) => span instanceof Refused)).toEqual([true, false]);
  });

  test('whose resource comes behind its spans, and in pieces, is read as one', () => {
    const [a, b] = ['a', 'b'].map((key) => toProtobuf(aTraceExport([], { [key]: 'x' })).subarray(2));
    const spans = toProtobuf({ resourceSpans: [{ scopeSpans: [{ spans: [anOtlpSpan()] }] }] });
    const group = Buffer.concat([spans.subarray(lengthOfHead(spans)), resourceOf(a), resourceOf(b)]);
    const [span] = decodeProtobufSpans(Buffer.concat([Buffer.from([0x0a]), varint(group.length), group])).items;
    expect([...(span as OtlpSpan).resource.keys()].toSorted()).toEqual(['a', 'b', 'service.name']);
  });

  test('with a text that is no UTF-8 is repaired', () => {
    const bytes = toProtobuf(aTraceExport([anOtlpSpan({ name: 'cut: AAAA' })]));
    bytes.fill(0xff, bytes.indexOf('AAAA'), bytes.indexOf('AAAA') + 4);
    const [span] = decodeProtobufSpans(bytes).items;
    expect((span as OtlpSpan).name).toBe('cut: ����');
  });
});

/** Bytes of the tag and the length that an export begins with. */
function lengthOfHead(bytes: Buffer): number {
  let at = 1;
  while ((bytes[at] ?? 0) >= 0x80) at++;
  return at + 1;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let left = value; ; left >>>= 7) {
    bytes.push(left > 0x7f ? (left & 0x7f) | 0x80 : left);
    if (left <= 0x7f) return Buffer.from(bytes);
  }
}

/** The field `resource` at the beginning of a group, with its head. */
function resourceOf(group: Buffer | undefined): Buffer {
  if (!group) throw new Error('There are two groups.');
  return group.subarray(0, 2 + (group[1] ?? 0));
}
