import { memo, type MouseEvent } from 'react';
import type { RequestId } from '#shared/primitives';
import type { RequestSummary } from '#shared/request';
import { formatClock, formatDayClock } from '../../domain/clock.ts';
import { lookOf, STATUS } from '../../domain/StatusBadge.tsx';
import { basePath } from '../../lib/basePath.ts';
import { formatExact } from '../../lib/time.ts';
import type { RequestColumn, RowsInView } from './requestColumns.tsx';
import classes from './RequestTable.module.css';
import table from '../../components/RowTable.module.css';

type RequestRowProps = {
  request: RequestSummary;
  columns: readonly RequestColumn[];
  view: RowsInView;
  /** True where the rows around it are of other days. */
  isExactDay: boolean;
  isOpen: boolean;
  isTabStop: boolean;
  isSelected: boolean;
  isFresh: boolean;
  onOpen: (id: RequestId) => void;
  onSelect: (id: RequestId, isRange: boolean) => void;
};

/** One request on one line. All of it is one link. Drawn anew only when something of it changes. */
export const RequestRow = memo(function RequestRow(props: RequestRowProps) {
  const { request, columns, view, isExactDay, isOpen, isTabStop, isSelected, isFresh, onOpen, onSelect } = props;
  return (
    <tr
      className={table.row}
      data-open={isOpen || undefined}
      data-selected={isSelected || undefined}
      data-fresh={isFresh || undefined}
    >
      <td className={classes.box}>
        <input
          type="checkbox"
          aria-label={`Select the request of ${formatClock(request.started_at)}`}
          tabIndex={-1}
          checked={isSelected}
          // The click and not the change: it says whether Shift was held.
          onChange={() => {}}
          onClick={(event) => onSelect(request.id, event.shiftKey)}
        />
      </td>
      <td className={table.sign}>
        <StatusSign request={request} />
      </td>
      {columns.map((column) => (
        <td key={column.name} data-number={column.isNumber || undefined}>
          {column.name === 'time' ? (
            <RowLink request={request} isExactDay={isExactDay} isOpen={isOpen} isTabStop={isTabStop} onOpen={onOpen} />
          ) : (
            column.render(request, view)
          )}
        </td>
      ))}
    </tr>
  );
});

type RowLinkProps = Pick<RequestRowProps, 'request' | 'isExactDay' | 'isOpen' | 'isTabStop' | 'onOpen'>;

/** Stretched over its row: a click opens the request beside the list, a click for a new tab opens its page. */
export function RowLink({ request, isExactDay, isOpen, isTabStop, onOpen }: RowLinkProps) {
  const { id, started_at } = request;
  return (
    <a
      href={`${basePath()}requests/${id}`}
      className={table.link}
      data-row={id}
      tabIndex={isTabStop ? 0 : -1}
      aria-current={isOpen || undefined}
      aria-label={nameOf(request)}
      onClick={(event) => {
        if (isForTab(event)) return;
        event.preventDefault();
        onOpen(id);
      }}
    >
      <time dateTime={started_at} title={formatExact(started_at)}>
        {isExactDay ? formatDayClock(started_at) : formatClock(started_at)}
      </time>
    </a>
  );
}

/** What a request is about, for those who do not see its row. */
export function nameOf(request: RequestSummary): string {
  const { started_at, model, input_preview } = request;
  const look = lookOf(request);
  const words = (input_preview ?? '').slice(0, 80);
  const ending = look === STATUS.success ? '' : `, ${look.label.toLowerCase()}`;
  return `${formatClock(started_at)}, request to ${model}${ending}${words === '' ? '' : `: ${words}`}`;
}

/** Success is what most rows are, and is not said. */
export function StatusSign({ request }: { request: RequestSummary }) {
  const look = lookOf(request);
  if (look === STATUS.success) return null;
  const { label, meaning, ink, Icon } = look;
  return (
    <span title={`${label}: ${meaning.toLowerCase()}`} style={{ color: ink }} className={classes.signIcon}>
      <Icon aria-hidden />
    </span>
  );
}

function isForTab(event: MouseEvent): boolean {
  return event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
}
