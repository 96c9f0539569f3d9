/** Finds requests by their words: docs/search.md. */
import { parseQuery } from '#shared/query/parseQuery';
import { asksForWords } from '#shared/query/words';
import type { RequestFilters } from '#shared/request';
import type { OrgScope } from '#server/auth/orgScope';
import type { Queryable } from '#server/db/sql';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import { type FoundFilters, termsOf } from '#server/requests/filters';
import { leavesFewRows, findMatching, TimeBudget, type Walk, type Walked, walkRows } from '#server/walk/walk';
import { SegmentSearch } from './segmentSearch.ts';
import { planSlices } from './slices.ts';

/** The newest rows are looked at as they are: that answers every frequent word, and needs no index. */
const WALKED_ROWS = 200;
const MOST_WALKED_ROWS = 3_000;
/** Where an index leaves so few rows, looking at them costs less than to ask the signatures: 36 and 49 ms for 1,500, 63 and 57 for 3,000. */
const FEW_ROWS = 2_000;

export type SearchDeps = Pick<Deps, 'reads' | 'config'>;

/** True where the filters ask for words, in what they want or leave out. */
export function searchesWords(filters: RequestFilters): boolean {
  return filters.q !== undefined && asksForWords(parseQuery(filters.q).query);
}

/** The rows of a list whose filters ask for words, within a time. */
export async function searchRequests(
  deps: SearchDeps,
  scope: OrgScope,
  walk: Walk,
  budget: TimeBudget,
): Promise<Walked> {
  const db = deps.reads.of(scope);
  const begun = await walkNewest(db, scope, walk, budget);
  if (begun.outcome !== 'stopped') return begun;
  const rest = { ...walk, place: begun.place, limit: walk.limit - begun.found.length };
  const plan = planSlices({ kind: 'and', of: termsOf(walk.filters) });
  const isIndexed = deps.config.usesSearchIndex && plan.kind !== 'all';
  const further =
    isIndexed && !(await leavesFewRows(db, scope, rest, FEW_ROWS))
      ? await new SegmentSearch({
          db,
          scope,
          plan,
          walk: rest,
          window: { from: walk.filters.from ?? null, to: walk.filters.to ?? null },
          budget,
          findMatching: (ids) => findMatching(db, scope, rest, ids),
        }).run()
      : await walkRows(db, scope, rest, { budget, firstRows: WALKED_ROWS });
  return { ...further, found: [...begun.found, ...further.found] };
}

/** The nearest rows; and where these tell that some more will fill the page, those. */
async function walkNewest(db: Queryable, scope: OrgScope, walk: Walk, budget: TimeBudget): Promise<Walked> {
  const begun = await walkRows(db, scope, walk, { budget, firstRows: WALKED_ROWS, steps: 1 });
  const wanted = walk.limit - begun.found.length;
  const rows = Math.ceil((wanted / begun.found.length) * WALKED_ROWS * 1.5);
  if (begun.outcome !== 'stopped' || rows > MOST_WALKED_ROWS || budget.left <= 0) return begun;
  const rest = { ...walk, place: begun.place, limit: wanted };
  const further = await walkRows(db, scope, rest, { budget, firstRows: rows, steps: 1 });
  return { ...further, found: [...begun.found, ...further.found] };
}

/** Hits that are counted, summed or sorted at most. */
const COUNTED_HITS = 5_000;

/**
 * All requests that match, where the filters ask for words and they are few enough and found in time. Else what kept it
 * from them: `full` of more than COUNTED_HITS, or `stopped` by the clock.
 */
export async function findHits(
  deps: SearchDeps,
  scope: OrgScope,
  filters: FoundFilters,
): Promise<string[] | 'full' | 'stopped'> {
  const walk = { filters, place: null, isAscending: false, limit: COUNTED_HITS + 1, withPayload: false };
  const { found, outcome } = await searchRequests(deps, scope, walk, new TimeBudget(deps.config.searchMs));
  return outcome === 'end' ? found.map(({ id }) => id) : outcome;
}

/**
 * Filters for what needs all that match, such as an order by cost: where they ask for words, the requests that hold them.
 * @throws {AppError} `query_timeout` where not all are known: nothing is said that is not exact.
 */
export async function findAllHits(deps: SearchDeps, scope: OrgScope, filters: RequestFilters): Promise<FoundFilters> {
  if (!searchesWords(filters)) return filters;
  const hits = await findHits(deps, scope, filters);
  if (typeof hits !== 'string') return { ids: hits };
  throw new AppError(
    'query_timeout',
    hits === 'full'
      ? `More than ${COUNTED_HITS} requests hold these words: add a filter or a time range.`
      : 'The requests that hold these words were not all found in time: add a filter or a time range.',
  );
}
