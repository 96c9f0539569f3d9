import { useCallback, useMemo } from 'react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { changeSearch, type PageSearch, readSearch } from './pageSearch.ts';

/** What the address says, and how to change it: the state of every page. */
export interface Address {
  readonly search: PageSearch;
  /** Goes to the same page with other parts; `replace` where Back must not return to what was before. */
  readonly change: (changes: Parameters<typeof changeSearch>[1], how?: 'push' | 'replace') => void;
}

/** What the address says, for any page. */
export function useAddress(): Address {
  const given = useSearch({ strict: false });
  // The router passes on what the reader did not take, as nothing.
  const search = useMemo(() => readSearch(given as Record<string, unknown>), [given]);
  const navigate = useNavigate();
  const change = useCallback<Address['change']>(
    (changes, how = 'push') =>
      void navigate({
        to: '.',
        search: (before: object) => changeSearch(readSearch({ ...before }), changes),
        replace: how === 'replace',
      }),
    [navigate],
  );
  return { search, change };
}
