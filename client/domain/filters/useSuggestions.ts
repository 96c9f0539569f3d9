import { useDebouncedValue } from '@mantine/hooks';
import type { RequestFilters } from '#shared/request';
import { trpc } from '../../api/trpc.ts';
import { type Suggestion, suggestWords, wantedValues } from './querySuggestions.ts';

const TYPING_MS = 150;
const FRESH_MS = 30_000;

/**
 * What could come next in a query that is typed: fields, and the values that requests have, from the server. `filters` are
 * the time and environment that the list shows.
 */
export function useSuggestions(text: string, filters: RequestFilters, isOpen: boolean): Suggestion[] {
  const wanted = wantedValues(text);
  const [asked] = useDebouncedValue(wanted === null ? '' : JSON.stringify(wanted), TYPING_MS);
  const input = asked === '' ? null : (JSON.parse(asked) as NonNullable<typeof wanted>); // As it was written.
  const values = trpc.requests.values.useQuery(
    { field: input?.field ?? 'model', prefix: input?.prefix ?? '', filters: onTheMinute(filters) },
    {
      enabled: isOpen && input !== null,
      staleTime: FRESH_MS,
      // What was there for the beginning of the word holds until the answer for all of it comes.
      placeholderData: (before) => before,
    },
  );
  const isOfField = wanted !== null && input?.field === wanted.field;
  return suggestWords(text, isOfField ? (values.data?.values ?? []) : []);
}

/** A range that moves with the clock is the same question for a minute. */
function onTheMinute({ from, ...filters }: RequestFilters): RequestFilters {
  return from === undefined ? filters : { ...filters, from: `${from.slice(0, 16)}:00.000Z` };
}
