import { useCallback, useMemo, useState, type ReactNode } from 'react';
import { Stack } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { keepPreviousData } from '@tanstack/react-query';
import { Navigate, useNavigate, useSearch } from '@tanstack/react-router';
import type { RequestId } from '#shared/primitives';
import { errorMessage, isInvalidCursor } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { isBoolean, useStoredState } from '../../lib/useStoredState.ts';
import { useNow } from '../../lib/useNow.ts';
import { LiveButton } from './LiveButton.tsx';
import { NoResults } from './NoResults.tsx';
import { RequestDrawer } from './RequestDrawer.tsx';
import { RequestFilterBar } from './RequestFilterBar.tsx';
import { RequestList } from './RequestList.tsx';
import { RequestListSkeleton } from './RequestListSkeleton.tsx';
import { RequestPager } from './RequestPager.tsx';
import { TotalsCards } from './TotalsCards.tsx';
import {
  activeFilters,
  firstPage,
  parseRequestsSearch,
  toFilters,
  toListInput,
  type RequestsSearch,
} from './requestsSearch.ts';
import { useStableRows } from './useStableRows.ts';
import { useFirstRequestNotice } from './useFirstRequestNotice.tsx';
import classes from './RequestsPage.module.css';

const PAGE_SIZE = 50;
const POLL_MS = 5_000;
const FIRST_RUN_POLL_MS = 2_000;

/** The list of requests with its totals and filters, and the open request beside it. */
export default function RequestsPage({ firstRun }: { firstRun: ReactNode }) {
  const address = useSearch({ from: '/requests' });
  // The router passes on what the route did not take, as nothing.
  const search = useMemo(() => parseRequestsSearch(address), [address]);
  const navigate = useNavigate({ from: '/requests' });
  const now = useNow();
  const [isLive, setIsLive] = useStoredState('live', true, isBoolean);
  const [isHovered, setIsHovered] = useState(false);

  const isFiltered = activeFilters(search).length > 0;
  const isNewestPage = search.cursor === undefined;
  const list = trpc.requests.list.useQuery(toListInput(search, now, PAGE_SIZE), {
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => {
      if (state.data?.requests.length === 0 && !isFiltered && isNewestPage) return FIRST_RUN_POLL_MS;
      return isLive && isNewestPage ? POLL_MS : false;
    },
  });
  const totals = trpc.stats.totals.useQuery(toFilters(search, now), {
    placeholderData: keepPreviousData,
    refetchInterval: isLive ? POLL_MS : false,
  });

  const rows = useStableRows(list.data?.requests, viewName(search), isHovered || search.id !== undefined);
  const isFirstRun = list.data?.requests.length === 0 && !isFiltered && isNewestPage && !list.isPlaceholderData;
  useFirstRequestNotice(isFirstRun, rows.shown[0]);

  const goTo = useCallback((next: RequestsSearch) => void navigate({ search: next }), [navigate]);
  const open = useCallback(
    (id: RequestId | undefined, isStep = false) =>
      // Stepping through rows is one stay: Back closes the panel instead of walking all of them again.
      void navigate({ search: (before) => ({ ...before, id }), replace: isStep }),
    [navigate],
  );
  useHotkeys([['r', () => void Promise.all([list.refetch(), totals.refetch()])]]);

  if (isFirstRun && search.id === undefined) return firstRun;
  // An address that somebody typed or cut: the list begins anew.
  if (search.cursor && isInvalidCursor(list.error)) {
    return <Navigate from="/requests" to="." search={({ cursor: _cursor, ...rest }) => rest} replace />;
  }
  // "Previous" led to the newest rows: from here on the page follows what comes in.
  if (search.cursor && list.data?.prev_cursor === null && !list.isPlaceholderData) {
    return <Navigate from="/requests" to="." search={({ cursor: _cursor, ...rest }) => rest} replace />;
  }
  return (
    <Stack gap="md" className={classes.page}>
      <PageHeader title="Requests">
        <LiveButton isLive={isLive} isPossible={isNewestPage} onChange={setIsLive} />
      </PageHeader>
      <TotalsCards totals={totals.data} isStale={totals.isPlaceholderData} error={totals.error} />
      <RequestFilterBar search={search} rows={rows.shown} onChange={goTo} />
      {list.error && (
        <ErrorPanel
          title={list.data ? 'The list could not be refreshed' : 'The requests could not be loaded'}
          message={errorMessage(list.error)}
          onRetry={() => void list.refetch()}
        />
      )}
      {list.isPending && <RequestListSkeleton />}
      {list.data?.requests.length === 0 && (
        <NoResults search={search} onClear={() => goTo({})} onNewest={() => goTo(firstPage(search))} />
      )}
      {list.data && list.data.requests.length > 0 && (
        <div onMouseEnter={() => setIsHovered(true)} onMouseLeave={() => setIsHovered(false)}>
          <RequestList rows={rows} openId={search.id} isStale={list.isPlaceholderData} onOpen={open} />
          <RequestPager page={list.data} total={totals.data?.requests} search={search} onChange={goTo} />
        </div>
      )}
      {search.id !== undefined && <RequestDrawer key="open" id={search.id} rows={rows.shown} onOpen={open} />}
    </Stack>
  );
}

/** Names what the list shows, apart from what comes in over time. */
function viewName({ id: _id, ...search }: RequestsSearch): string {
  return JSON.stringify(search);
}
