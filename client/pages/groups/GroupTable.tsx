import { Fragment, type ReactNode, useMemo } from 'react';
import { useElementSize } from '@mantine/hooks';
import { dayOf, labelDay } from '../../domain/clock.ts';
import { fitColumns, type SizedColumn } from '../../lib/fitColumns.ts';
import classes from './GroupTable.module.css';
import table from '../../components/RowTable.module.css';

/** Of the sign at the left. */
const SIGN_WIDTH = 20;

/** A column of a list of traces, sessions or users. */
export interface GroupColumn<Row> extends SizedColumn {
  readonly title: string;
  readonly isNumber?: boolean;
  /** Takes the width that the others leave. */
  readonly isWide?: boolean;
  readonly render: (row: Row) => ReactNode;
}

type GroupTableProps<Row> = {
  label: string;
  rows: readonly Row[];
  /** The first holds the link of the row, which is stretched over all of it. */
  columns: readonly GroupColumn<Row>[];
  keyOf: (row: Row) => string;
  /** The time that rows are in the order of: each day has its line. */
  timeOf: (row: Row) => string;
  /** How a row is: shown before it, where that is worth a sign. */
  sign: (row: Row) => ReactNode;
  now: number;
};

/** A dense table whose rows are links. It gives up columns rather than scroll sideways. */
export function GroupTable<Row>({ label, rows, columns, keyOf, timeOf, sign, now }: GroupTableProps<Row>) {
  const { ref, width } = useElementSize();
  const shown = useMemo(() => (width === 0 ? columns : fitColumns(columns, width - SIGN_WIDTH)), [columns, width]);
  return (
    <div className={classes.box}>
      <div ref={ref}>
        <table className={table.table} aria-label={label}>
          <colgroup>
            <col style={{ width: SIGN_WIDTH }} />
            {shown.map(({ name, width: own, isWide }) => (
              <col key={name} style={isWide ? undefined : { width: own }} />
            ))}
          </colgroup>
          <thead className={table.head}>
            <tr>
              <th className={table.sign}>
                <span className={classes.hidden}>Status</span>
              </th>
              {shown.map(({ name, title, isNumber }) => (
                <th key={name} scope="col" data-number={isNumber || undefined}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => {
              const before = rows[index - 1];
              const isNewDay = before === undefined || dayOf(timeOf(before)) !== dayOf(timeOf(row));
              return (
                <Fragment key={keyOf(row)}>
                  {isNewDay && (
                    <tr className={table.day}>
                      <th colSpan={shown.length + 1} scope="rowgroup">
                        {labelDay(timeOf(row), now)}
                      </th>
                    </tr>
                  )}
                  <tr className={table.row}>
                    <td className={table.sign}>{sign(row)}</td>
                    {shown.map(({ name, isNumber, render }) => (
                      <td key={name} data-number={isNumber || undefined}>
                        {render(row)}
                      </td>
                    ))}
                  </tr>
                </Fragment>
              );
            })}
          </tbody>
        </table>
      </div>
    </div>
  );
}
