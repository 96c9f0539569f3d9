import fc from 'fast-check';
import { type JsonValue, LIMITS } from '#shared/primitives';
import { hasUnstorable, sanitize, truncate } from './sanitize.ts';

type Container = JsonValue[] | { [key: string]: JsonValue };

/** Sanitizes a copy, as a body that was parsed for us alone. */
function clean(value: Container) {
  const copy = JSON.parse(JSON.stringify(value)) as Container;
  return { value: copy, ...sanitize(copy) };
}

const nested = (depth: number): Container => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

const unclean = fc.constantFrom('\u0000', '\ud83d', '\udc00', '\ufffd', '__proto__', 'constructor', '😀', 'a', '');
const text = fc
  .array(fc.oneof(unclean, fc.string({ unit: 'binary' })), { maxLength: 4 })
  .map((parts) => parts.join(''));
/** Any JSON that a caller could send, rich in what Postgres refuses. */
const json = fc.letrec<{ value: JsonValue; object: { [key: string]: JsonValue } }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc.dictionary(text, tie('value'), { maxKeys: 5, noNullPrototype: true }),
})).object;

test('cleaning twice changes no more than cleaning once', () => {
  fc.assert(
    fc.property(json, (value) => {
      const once = clean(value);
      const twice = clean(once.value);
      expect(twice).toEqual({ ...once, replaced: false });
      expect(JSON.stringify(twice.value)).toBe(JSON.stringify(once.value));
    }),
  );
});

test('what is clean stays as it is, in the order it came', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5, stringUnit: 'grapheme' }), (value) => {
      const before = JSON.stringify([value]);
      const cleaned = clean([value as JsonValue]);
      expect(JSON.stringify(cleaned.value)).toBe(before);
      expect(cleaned).toMatchObject({ replaced: false, truncated: false, problem: null });
    }),
  );
});

test('no key is lost and no value moves, whatever is replaced', () => {
  const shape = (value: JsonValue): unknown =>
    Array.isArray(value)
      ? value.map(shape)
      : value !== null && typeof value === 'object'
        ? Object.values(value).map(shape)
        : typeof value === 'string'
          ? value.replaceAll('\u0000', '\ufffd').toWellFormed()
          : value;
  fc.assert(
    fc.property(json, (value) => {
      const before = JSON.parse(JSON.stringify(value)) as JsonValue;
      expect(shape(clean(value).value)).toEqual(shape(before));
    }),
  );
});

test('nothing unstorable is left in any key or value', () => {
  fc.assert(
    fc.property(json, (value) => {
      const written = JSON.stringify(clean(value).value);
      expect(written).not.toMatch(/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i);
      expect(hasUnstorable(written)).toBe(false);
    }),
  );
});

test('two keys that become the same are both kept', () => {
  const { value } = clean({ 'a\u0000': 1, 'a\ud800': 2, 'a\ufffd': 3, a: 4 });
  expect(Object.values(value)).toEqual([1, 2, 3, 4]);
  expect(value).toMatchObject({ 'a\ufffd': 3, a: 4 });
});

test('a key named __proto__ stays a key', () => {
  const value = JSON.parse('{"__proto__":{"x":"a\\u0000"},"y\\u0000":1}') as Container;
  sanitize(value);
  expect(JSON.stringify(value)).toBe('{"__proto__":{"x":"a\ufffd"},"y\ufffd":1}');
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

test.each<[string, Container, string | null]>([
  ['64 levels', nested(LIMITS.depth), null],
  ['65 levels', nested(LIMITS.depth + 1), 'too_deep'],
  ['200,000 levels', nested(200_000), 'too_deep'],
  ['1,000 keys', Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`k${index}`, 1])), null],
  ['1,001 keys', Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`k${index}`, 1])), 'too_many_keys'],
  ['a key of 256', { ['k'.repeat(256)]: 1 }, null],
  ['a key of 257', { ['k'.repeat(257)]: 1 }, 'key_too_long'],
  ['100,000 values', Array.from({ length: 100_000 }, () => 1), null],
  ['100,001 values', Array.from({ length: 100_001 }, () => 1), 'too_many_values'],
  [
    'many values in many places',
    [Array.from({ length: 60_000 }, () => 1), Array.from({ length: 60_000 }, () => 1)],
    'too_many_values',
  ],
])('%s', (_, value, code) => {
  expect(sanitize(value).problem?.code ?? null).toBe(code);
});

test.each([Infinity, -Infinity, NaN])('the number %d is refused, in an array and in an object', (number) => {
  expect(sanitize([number]).problem?.code).toBe('invalid_value');
  expect(sanitize({ a: number }).problem?.code).toBe('invalid_value');
});

describe('a text that is too long', () => {
  test('is cut to the limit, says how long it was, and is the same when it is cut again', () => {
    const { value, truncated } = clean({
      text: 'x'.repeat(LIMITS.fieldLength + 1),
      short: 'y'.repeat(LIMITS.fieldLength),
    });
    expect(truncated).toBe(true);
    expect(value).toMatchObject({ text: expect.stringMatching(/^x+… \[truncated: 1000001 characters\]$/) });
    for (const text of Object.values(value)) expect(text).toHaveLength(LIMITS.fieldLength);
    expect(clean(value)).toMatchObject({ truncated: false, value });
  });

  test('is never cut into half a character', () => {
    const { value } = clean({ text: '😀'.repeat(LIMITS.fieldLength / 2 + 20) });
    expect(JSON.stringify(value).isWellFormed()).toBe(true);
  });

  test('keeps its length where it is cut to', () => {
    expect(truncate('x'.repeat(500), 100)).toHaveLength(100);
  });
});
