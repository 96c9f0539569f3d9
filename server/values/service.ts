import type { RequestValues, RequestValuesInput } from '#shared/requestValues';
import type { OrgScope } from '#server/auth/orgScope';
import type { Deps } from '#server/deps';
import { findAllHits } from '#server/search/service';
import { countValues } from './repository.ts';

/** The values that the requests of a filter have in a field, the most frequent first. */
export async function listValues(deps: Deps, scope: OrgScope, input: RequestValuesInput): Promise<RequestValues> {
  const filters = await findAllHits(deps, scope, input.filters);
  return countValues(deps.reads.of(scope), scope, { ...input, filters });
}
