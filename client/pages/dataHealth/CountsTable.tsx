import type { ReactNode } from 'react';
import type { DataHealthSource } from '#shared/dataHealth';
import { formatCount } from '../../lib/formatNumber.ts';
import classes from './DataHealthPage.module.css';
import table from '../../components/PlainTable.module.css';

/** A column of numbers. */
export interface CountColumn<Row> {
  readonly title: string;
  readonly of: (row: Row) => number;
}

/** What became of all that came in, which each hour and each way in has. */
export const ARRIVAL_COLUMNS: readonly CountColumn<Omit<DataHealthSource, 'source'>>[] = [
  { title: 'Accepted', of: ({ accepted }) => accepted },
  { title: 'Dropped', of: ({ dropped }) => dropped.reduce((sum, { count }) => sum + count, 0) },
  { title: 'Refused', of: ({ rejected }) => rejected },
  { title: 'Cut', of: ({ truncated }) => truncated },
  { title: 'Wrong clock', of: ({ clock_skewed }) => clock_skewed },
];

type CountsTableProps<Row, Column extends CountColumn<Row>> = {
  /** Of the heading. */
  id: string;
  title: string;
  /** Of the first column, which names the rows. */
  rowTitle: string;
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  nameOf: (row: Row) => string;
  columns: readonly Column[];
  /** Default: the number alone. */
  renderCount?: (row: Row, column: Column) => ReactNode;
};

/** Counts under a heading, a row for each of something; zeros stand back. */
export function CountsTable<Row, Column extends CountColumn<Row>>({
  id,
  title,
  rowTitle,
  rows,
  keyOf,
  nameOf,
  columns,
  renderCount = (row, { of }) => formatCount(of(row)),
}: CountsTableProps<Row, Column>) {
  return (
    <>
      <h2 id={id} className={classes.heading}>
        {title}
      </h2>
      <div className={`${table.scroll} ${classes.counts}`} tabIndex={0} role="region" aria-labelledby={id}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">{rowTitle}</th>
              {columns.map((column) => (
                <th key={column.title} scope="col" data-number>
                  {column.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={keyOf(row)}>
                <th scope="row">{nameOf(row)}</th>
                {columns.map((column) => (
                  <td key={column.title} data-number data-none={column.of(row) === 0 || undefined}>
                    {renderCount(row, column)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
