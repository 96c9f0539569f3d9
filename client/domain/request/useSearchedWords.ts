import { useMemo } from 'react';
import { parseQuery } from '#shared/query/parseQuery';
import { listWords } from '#shared/query/words';

/** The words that a query of the list looks for; the same list until the query changes. */
export function useSearchedWords(q: string | undefined): readonly string[] {
  return useMemo(() => (q === undefined ? [] : listWords(parseQuery(q).query)), [q]);
}
