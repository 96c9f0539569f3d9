import { newId } from './ids.ts';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('an id is a UUIDv7 (RFC 9562, 5.7)', () => {
  for (let round = 0; round < 1_000; round++) expect(newId()).toMatch(UUID_V7);
});

test('it begins with the time it was made at', () => {
  const at = Date.parse('2026-06-15T12:00:00.123Z');
  expect(Number.parseInt(newId(at).replace('-', '').slice(0, 12), 16)).toBe(at);
  expect(newId(0)).toMatch(/^00000000-0000-7/);
});

test('later ones sort after earlier ones', () => {
  const ids = Array.from({ length: 100 }, (_, index) => newId(1_750_000_000_000 + index));
  expect([...ids].sort()).toEqual(ids);
});

test('2,000 of one millisecond sort in the order in which they were made', () => {
  for (let round = 0; round < 20; round++) {
    const ids = Array.from({ length: 2_000 }, () => newId(1_750_000_000_000 + round));
    expect([...ids].sort()).toEqual(ids);
  }
});

test('100,000 of one millisecond are all different, and use all four variants', () => {
  const ids = Array.from({ length: 100_000 }, () => newId(1_750_000_000_000));
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(ids.map((id) => id[19]))).toEqual(new Set(['8', '9', 'a', 'b']));
});
