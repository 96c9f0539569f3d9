/**
 * Money in whole numbers: floats would not be exact. Sums of one request are counted in attodollars (1e-18), which hold
 * a token at a price of twelve decimals for a million; columns keep trillionths (1e-12). Pure.
 */

const DIGITS = 12;
const ATTODOLLARS = 1_000_000n;

/** `"0.0012"` as 1_200_000_000n. More than twelve decimals are cut. */
export function parseUsd(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.');
  return BigInt(whole + fraction.padEnd(DIGITS, '0').slice(0, DIGITS));
}

/** 1_200_000_000n as `"0.0012"`. */
export function formatUsd(trillionths: bigint): string {
  const digits = trillionths.toString().padStart(DIGITS + 1, '0');
  return trimZeros(`${digits.slice(0, -DIGITS)}.${digits.slice(-DIGITS)}`);
}

/** Attodollars as dollars, rounded to trillionths, half up. */
export function formatAttodollars(attodollars: bigint): string {
  return formatUsd((attodollars + ATTODOLLARS / 2n) / ATTODOLLARS);
}

/** `0.120000000000` as `0.12`. */
export function trimZeros(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}
