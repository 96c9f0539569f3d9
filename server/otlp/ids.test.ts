import { RequestId } from '#shared/primitives';
import { contentUuid, isSpanUuid, spanUuid } from './ids.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

test('the id of a span is a UUIDv8 that shows the span id, and stays the same', () => {
  const id = spanUuid(TRACE, '00f067aa0ba902b7');
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{2}0-[89ab]0f0-67aa0ba902b7$/);
  expect(spanUuid('0'.repeat(31) + '1', '00f067aa0ba902b7')).not.toBe(id);
  expect(spanUuid(TRACE, '00f067aa0ba902b7')).toBe(id);
  expect(RequestId.parse(id)).toBe(id);
  expect(isSpanUuid(id)).toBe(true);
  expect(isSpanUuid('0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b')).toBe(false);
});

test('each bit of a span id makes another id, and so does each trace', () => {
  const ids = new Set<string>();
  for (let bit = 0n; bit < 64n; bit++) ids.add(spanUuid(TRACE, (1n << bit).toString(16).padStart(16, '0')));
  for (let trace = 1; trace <= 1_000; trace++) ids.add(spanUuid(trace.toString(16).padStart(32, '0'), '1'.repeat(16)));
  expect(ids.size).toBe(1_064);
  for (const id of ids) expect(RequestId.safeParse(id).success).toBe(true);
});

test('the hash is SHA-256 of the digits of the trace id: of "" it would begin with e3b0c442', () => {
  // sha256("4bf92f35…4736"), by sha256sum.
  expect(spanUuid(TRACE, 'ffffffffffffffff').slice(0, 8)).toBe('398acaee');
  expect(contentUuid('')).toBe('e3b0c442-98fc-81c1-89af-f4c8996fb924');
});
