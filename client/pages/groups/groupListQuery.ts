import { keepPreviousData } from '@tanstack/react-query';
import { type PageSearch, toFilters } from '../../domain/pageSearch.ts';

const PAGE_SIZE = 50;
const POLL_MS = 10_000;

/**
 * What a list of traces, sessions or users asks for, as arguments of `useQuery`. Only the newest page is asked for again: rows
 * of another would move while they are read.
 */
export function groupListQuery(search: PageSearch, now: number) {
  const { after } = search;
  return [
    { ...toFilters(search, now), ...(after !== undefined && { cursor: after }), limit: PAGE_SIZE },
    { placeholderData: keepPreviousData, refetchInterval: after === undefined ? POLL_MS : false },
  ] as const;
}
