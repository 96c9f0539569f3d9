import fc from 'fast-check';
import { formatAttodollars, formatUsd, parseUsd, trimZeros } from './usd.ts';

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

test('what is smaller than a trillionth is rounded at the end, half up', () => {
  expect(formatAttodollars(499_999n)).toBe('0');
  expect(formatAttodollars(500_000n)).toBe('0.000000000001');
});
