import { createHash } from 'node:crypto';
import { generateApiKey, hashSecret, isSameSecret, looksLikeApiKey } from './apiKeySecret.ts';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

test.each(['pl_live_', 'acme_', 'x_y_z_'])(
  'a key is %s and 43 characters of base62; its prefix shows four of them',
  (prefix) => {
    const { key, key_prefix, key_hash } = generateApiKey(prefix);
    expect(key).toMatch(new RegExp(`^${prefix}[0-9A-Za-z]{43}$`));
    expect(key_prefix).toBe(key.slice(0, prefix.length + 4));
    expect(key_hash).toEqual(createHash('sha256').update(key).digest());
    expect(looksLikeApiKey(key)).toBe(true);
  },
);

test('no two keys are alike', () => {
  expect(new Set(Array.from({ length: 1_000 }, () => generateApiKey('pl_live_').key)).size).toBe(1_000);
});

test('every character is as likely as any other: bytes that would favour the first ones are left out', () => {
  // 256 is no multiple of 62: the last eight bytes would come out as 0 … 7 once more.
  const rounds = [
    Buffer.from([248, 249, 250, 251, 252, 253, 254, 255]),
    Buffer.from(Array.from({ length: 62 }, (_, byte) => byte)),
  ];
  expect(generateApiKey('', () => rounds.shift() ?? Buffer.alloc(0)).key).toBe(BASE62.slice(0, 43));
  const last = Buffer.alloc(64, 247);
  expect(generateApiKey('', () => last).key).toBe('z'.repeat(43));
});

test.each([
  ['', false],
  ['pl_live_', false],
  [`pl_live_${'a'.repeat(43)}`, true],
  [`pl_live_${'a'.repeat(42)}`, false],
  [`pl_live_${'a'.repeat(44)}`, false],
  // A key lives on when API_KEY_PREFIX is changed.
  [`pl_test_${'a'.repeat(43)}`, true],
  [`PL_LIVE_${'a'.repeat(43)}`, true],
  ['a'.repeat(43), false],
  [`_${'a'.repeat(43)}`, false],
  [`${'x'.repeat(40)}_${'a'.repeat(43)}`, false],
  [`pl_live_${'a'.repeat(42)}-`, false],
  [`pl_live_${'a'.repeat(42)}é`, false],
  [`pl_live_${'a'.repeat(42)}\n`, false],
  [`pl_live_${'a'.repeat(20)}' OR '1'='1${'a'.repeat(12)}`, false],
])('whether %j can be a key: %p', (text, expected) => {
  expect(looksLikeApiKey(text)).toBe(expected);
});

test.each([
  ['same', 'same', true],
  ['same', 'other', false],
  ['same', 'sam', false],
  ['same', 'same ', false],
  ['', '', true],
  ['é', 'e\u0301', false],
  ['ÿÿÿÿ', 'yyyy', false],
])('%j and %j are the same secret: %p, whatever their lengths', (a, b, expected) => {
  expect(isSameSecret(a, b)).toBe(expected);
});

test('a hash is of 32 bytes', () => {
  expect(hashSecret('x')).toHaveLength(32);
});
