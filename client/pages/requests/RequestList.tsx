import { useEffect, useMemo, useRef } from 'react';
import { useCallbackRef } from '@mantine/hooks';
import { MINUTE_MS } from '#shared/durations';
import { parseQuery } from '#shared/query/parseQuery';
import { listWords } from '#shared/query/words';
import type { RequestId } from '#shared/primitives';
import type { RequestSort, RequestSummary } from '#shared/request';
import type { PageSearch } from '../../domain/pageSearch.ts';
import { PHONE, useMedia } from '../../lib/useMedia.ts';
import { NewRequestsButton } from './NewRequestsButton.tsx';
import { RequestCards } from './RequestCards.tsx';
import type { RowsInView } from './requestColumns.tsx';
import classes from './RequestList.module.css';
import { RequestTable } from './RequestTable.tsx';
import type { ColumnChoice } from './useColumnChoice.ts';
import { viewName } from './useRequestList.ts';
import type { Selection } from './useSelection.ts';
import type { StableRows } from './useStableRows.ts';

type RequestListProps = {
  rows: StableRows;
  /** New requests that are not among the rows yet. */
  waiting: number;
  onShowWaiting: () => void;
  look: ColumnChoice;
  search: PageSearch;
  sort: RequestSort | undefined;
  cursorId: RequestId | undefined;
  selection: Selection;
  isStale: boolean;
  now: number;
  onOpen: (id: RequestId) => void;
  onSort: (sort: RequestSort | undefined) => void;
  /** Whether the pointer is over the rows, and whether they are scrolled: they hold still then. */
  onHover: (isHovered: boolean) => void;
  onScrolled: (isScrolled: boolean) => void;
};

/** The rows, with their own scroll: a table where there is room, two lines each on a phone. */
export function RequestList(props: RequestListProps) {
  const { rows, waiting, look, search, sort, cursorId, selection, isStale, now, onHover, onScrolled } = props;
  const isPhone = useMedia(PHONE);
  const box = useRef<HTMLDivElement>(null);
  const view = viewName(search);
  // Another view begins at its first row.
  useEffect(() => box.current?.scrollTo(0, 0), [view]);
  const onOpen = useCallbackRef(props.onOpen);
  const onSelect = useCallbackRef((id: RequestId, isRange: boolean) =>
    isRange ? selection.toggleTo(id) : selection.toggle(id),
  );
  const onSort = useCallbackRef(props.onSort);
  const onSelectPage = useCallbackRef(selection.togglePage);
  const onShowWaiting = useCallbackRef(() => {
    props.onShowWaiting();
    box.current?.scrollTo(0, 0);
  });
  const notice = useMemo(() => <NewRequestsButton count={waiting} onShow={onShowWaiting} />, [waiting, onShowWaiting]);
  const shared = {
    requests: rows.shown,
    fresh: rows.fresh,
    openId: search.id,
    cursorId,
    selected: selection.ids,
    view: useRowsInView(rows.shown, search.q),
    // A day begins on a full minute.
    now: Math.floor(now / MINUTE_MS) * MINUTE_MS,
    onOpen,
    onSelect,
  };
  return (
    <div
      ref={box}
      className={classes.box}
      data-stale={isStale || undefined}
      aria-busy={isStale}
      onMouseEnter={() => onHover(true)}
      onMouseLeave={() => onHover(false)}
      onScroll={(event) => onScrolled(event.currentTarget.scrollTop > 0)}
    >
      {isPhone ? (
        <RequestCards {...shared} />
      ) : (
        <RequestTable
          {...shared}
          columns={look.columns}
          density={look.density}
          sort={sort}
          notice={notice}
          onSort={onSort}
          onSelectPage={onSelectPage}
        />
      )}
    </div>
  );
}

/** Rows below which "one of twenty" says nothing. */
const ENOUGH_ROWS = 20;

function useRowsInView(rows: readonly RequestSummary[], q: string | undefined): RowsInView {
  return useMemo(
    () => ({
      slow: worstTwentieth(rows.map(({ latency_ms }) => latency_ms)),
      expensive: worstTwentieth(rows.map(({ cost_usd }) => (cost_usd === null ? null : Number(cost_usd)))),
      words: q === undefined ? [] : listWords(parseQuery(q).query),
    }),
    [rows, q],
  );
}

function worstTwentieth(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).toSorted((a, b) => a - b);
  return known.length < ENOUGH_ROWS ? null : (known[Math.floor(known.length * 0.95) - 1] ?? null);
}
