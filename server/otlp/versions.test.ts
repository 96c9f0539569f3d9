import fc from 'fast-check';
import type { JsonObject } from '#shared/primitives';
import { mergeVersions, outranks } from './versions.ts';

const START: JsonObject = { id: 'a', started_at: '2026-01-31T12:00:00.000Z', status: 'incomplete', messages: [] };
const END: JsonObject = { id: 'a', started_at: '2026-01-31T12:00:00.000Z', latency_ms: 250, input_tokens: 3 };

test('an end counts more than none, a later end more than an earlier one, and of two that end together the one that says more', () => {
  expect(outranks(END, START)).toBe(true);
  expect(outranks(START, END)).toBe(false);
  expect(outranks({ ...END, latency_ms: 251, input_tokens: null }, END)).toBe(true);
  expect(outranks({ ...END, output_tokens: 5 }, END)).toBe(true);
  expect(outranks(END, END)).toBe(false);
});

test('what the one that counts leaves unsaid is as the other says it, but for how it went', () => {
  const start = { ...START, messages: [{ role: 'user' }], metadata: { a: 1, b: 1 }, tags: { env: 'x' } };
  const end = { ...END, messages: [], metadata: { b: 2, c: 3 } };
  const merged = {
    id: 'a',
    started_at: '2026-01-31T12:00:00.000Z',
    latency_ms: 250,
    input_tokens: 3,
    messages: [{ role: 'user' }],
    metadata: { a: 1, b: 2, c: 3 },
    tags: { env: 'x' },
  };
  expect(mergeVersions(start, end)).toEqual(merged);
  expect(mergeVersions(end, start)).toEqual(merged);
});

test('a key named __proto__ stays a key', () => {
  const given = JSON.parse('{"id":"a","metadata":{"__proto__":{"x":1}}}') as JsonObject;
  const merged = mergeVersions({ id: 'a', metadata: { y: 2 } }, given);
  expect(JSON.stringify(merged.metadata)).toBe('{"y":2,"__proto__":{"x":1}}');
});

test('two versions are the same in either order', () => {
  const version = fc.record(
    {
      started_at: fc.constantFrom('2026-01-31T12:00:00.000Z', '2026-01-31T12:00:01.000Z'),
      latency_ms: fc.constantFrom(0, 1, 250),
      status: fc.constantFrom('success', 'error'),
      messages: fc.constantFrom<JsonObject[]>([], [{ role: 'user' }], [{ role: 'system' }]),
      input_tokens: fc.nat(3),
      metadata: fc.dictionary(fc.constantFrom('a', 'b'), fc.nat(3)),
    },
    { requiredKeys: ['started_at'] },
  ) as fc.Arbitrary<JsonObject>;
  const sorted = (value: JsonObject) => JSON.parse(JSON.stringify(value, Object.keys(value).toSorted())) as unknown;
  fc.assert(
    fc.property(version, version, (one, other) => {
      expect(mergeVersions(one, other)).toEqual(mergeVersions(other, one));
      expect(sorted(mergeVersions(one, one))).toEqual(sorted(one));
    }),
    { numRuns: 1_000 },
  );
});
