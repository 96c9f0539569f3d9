/** Numbers as people read them. English grouping on purpose: the interface speaks English. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const thousandths = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 });
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 });
const cents = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const marks = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 12 });

/** `1234567` → `1,234,567`. */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** `8.47` → `8.47`: up to three decimals, for what is measured and not counted. */
export function formatQuantity(quantity: number): string {
  return thousandths.format(quantity);
}

/** Exact below 100,000, then short: `1.23M`. Show the exact number beside it or on hover. */
export function formatCompact(count: number): string {
  return Math.abs(count) < 100_000 ? whole.format(count) : compact.format(count);
}

/** `50000` → `50K`: of the marks of an axis, which are round. */
export function formatShort(count: number): string {
  return Math.abs(count) < 10_000 ? whole.format(count) : compact.format(count);
}

/** `0.4` → `<1 ms`, `842` → `842 ms`, `1240` → `1.24 s`, `65000` → `1 min 5 s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds > 0 && milliseconds < 1) return '<1 ms';
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const wholeSeconds = Math.round(seconds);
  const minutes = Math.floor(wholeSeconds / 60);
  if (minutes < 60) return `${minutes} min ${wholeSeconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Dollars from a decimal string, with enough digits for tiny amounts: `$12.34`, `$0.0042`, `<$0.00001`. */
export function formatUsd(amount: string): string {
  const dollars = Number(amount);
  if (dollars === 0) return '$0.00';
  if (dollars >= 0.995) return `$${cents.format(dollars)}`;
  if (dollars < 0.000_01) return '<$0.00001';
  // Two significant digits say enough below one dollar; more would make a column hard to read.
  // Rounded before they are counted: 0.00998 is 0.010, and not 0.0100.
  const rounded = Number(dollars.toPrecision(2));
  const decimals = Math.max(2, 1 - Math.floor(Math.log10(rounded)));
  return `$${rounded.toFixed(decimals)}`;
}

/** `0.125` → `$0.125`: of the marks of an axis, which are round and of which none is another. */
export function formatUsdMark(dollars: number): string {
  return `$${marks.format(dollars)}`;
}

/** `(3, 40)` → `7.5%`. Nothing of nothing is `0%`. */
export function formatShare(part: number, total: number): string {
  if (total === 0 || part === 0) return '0%';
  const percent = (part / total) * 100;
  if (percent < 0.1) return '<0.1%';
  return `${percent >= 10 ? Math.round(percent) : Number(percent.toFixed(1))}%`;
}

/** `(160, 200)` → `+25%`, `(100, 95.9)` → `−4.1%`. A little is never shown as nothing, nor nearly all as all. */
export function formatChange(from: number, to: number): string {
  const percent = ((to - from) / from) * 100;
  const size = Math.abs(percent);
  const isNearlyAll = size < 100 && Math.round(size) === 100;
  const shown = isNearlyAll ? Math.floor(size * 10) / 10 : size >= 10 ? Math.round(size) : Number(size.toFixed(1));
  return `${percent > 0 ? '+' : '−'}${shown === 0 ? '<0.1' : shown}%`;
}

/** `plural(1, 'error')` → `1 error`, `plural(2, 'error')` → `2 errors`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `6` → `6 B`, `30000` → `30 kB`, `1500000` → `1.5 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} kB`;
  return `${Number((bytes / 1_000_000).toFixed(1))} MB`;
}
