import type { ReactNode } from 'react';
import { VisuallyHidden } from '@mantine/core';
import type { RequestSort } from '#shared/request';
import { ariaSort, SortButton } from '../../components/SortButton.tsx';
import type { RequestColumn } from './requestColumns.tsx';
import classes from './RequestTable.module.css';
import table from '../../components/RowTable.module.css';

type TableHeadProps = {
  columns: readonly RequestColumn[];
  sort: RequestSort | undefined;
  isPageSelected: boolean;
  notice: ReactNode;
  onSort: (sort: RequestSort | undefined) => void;
  onSelectPage: () => void;
};

/** The names of the columns. A click sorts: from the highest down, from the lowest up, then as it was. */
export function TableHead({ columns, sort, isPageSelected, notice, onSort, onSelectPage }: TableHeadProps) {
  return (
    <thead className={table.head}>
      <tr>
        <th className={classes.box}>
          <input
            type="checkbox"
            aria-label="Select all rows of the page"
            tabIndex={-1}
            checked={isPageSelected}
            onChange={onSelectPage}
          />
        </th>
        <th className={table.sign}>
          <VisuallyHidden>Status</VisuallyHidden>
        </th>
        {columns.map(({ sort: by, ...column }) => (
          <th
            key={column.name}
            scope="col"
            style={column.isWide ? undefined : { width: column.width }}
            data-number={column.isNumber || undefined}
            aria-sort={ariaSort(directionOf(by, sort))}
          >
            {by === undefined ? (
              <span title={column.about}>{column.title}</span>
            ) : (
              <SortButton
                title={column.title}
                about={column.about}
                direction={directionOf(by, sort)}
                onClick={() => onSort(nextSort(by, sort))}
              />
            )}
            {column.isWide && <span className={classes.notice}>{notice}</span>}
          </th>
        ))}
      </tr>
    </thead>
  );
}

type By = NonNullable<RequestColumn['sort']>;

/** The order that a click on a column gives. */
export function nextSort(by: By, sort: RequestSort | undefined): RequestSort | undefined {
  const direction = directionOf(by, sort);
  if (by === 'time') return direction === 'down' ? 'time' : undefined;
  if (direction === null) return `-${by}`;
  return direction === 'down' ? by : undefined;
}

/** How the rows are sorted by a column; null: by another, or it cannot be sorted by. */
function directionOf(by: By | undefined, sort: RequestSort | undefined): 'up' | 'down' | null {
  if (by === undefined) return null;
  if ((sort ?? '-time') === `-${by}`) return 'down';
  return sort === by ? 'up' : null;
}
