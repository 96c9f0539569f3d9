import type { ReactNode } from 'react';
import { UnstyledButton, VisuallyHidden } from '@mantine/core';
import { ChevronDownIcon, ChevronUpIcon } from '@radix-ui/react-icons';
import type { RequestSort } from '#shared/request';
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
        {columns.map((column) => (
          <th
            key={column.name}
            scope="col"
            style={column.isWide ? undefined : { width: column.width }}
            data-number={column.isNumber || undefined}
            aria-sort={ariaSort(column.sort, sort)}
          >
            {column.sort === undefined ? (
              <span title={column.about}>{column.title}</span>
            ) : (
              <SortButton column={column} by={column.sort} sort={sort} onSort={onSort} />
            )}
            {column.isWide && <span className={classes.notice}>{notice}</span>}
          </th>
        ))}
      </tr>
    </thead>
  );
}

type By = NonNullable<RequestColumn['sort']>;
type SortButtonProps = {
  column: RequestColumn;
  by: By;
  sort: RequestSort | undefined;
  onSort: (sort: RequestSort | undefined) => void;
};

function SortButton({ column, by, sort, onSort }: SortButtonProps) {
  const direction = directionOf(by, sort);
  return (
    <UnstyledButton
      className={classes.sort}
      title={column.about ?? `Sort by ${column.title.toLowerCase()}`}
      onClick={() => onSort(nextSort(by, sort))}
    >
      {column.title}
      {direction === 'down' && <ChevronDownIcon aria-hidden />}
      {direction === 'up' && <ChevronUpIcon aria-hidden />}
    </UnstyledButton>
  );
}

/** The order that a click on a column gives. */
export function nextSort(by: By, sort: RequestSort | undefined): RequestSort | undefined {
  const direction = directionOf(by, sort);
  if (by === 'time') return direction === 'down' ? 'time' : undefined;
  if (direction === null) return `-${by}`;
  return direction === 'down' ? by : undefined;
}

function directionOf(by: By, sort: RequestSort | undefined): 'up' | 'down' | null {
  if ((sort ?? '-time') === `-${by}`) return 'down';
  return sort === by ? 'up' : null;
}

function ariaSort(by: By | undefined, sort: RequestSort | undefined) {
  const direction = by === undefined ? null : directionOf(by, sort);
  return direction === null ? undefined : direction === 'down' ? 'descending' : 'ascending';
}
