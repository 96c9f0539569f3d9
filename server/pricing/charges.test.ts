import { charge, sumOf, toCostLine } from './charges.ts';
import { writeDollars } from './priceList.ts';
import { formatAttodollars } from './usd.ts';

test.each([
  [0.1, '0.1'],
  [0.0028, '0.0028'],
  [1e-7, '0.0000001'],
  [0.08333333333333334, '0.083333333333'],
])('a million at %p for a million is %s, and so for a thousand and for one', (price, expected) => {
  const dollars = writeDollars(price);
  for (const per of [1, 1_000, 1_000_000] as const) {
    expect(formatAttodollars(charge('x', per, { per, dollars }).amount)).toBe(expected);
  }
});

test('the share of a tier is taken of the tokens, and not of the fees', () => {
  const tokens = [charge('input', 1_000_000, { per: 1_000_000, dollars: '2' })];
  const fees = [charge('web searches', 3, { per: 1_000, dollars: '10' })];
  const price = {
    source: 'builtin',
    provider: null,
    model: 'm',
    version: 'v',
    dated: '2026-01-01',
    valid_from: null,
    source_url: null,
  } as const;
  expect(formatAttodollars(sumOf({ tokens, fees, share: { of: 1n, in: 2n }, price }))).toBe('1.03');
});

test('a line says quantity, rate and amount', () => {
  expect(toCostLine(charge('input', 946, { per: 1_000_000, dollars: '0.250000000000' }))).toEqual({
    what: 'input',
    quantity: 946,
    per: 1_000_000,
    rate_usd: '0.25',
    amount_usd: '0.0002365',
  });
});
