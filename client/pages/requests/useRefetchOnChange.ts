import { useEffect, useRef } from 'react';

/** Counts are not asked for again more often than so, however many requests come in. */
export const REFRESH_MS = 15_000;

/** Asks again when the number of requests has changed, at most every REFRESH_MS. */
export function useRefetchOnChange(
  total: number | undefined,
  query: { readonly dataUpdatedAt: number; readonly isFetching: boolean; readonly refetch: () => unknown },
): void {
  const counted = useRef(total);
  useEffect(() => {
    if (total === undefined || counted.current === total || query.isFetching) return;
    const wait = counted.current === undefined ? 0 : Math.max(0, query.dataUpdatedAt + REFRESH_MS - Date.now());
    if (counted.current === undefined) {
      counted.current = total;
      return;
    }
    const timer = setTimeout(() => {
      counted.current = total;
      void query.refetch();
    }, wait);
    return () => clearTimeout(timer);
  }, [total, query.isFetching]); // oxlint-disable-line react-hooks/exhaustive-deps -- the query is another object each time
}
