import { Fragment, memo, type ReactNode, useMemo } from 'react';
import type { RequestId } from '#shared/primitives';
import type { RequestSort, RequestSummary } from '#shared/request';
import { dayOf, labelDay } from '../../domain/clock.ts';
import { fitColumns } from '../../lib/fitColumns.ts';
import { useWidth } from '../../lib/useWidth.ts';
import type { RequestColumn, RowsInView } from './requestColumns.tsx';
import { RequestRow } from './RequestRow.tsx';
import { TableHead } from './TableHead.tsx';
import type { Density } from './useColumnChoice.ts';
import table from '../../components/RowTable.module.css';
import classes from './RequestTable.module.css';

/** Of the box to select a row, and of the sign how it ended. */
const EDGE_WIDTH = 32 + 20;
/** Of a time with its day. */
const DAY_WIDTH = 124;

export type RequestRowsProps = {
  requests: readonly RequestSummary[];
  fresh: ReadonlySet<string>;
  openId: RequestId | undefined;
  /** The one tab stop of the list. */
  cursorId: RequestId | undefined;
  selected: ReadonlySet<RequestId>;
  view: RowsInView;
  onOpen: (id: RequestId) => void;
  onSelect: (id: RequestId, isRange: boolean) => void;
};

type RequestTableProps = RequestRowsProps & {
  columns: readonly RequestColumn[];
  density: Density;
  sort: RequestSort | undefined;
  /** The day of now, so that a row of today is said to be. */
  now: number;
  onSort: (sort: RequestSort | undefined) => void;
  onSelectPage: () => void;
  /** Stands in the head, over no row: how many new requests wait. */
  notice: ReactNode;
};

/** The rows of the list. It is as wide as it has room, and gives up columns rather than scroll sideways. */
export const RequestTable = memo(function RequestTable(props: RequestTableProps) {
  const { requests, columns: chosen, density, sort, now, notice, onSort, onSelectPage, ...rows } = props;
  const [ref, width] = useWidth<HTMLDivElement>();
  const isByTime = sort === undefined || sort === 'time';
  const columns = useMemo(() => {
    const sized = isByTime
      ? chosen
      : chosen.map((one) => ({
          ...one,
          ...(one.name === 'time' && { width: DAY_WIDTH }),
          // An order is not seen without what it is by.
          ...(one.sort !== undefined && sort?.endsWith(one.sort) && { giveUp: 0 }),
        }));
    return width === 0 ? sized : fitColumns(sized, width - EDGE_WIDTH);
  }, [chosen, width, isByTime, sort]);
  return (
    <div ref={ref} className={classes.measure}>
      <table className={table.table} aria-label="Requests" data-density={density}>
        <TableHead
          columns={columns}
          sort={sort}
          isPageSelected={requests.length > 0 && requests.every(({ id }) => rows.selected.has(id))}
          notice={notice}
          onSort={onSort}
          onSelectPage={onSelectPage}
        />
        <tbody>
          {requests.map((request, index) => {
            const day = isByTime ? dayOf(request.started_at) : null;
            const before = requests[index - 1];
            const isNewDay = day !== null && (before === undefined || dayOf(before.started_at) !== day);
            return (
              <Fragment key={request.id}>
                {isNewDay && (
                  <tr className={table.day}>
                    <th colSpan={columns.length + 2} scope="rowgroup">
                      {labelDay(request.started_at, now)}
                    </th>
                  </tr>
                )}
                <RequestRow
                  request={request}
                  columns={columns}
                  view={rows.view}
                  isExactDay={!isByTime}
                  isOpen={request.id === rows.openId}
                  isTabStop={request.id === rows.cursorId}
                  isSelected={rows.selected.has(request.id)}
                  isFresh={rows.fresh.has(request.id)}
                  onOpen={rows.onOpen}
                  onSelect={rows.onSelect}
                />
              </Fragment>
            );
          })}
        </tbody>
      </table>
    </div>
  );
});
