/** Money as whole trillionths of a dollar, which is what the columns keep: sums are exact, floats would not be. Pure. */

const DIGITS = 12;

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

/** `0.120000000000` as `0.12`. */
export function trimZeros(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}
