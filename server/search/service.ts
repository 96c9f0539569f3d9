/** Finds requests by their words: docs/search.md. */
import { parseQuery } from '#shared/query/parseQuery';
import { asksForWords } from '#shared/query/words';
import type { RequestFilters } from '#shared/request';
import type { OrgScope } from '#server/auth/orgScope';
import type { Queryable } from '#server/db/sql';
import type { Deps } from '#server/deps';
import { leavesFewRows, findMatching, type TimeBudget, type Walk, type Walked, walkRows } from '#server/walk/walk';
import { SegmentSearch } from './segmentSearch.ts';
import { planSlices } from './slices.ts';

/** The newest rows are looked at as they are: that answers every frequent word, and needs no index. */
const WALKED_ROWS = 500;
const MOST_WALKED_ROWS = 3_000;
/** Where an index leaves so few rows, looking at them costs less than to ask the signatures. */
const FEW_ROWS = 5_000;

/** True where the filters ask for words, in what they want or leave out. */
export function searchesWords(filters: RequestFilters): boolean {
  return filters.q !== undefined && asksForWords(parseQuery(filters.q).query);
}

/** The rows of a list whose filters ask for words, within a time. */
export async function searchRequests(deps: Deps, scope: OrgScope, walk: Walk, budget: TimeBudget): Promise<Walked> {
  const db = deps.reads.of(scope);
  const begun = await walkNewest(db, scope, walk, budget);
  if (begun.outcome !== 'stopped') return begun;
  const rest = { ...walk, place: begun.place, limit: walk.limit - begun.found.length };
  const plan = planSlices(parseQuery(walk.filters.q ?? '').query);
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
