import { memo } from 'react';
import { dayOf, labelDay } from '../../domain/clock.ts';
import { formatDuration } from '../../lib/formatNumber.ts';
import { RequestPreview } from './RequestPreview.tsx';
import { RowLink, StatusSign } from './RequestRow.tsx';
import type { RequestRowsProps } from './RequestTable.tsx';
import classes from './RequestCards.module.css';

type RequestCardsProps = RequestRowsProps & { now: number };

/** The rows of the table on two lines each, for a narrow screen. */
export const RequestCards = memo(function RequestCards(props: RequestCardsProps) {
  const { requests, openId, cursorId, view, now, onOpen } = props;
  return (
    <ul className={classes.list} aria-label="Requests">
      {requests.map((request, index) => {
        const before = requests[index - 1];
        const isNewDay = before === undefined || dayOf(before.started_at) !== dayOf(request.started_at);
        return (
          <li key={request.id}>
            {isNewDay && <div className={classes.day}>{labelDay(request.started_at, now)}</div>}
            <div className={classes.card} data-fresh={props.fresh.has(request.id) || undefined}>
              <div className={classes.line}>
                <StatusSign request={request} />
                <RowLink
                  request={request}
                  isExactDay={false}
                  isOpen={request.id === openId}
                  isTabStop={request.id === cursorId}
                  onOpen={onOpen}
                />
                <span className={classes.model} dir="auto">
                  {request.model}
                </span>
                <span className={classes.latency}>
                  {request.latency_ms === null ? '–' : formatDuration(request.latency_ms)}
                </span>
              </div>
              <RequestPreview request={request} words={view.words} />
            </div>
          </li>
        );
      })}
    </ul>
  );
});
