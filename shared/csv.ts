/** Lines of CSV (RFC 4180) that a spreadsheet takes for text. Pure. */

/** What a spreadsheet would take for a formula, or skips before one. */
const FORMULA = /^[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/;
const QUOTED = /[",\r\n]/;

/** A text, a number or nothing as a cell. A text that begins like a formula gets an apostrophe in front. */
export function csvCell(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A line of CSV with its end (RFC 4180), safe to open in a spreadsheet. */
export function csvLine(cells: readonly (string | number | boolean | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}
