import { Fragment, type ReactNode, useMemo } from 'react';
import { useElementSize } from '@mantine/hooks';
import type { GroupSort } from '#shared/stats';
import { ariaSort, SortButton } from '../../components/SortButton.tsx';
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
  /** What a click on its title asks for, in a list that can be sorted: the largest first; `time`: the latest. */
  readonly sort?: GroupSort | 'time';
  /** Takes the width that the others leave. */
  readonly isWide?: boolean;
  readonly render: (row: Row) => ReactNode;
}

export interface Sorting {
  readonly by: GroupSort | 'time';
  readonly onSort: (by: GroupSort | 'time') => void;
}

type GroupTableProps<Row> = {
  label: string;
  rows: readonly Row[];
  /** The first holds the link of the row, which is stretched over all of it. */
  columns: readonly GroupColumn<Row>[];
  keyOf: (row: Row) => string;
  /** The time that rows are in the order of: each day has its line. Undefined where they are in another order. */
  timeOf: ((row: Row) => string) | undefined;
  /** In a list that can be sorted: by what it is. */
  sorting?: Sorting | undefined;
  /** How a row is: shown before it, where that is worth a sign. */
  sign: (row: Row) => ReactNode;
  now: number;
};

/** A dense table whose rows are links. It gives up columns rather than scroll sideways. */
export function GroupTable<Row>(props: GroupTableProps<Row>) {
  const { label, rows, columns, keyOf, timeOf, sorting, sign, now } = props;
  const { ref, width } = useElementSize();
  const by = sorting?.by;
  const shown = useMemo(() => {
    // What the rows are sorted by stays in sight.
    const kept = columns.map((column) => (by !== undefined && column.sort === by ? { ...column, giveUp: 0 } : column));
    return width === 0 ? kept : fitColumns(kept, width - SIGN_WIDTH);
  }, [columns, width, by]);
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
              {shown.map(({ name, title, isNumber, sort }) => {
                const direction = sort !== undefined && sort === by ? 'down' : null;
                return (
                  <th key={name} scope="col" data-number={isNumber || undefined} aria-sort={ariaSort(direction)}>
                    {sorting === undefined || sort === undefined ? (
                      title
                    ) : (
                      <SortButton title={title} direction={direction} onClick={() => sorting.onSort(sort)} />
                    )}
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => {
              const before = rows[index - 1];
              const day = timeOf && dayOf(timeOf(row));
              const isNewDay = before === undefined || day !== (timeOf && dayOf(timeOf(before)));
              return (
                <Fragment key={keyOf(row)}>
                  {timeOf && isNewDay && (
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
