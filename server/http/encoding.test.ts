import { gunzipSync } from 'node:zlib';
import { chooseEncoding, compressAnswer } from './encoding.ts';

test.each([
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip', 'gzip'],
  ['GZIP;q=0.5', 'gzip'],
  ['br;q=0, gzip', 'gzip'],
  ['br;q=0,*', 'gzip'],
  ['*', 'br'],
  ['identity', null],
  ['*;q=0', null],
  ['gzip;q=nonsense', null],
  [undefined, null],
  ['', null],
] as const)('to %j the answer is %j', (header, expected) => {
  expect(chooseEncoding(header, ['br', 'gzip'])).toBe(expected);
});

test('an answer is compressed where that helps, and reads as it was', async () => {
  const parts = [Buffer.from('['), Buffer.from('1,'.repeat(2_000)), Buffer.from('1]')];
  const compressed = await compressAnswer(parts);
  expect(compressed && gunzipSync(compressed).equals(Buffer.concat(parts))).toBe(true);
  expect(compressed?.length).toBeLessThan(100);
  expect(await compressAnswer([Buffer.from('{}')])).toBeNull();
  expect(await compressAnswer([Buffer.alloc(2 ** 20 + 1)])).toBeNull();
});
