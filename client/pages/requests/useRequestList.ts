import { useState } from 'react';
import { keepPreviousData } from '@tanstack/react-query';
import type { RequestPage, RequestSort } from '#shared/request';
import { isTemporary } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { isNarrowed, type PageSearch, toFilters } from '../../domain/pageSearch.ts';

const PAGE_SIZE = 50;
/** How often it is asked whether there is something new, which is answered by one number. */
const POLL_MS = 5_000;
/** And how often the page is asked for anyhow: rows may have been deleted by others. */
const AGAIN_MS = 60_000;
const FIRST_RUN_POLL_MS = 2_000;
/** A poll that has not been answered for so long says that something is wrong. */
const SILENT_MS = 12_000;

/** Whether new requests appear by themselves, in the words of the page. */
export type LiveState =
  | { readonly kind: 'live' | 'paused' | 'reconnecting' | 'standing' }
  /** Since when nothing was heard, in milliseconds. */
  | { readonly kind: 'offline'; readonly since: number };

/** The rows of the list, and what is known of newer ones. */
export type RequestList = {
  /** Undefined until the first answer. */
  readonly page: RequestPage | undefined;
  readonly error: unknown;
  /** True while the rows of the view before are shown in place of those that were asked for. */
  readonly isStale: boolean;
  readonly isFirstRun: boolean;
  readonly live: LiveState;
  /** What has come in since the page was read: how many requests, as of when; or that its newest is gone. */
  readonly news: { readonly count: number; readonly isOutdated: boolean; readonly at: number };
  readonly refresh: () => Promise<RequestPage | undefined>;
};

/** The page of the list that the address asks for, and how many requests have come in since, while it is live. */
export function useRequestList(search: PageSearch, now: number, isLive: boolean): RequestList {
  const isNewest = isNewestPage(search);
  const cursor = search.after ?? search.before;
  const sort = sortOf(search);
  const filters = toFilters(search, now);
  const list = trpc.requests.list.useQuery(
    {
      ...filters,
      ...(cursor !== undefined && { cursor }),
      ...(sort !== undefined && { sort }),
      limit: PAGE_SIZE,
    },
    {
      placeholderData: keepPreviousData,
      // Rows are not asked for again to learn that there are no new ones.
      refetchInterval: ({ state }) => {
        if (state.data?.requests.length === 0 && !isNarrowed(search) && isNewest) return FIRST_RUN_POLL_MS;
        return isLive && isNewest ? AGAIN_MS : false;
      },
    },
  );
  const isFollowing = isLive && isNewest && list.data !== undefined && !list.isPlaceholderData;
  const newer = trpc.requests.newer.useQuery(
    { filters, id: list.data?.requests[0]?.id ?? null },
    { enabled: isFollowing, refetchInterval: POLL_MS },
  );
  // A range that moves with the clock asks anew each minute: that is no other view.
  const isStale = useIsOfViewBefore(list, viewName(search));
  const lastAnswer = Math.max(list.dataUpdatedAt, newer.dataUpdatedAt);
  const error = list.error ?? newer.error;
  const isSilent = (list.isFetching || newer.isFetching) && lastAnswer > 0 && now - lastAnswer > SILENT_MS;
  const live: LiveState = !isNewest
    ? { kind: 'standing' }
    : [list, newer].some(({ fetchStatus }) => fetchStatus === 'paused') || (error && isTemporary(error))
      ? { kind: 'offline', since: lastAnswer || now }
      : list.failureCount > 0 || newer.failureCount > 0 || isSilent
        ? { kind: 'reconnecting' }
        : { kind: isLive ? 'live' : 'paused' };
  return {
    page: list.data,
    error: list.error,
    isStale,
    isFirstRun:
      list.data?.requests.length === 0 && !isNarrowed(search) && cursor === undefined && !list.isPlaceholderData,
    live,
    news: { count: newer.data?.count ?? 0, isOutdated: newer.data?.count === null, at: newer.dataUpdatedAt },
    refresh: async () => (await list.refetch()).data,
  };
}

/** Whether an answer is that of another view, shown until the one that was asked for is there. */
export function useIsOfViewBefore(answer: { isPlaceholderData: boolean; data: unknown }, view: string): boolean {
  const [shown, setShown] = useState(view);
  if (!answer.isPlaceholderData && answer.data !== undefined && shown !== view) setShown(view);
  return answer.isPlaceholderData && shown !== view;
}

const SORTS: ReadonlySet<string> = new Set<RequestSort>([
  'time',
  '-latency',
  'latency',
  '-cost',
  'cost',
  '-tokens',
  'tokens',
]);

/** The order that the address asks for; undefined for the newest first, and for one that the list does not have. */
export function sortOf({ sort }: PageSearch): RequestSort | undefined {
  return sort !== undefined && SORTS.has(sort) ? (sort as RequestSort) : undefined; // One of them.
}

/** New requests appear on top of this page, and on no other. */
function isNewestPage(search: PageSearch): boolean {
  return search.after === undefined && search.before === undefined && sortOf(search) === undefined;
}

/** Names what is listed, apart from what comes in over time and from what is open beside it. */
export function viewName(search: PageSearch): string {
  const { q, t, env, after, before } = search;
  return JSON.stringify([q, t, env, sortOf(search), after, before]);
}
