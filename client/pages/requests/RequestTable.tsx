import { memo, type MouseEvent } from 'react';
import { DataTable } from 'mantine-datatable';
import 'mantine-datatable/styles.css';
import type { RequestId } from '#shared/primitives';
import type { RequestSummary } from '#shared/request';
import { requestColumns } from './requestColumns.tsx';
import classes from './RequestTable.module.css';

export type RequestRowsProps = {
  requests: readonly RequestSummary[];
  fresh: ReadonlySet<string>;
  openId: RequestId | undefined;
  onOpen: (id: RequestId) => void;
};

/** Drawn anew only when a row changes: the page around it moves with every tick of the clock. */
export const RequestTable = memo(function RequestTable({ requests, fresh, openId, onOpen }: RequestRowsProps) {
  const slowest = Math.max(1, ...requests.map(({ latency_ms }) => latency_ms ?? 0));
  return (
    <DataTable<RequestSummary>
      records={[...requests]}
      columns={requestColumns(slowest)}
      idAccessor="id"
      minHeight={0}
      noRecordsText=""
      highlightOnHover
      horizontalSpacing="sm"
      verticalSpacing={7}
      verticalAlign="center"
      backgroundColor="transparent"
      rowBorderColor="var(--pl-border)"
      borderColor="var(--pl-border)"
      highlightOnHoverColor="var(--pl-hover)"
      rowClassName={({ id }) => rowClass(id === openId, fresh.has(id))}
      onRowClick={({ record, event }) => {
        if (isForTheRow(event)) onOpen(record.id);
      }}
      className={classes.table}
      scrollAreaProps={{ type: 'auto', viewportProps: { tabIndex: 0, role: 'region', 'aria-label': 'Requests' } }}
    />
  );
});

function rowClass(isOpen: boolean, isFresh: boolean): string {
  return [classes.row, isOpen && classes.open, isFresh && classes.fresh].filter(Boolean).join(' ');
}

/** The link in a row acts by itself, and a modified click is for a new tab. */
function isForTheRow(event: MouseEvent): boolean {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return false;
  if (event.target instanceof Element && event.target.closest('a, button')) return false;
  // Someone who selects text in a row is reading it.
  return (window.getSelection()?.toString() ?? '') === '';
}
