import fc from 'fast-check';
import { formatAttodollars, formatUsd, parseUsd, perMillion, perThousand, trimZeros } from './usd.ts';

test('dollars written and read again are the same, to the trillionth', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 24n }), (trillionths) => {
      const text = formatUsd(trillionths);
      expect(parseUsd(text)).toBe(trillionths);
      expect(text).not.toMatch(/\.\d*0$|\.$/);
    }),
  );
});

test.each([
  ['0.120000000000', '0.12'],
  ['100', '100'],
  ['100.000', '100'],
  ['0.0', '0'],
])('%s is written as %s', (given, expected) => {
  expect(trimZeros(given)).toBe(expected);
});

test.each([
  [0.1, '0.1'],
  [0.0028, '0.0028'],
  [1e-7, '0.0000001'],
  [0.08333333333333334, '0.083333333333'],
])('a million times %p for a million is %s', (price, expected) => {
  expect(formatAttodollars(perMillion(price) * 1_000_000n)).toBe(expected);
  expect(formatAttodollars(perThousand(price) * 1_000n)).toBe(expected);
});

test('what is smaller than a trillionth is rounded at the end, half up', () => {
  expect(formatAttodollars(499_999n)).toBe('0');
  expect(formatAttodollars(500_000n)).toBe('0.000000000001');
});
