/** Figures against targets, of the benchmarks of both SDKs. Pure. */
import { formatTable } from './table.ts';

export interface Row {
  readonly what: string;
  readonly value: string;
  readonly target: string;
  /** Undefined: only shown. */
  readonly isMet: boolean | undefined;
}

export function row(what: string, value: string, target: string, isMet: boolean | undefined): Row {
  return { what, value, target, isMet };
}

export function formatRows(rows: readonly Row[]): string {
  const verdict = ({ isMet }: Row) => (isMet === undefined ? '' : isMet ? 'met' : 'MISSED');
  return formatTable(
    ['what', 'figure', 'target', ''],
    rows.map((one) => [one.what, one.value, one.target, verdict(one)]),
  );
}
