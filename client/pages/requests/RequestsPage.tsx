import { lazy, type ReactNode, Suspense, useEffect, useMemo, useState } from 'react';
import { keepPreviousData } from '@tanstack/react-query';
import { Navigate, useNavigate } from '@tanstack/react-router';
import type { RequestId } from '#shared/primitives';
import { errorMessage, isInvalidCursor } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { announce } from '../../components/Announcer.tsx';
import { DockedPanel } from '../../components/DockedPanel.tsx';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { Page } from '../../components/Page.tsx';
import { changeSearch, isNarrowed, readSearch, toFilters, withoutPlace } from '../../domain/pageSearch.ts';
import { useAddress } from '../../domain/useAddress.ts';
import { viewSearchOf } from '../../domain/views/savedViews.ts';
import { useOpenView } from '../../domain/views/useOpenView.ts';
import { useKeys } from '../../keys/useKeys.ts';
import { plural } from '../../lib/formatNumber.ts';
import { useNow } from '../../lib/useNow.ts';
import { isBoolean, useStoredState } from '../../lib/useStoredState.ts';
import { ExportButton } from './ExportButton.tsx';
import { FilterNumbers } from './FilterNumbers.tsx';
import { LiveButton, wordsOf } from './LiveButton.tsx';
import { LookMenu } from './LookMenu.tsx';
import { PulseStrip } from './PulseStrip.tsx';
import { RequestFooter } from './RequestFooter.tsx';
import { RequestList } from './RequestList.tsx';
import { RequestListSkeleton } from './RequestListSkeleton.tsx';
import classes from './RequestsPage.module.css';
import { RequestsToolbar } from './RequestsToolbar.tsx';
import { nextSort } from './TableHead.tsx';
import { useColumnChoice } from './useColumnChoice.ts';
import { useFacetsOpen } from './useFacetsOpen.ts';
import { useFirstRequestNotice } from './useFirstRequestNotice.tsx';
import { sortOf, useIsOfViewBefore, useRequestList, viewName } from './useRequestList.ts';
import { useRowCursor } from './useRowCursor.ts';
import { useSelection } from './useSelection.ts';
import { useStableRows } from './useStableRows.ts';

/** Loaded before it is needed: when the pointer, or a key, is on a row. */
const loadDetail = () => import('./OpenRequest.tsx');
const OpenRequest = lazy(loadDetail);
const ViewName = lazy(() => import('../../domain/views/ViewName.tsx'));
const SearchedBackTo = lazy(() => import('./SearchedBackTo.tsx'));
const NoResults = lazy(() => import('../../domain/filters/NoResults.tsx'));
const SelectionBar = lazy(() => import('./SelectionBar.tsx'));
const FacetPanel = lazy(() => import('./FacetPanel.tsx'));

/** The list of requests with what narrows it, and the open request beside it. */
export default function RequestsPage({ firstRun }: { firstRun: ReactNode }) {
  const address = useAddress();
  const { search, change } = address;
  const navigate = useNavigate();
  const now = useNow();
  const [isLive, setIsLive] = useStoredState('live', true, isBoolean);
  const [isFacetsOpen, setIsFacetsOpen] = useFacetsOpen();
  const [isHovered, setIsHovered] = useState(false);
  const [isScrolled, setIsScrolled] = useState(false);
  const look = useColumnChoice(search, (changes) => change(changes, 'replace'));

  useOpenView(address, 'requests');

  const list = useRequestList(search, now, isLive);
  const totals = trpc.stats.totals.useQuery(toFilters(search, now), {
    placeholderData: keepPreviousData,
  });
  const view = viewName(search);
  const isTotalsStale = useIsOfViewBefore(totals, JSON.stringify([search.q, search.t, search.env]));
  const pageIds = useMemo(() => list.page?.requests.map(({ id }) => id) ?? [], [list.page]);
  const selection = useSelection(pageIds, view);
  const isHeld = isHovered || isScrolled || search.id !== undefined || selection.ids.size > 0;
  const rows = useStableRows(list.page?.requests, view, isHeld);
  const { news } = list;
  const waiting = isHeld ? rows.waiting + news.count : 0;
  const showWaiting = async () => {
    const page = await list.refresh();
    if (page) rows.show(page.requests);
  };
  const { refetch: refetchTotals } = totals;
  useEffect(() => {
    if (news.count > 0) void refetchTotals();
  }, [news.count, refetchTotals]);
  useEffect(() => {
    if (news.isOutdated || (news.count > 0 && !isHeld)) void list.refresh();
  }, [news.at, isHeld]); // oxlint-disable-line react-hooks/exhaustive-deps -- once for each answer
  const ids = useMemo(() => rows.shown.map(({ id }) => id), [rows.shown]);
  useFirstRequestNotice(list.isFirstRun, rows.shown[0]);
  useEffect(() => announce(wordsOf(list.live).label), [list.live.kind]); // oxlint-disable-line react-hooks/exhaustive-deps
  const count = totals.data?.requests;
  const isTotalPart = totals.data !== undefined && totals.data.counted_back_to !== null;
  useEffect(() => {
    if (count === undefined || !isNarrowed(search)) return;
    announce(`${isTotalPart ? 'At least ' : ''}${plural(count, 'request')} ${count === 1 ? 'matches' : 'match'}`);
  }, [count, view]); // oxlint-disable-line react-hooks/exhaustive-deps -- said once for each answer

  const show = (id: RequestId, isStep = false) => {
    // The row that is open already: all of the window for it.
    if (id === search.id && !isStep) {
      return void navigate({
        to: '/requests/$requestId',
        params: { requestId: id },
        search: changeSearch(search, { id: undefined }),
      });
    }
    // Stepping through rows is one stay: Back closes the panel instead of walking all of them again.
    change({ id }, isStep || search.id !== undefined ? 'replace' : 'push');
  };
  const close = () => {
    change({ id: undefined, tab: undefined, view: undefined });
    cursor.focus();
  };
  const cursor = useRowCursor({
    ids,
    openId: search.id,
    onOpen: show,
    onEdge: (step) => {
      const next = step === 1 ? list.page?.next_cursor : list.page?.prev_cursor;
      if (next === null || next === undefined) return false;
      change(step === 1 ? { after: next, before: undefined } : { before: next, after: undefined });
      return true;
    },
  });
  const showRow = (id: RequestId) => {
    cursor.place(id);
    show(id);
  };
  const sort = sortOf(search);
  const sortBy = (by: 'time' | 'latency' | 'cost' | 'tokens') => () => change({ sort: nextSort(by, sort) }, 'replace');
  const onCursor = (act: (id: RequestId) => void) => () => cursor.id !== undefined && act(cursor.id);
  useKeys({
    next: () => {
      void loadDetail();
      cursor.move(1);
    },
    previous: () => cursor.move(-1),
    open: onCursor((id) => show(id)),
    openInTab: onCursor((id) => window.open(`requests/${id}`, '_blank')),
    select: onCursor(selection.toggle),
    selectRange: onCursor(selection.toggleTo),
    selectPage: selection.togglePage,
    close: search.id !== undefined ? close : selection.ids.size > 0 ? selection.clear : undefined,
    live: () => setIsLive(!isLive),
    refresh: () => {
      void list.refresh();
      void totals.refetch();
    },
    facets: () => setIsFacetsOpen(!isFacetsOpen),
    sortTime: sortBy('time'),
    sortLatency: sortBy('latency'),
    sortCost: sortBy('cost'),
    sortTokens: sortBy('tokens'),
  });

  if (list.isFirstRun && search.id === undefined) return firstRun;
  // A place that somebody typed or cut, or "Previous" that led to the newest rows: the list begins anew, and follows what comes in.
  const isOnFirstPage = list.page?.prev_cursor === null && !list.isStale;
  const hasPlace = search.after !== undefined || search.before !== undefined;
  if (hasPlace && (isInvalidCursor(list.error) || (search.before !== undefined && isOnFirstPage))) {
    return (
      // From the address as it is then: the request that is stepped to may open at the same moment.
      <Navigate to="/requests" search={(now) => withoutPlace(readSearch({ ...now }))} replace />
    );
  }
  const at = rows.shown.findIndex(({ id }) => id === search.id);
  const current = viewSearchOf({ ...search, ...look.kept });
  const open = rows.shown[at];
  return (
    <Page
      title="Requests"
      layout="fill"
      about={
        <Suspense>
          {(search.v !== undefined || Object.keys(current).length > 0) && (
            <ViewName {...address} page="requests" current={current} />
          )}
        </Suspense>
      }
      actions={
        <>
          <LiveButton state={list.live} isLive={isLive} onChange={setIsLive} />
          <ExportButton search={search} columns={look.columns.map(({ name }) => name)} />
        </>
      }
    >
      <RequestsToolbar
        {...address}
        now={now}
        isFacetsOpen={isFacetsOpen}
        onToggleFacets={() => setIsFacetsOpen(!isFacetsOpen)}
        look={<LookMenu {...look} />}
      />
      <div className={classes.numbers}>
        <PulseStrip {...address} total={count} />
        <FilterNumbers totals={totals.data} isStale={isTotalsStale} error={totals.error} />
      </div>
      {list.error !== null && !isInvalidCursor(list.error) && (
        <div className={classes.error}>
          <ErrorPanel
            title={list.page ? 'The list could not be refreshed' : 'The requests could not be loaded'}
            message={errorMessage(list.error)}
            onRetry={() => void list.refresh()}
          />
        </div>
      )}
      <div className={classes.body}>
        <Suspense>
          {isFacetsOpen && <FacetPanel {...address} total={count} onClose={() => setIsFacetsOpen(false)} />}
        </Suspense>
        <DockedPanel
          label="Request"
          onClose={close}
          panel={
            search.id === undefined ? null : (
              <Suspense>
                <OpenRequest
                  {...address}
                  id={search.id}
                  summary={open}
                  place={
                    at === -1 ? undefined : { position: at + 1, of: ids.length, newer: ids[at - 1], older: ids[at + 1] }
                  }
                  onStep={(id) => show(id, true)}
                  onClose={close}
                />
              </Suspense>
            )
          }
        >
          {list.page === undefined && list.error === null && <RequestListSkeleton />}
          {list.page?.requests.length === 0 &&
            (list.page.searched_back_to === null ? (
              <Suspense>
                <NoResults {...address} page={list.page} />
              </Suspense>
            ) : (
              <Suspense>
                <SearchedBackTo
                  page={list.page}
                  hasRows={false}
                  onContinue={(after) => change({ after, before: undefined })}
                />
              </Suspense>
            ))}
          {list.page && list.page.requests.length > 0 && (
            <>
              <RequestList
                rows={rows}
                waiting={waiting}
                onShowWaiting={() => void showWaiting()}
                look={look}
                search={search}
                sort={sort}
                cursorId={cursor.id}
                selection={selection}
                isStale={list.isStale}
                now={now}
                onOpen={showRow}
                onSort={(next) => change({ sort: next }, 'replace')}
                onHover={(isOver) => {
                  setIsHovered(isOver);
                  if (isOver) void loadDetail();
                }}
                onScrolled={setIsScrolled}
              />
              <Suspense>
                {selection.ids.size > 0 && (
                  <SelectionBar
                    selection={selection}
                    search={search}
                    columns={look.columns.map(({ name }) => name)}
                    total={count}
                  />
                )}
              </Suspense>
              <RequestFooter
                page={list.page}
                total={count}
                isTotalPart={isTotalPart}
                search={search}
                waiting={waiting}
                onShowWaiting={() => void showWaiting()}
                onChange={change}
              />
            </>
          )}
        </DockedPanel>
      </div>
    </Page>
  );
}
