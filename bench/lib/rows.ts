/** Figures against targets, of the benchmarks of both SDKs. Pure. */
import { formatTable } from './table.ts';

/** A figure with its target, both as they are printed. */
export interface Row {
  readonly what: string;
  readonly value: string;
  readonly target: string;
  /** Undefined: only shown. */
  readonly isMet: boolean | undefined;
}

/** A row, for a table that is written down line by line. */
export function row(what: string, value: string, target: string, isMet: boolean | undefined): Row {
  return { what, value, target, isMet };
}

/** The table, with `met` or `MISSED` at the end of each row that has a target. */
export function formatRows(rows: readonly Row[]): string {
  const verdict = ({ isMet }: Row) => (isMet === undefined ? '' : isMet ? 'met' : 'MISSED');
  return formatTable(
    ['what', 'figure', 'target', ''],
    rows.map((one) => [one.what, one.value, one.target, verdict(one)]),
  );
}
