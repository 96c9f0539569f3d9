import { asksForWords } from '#shared/query/words';
import type { RequestFilters } from '#shared/request';
import type { RequestValues, RequestValuesInput } from '#shared/requestValues';
import type { OrgScope } from '#server/auth/orgScope';
import type { Deps } from '#server/deps';
import { type FoundFilters, termsOf } from '#server/requests/filters';
import { findHits, searchesWords } from '#server/search/service';
import { countValues } from './repository.ts';

/** Who types does not wait longer for a suggestion, and a filter that matches little must not be walked for it. */
const SUGGESTION_MS = 2_000;

/**
 * The values that the requests of a filter have in a field, the most frequent first.
 * @throws {AppError} `query_timeout` where they could not be counted in SUGGESTION_MS.
 */
export async function listValues(deps: Deps, scope: OrgScope, input: RequestValuesInput): Promise<RequestValues> {
  const filters = await withoutWords(deps, scope, input.filters);
  return countValues(deps.reads.of(scope, { statementMs: SUGGESTION_MS }), scope, { ...input, filters });
}

/** The requests that hold the words that are asked for; where they are too many to know, suggestions do without the words. */
async function withoutWords(deps: Deps, scope: OrgScope, filters: RequestFilters): Promise<FoundFilters> {
  if (!searchesWords(filters)) return filters;
  const hits = await findHits(deps, scope, filters);
  if (typeof hits !== 'string') return { ids: hits };
  const { q: _, ...others } = filters;
  return { ...others, terms: termsOf(filters).filter((term) => !asksForWords(term)) };
}
