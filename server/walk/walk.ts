/**
 * Lists whose filter no index answers: rows are looked at in the order of the list until the page is full or its time is
 * up. Then the answer says how far it looked, and the next page goes on from there.
 */
import type { RequestFilters } from '#shared/request';
import type { OrgScope } from '#server/auth/orgScope';
import type { Place } from '#server/db/cursor';
import type { RowKey } from '#server/db/pages';
import { Parameters, type Queryable } from '#server/db/sql';
import { type FoundFilters, whereWalked } from '#server/requests/filters';
import { parseStatsFilter, valuesOf } from '#server/stats/statsFilter';
import { countWalkedRows, findMatchingKeys, hasRollup, walkRequestKeys } from './repository.ts';

/** A list as it is asked for. */
export interface Walk {
  readonly filters: FoundFilters;
  /** Where it begins: beyond this row. Null: at the first. */
  readonly place: Place | null;
  readonly isAscending: boolean;
  /** Rows that are wanted. */
  readonly limit: number;
  readonly withPayload: boolean;
}

export interface Walked {
  /** In the order of the walk. */
  readonly found: readonly RowKey[];
  /** `full`: as many as wanted; `end`: there are no more; `stopped`: the time was up, or the steps. */
  readonly outcome: 'full' | 'end' | 'stopped';
  /** All rows up to here were looked at; of `stopped` alone. */
  readonly place: Place | null;
}

/** A time that is spent. `performance.now()` is the clock. */
export class TimeBudget {
  readonly #end: number;

  constructor(ms: number) {
    this.#end = performance.now() + ms;
  }

  /** Milliseconds. */
  get left(): number {
    return this.#end - performance.now();
  }
}

/** Rows of the first step, whose time tells how many the next may have. */
const FIRST_ROWS = 2_000;
const MOST_ROWS = 50_000;
const FEWEST_ROWS = 250;

/** True where an index answers the filters row after row, so that nothing is looked at in vain. */
export function isAnsweredByIndex(scope: OrgScope, filters: FoundFilters): boolean {
  return whereWalked(new Parameters(), scope, filters).isWhole;
}

/** Rows that match, of steps that grow until there are enough or the time is over. */
export async function walkRows(
  db: Queryable,
  scope: OrgScope,
  { filters, ...walk }: Walk,
  { budget, firstRows = FIRST_ROWS, steps = Infinity }: { budget: TimeBudget; firstRows?: number; steps?: number },
): Promise<Walked> {
  const found: RowKey[] = [];
  let { place } = walk;
  let rows = firstRows;
  for (let step = 1; ; step++) {
    const begin = performance.now();
    const limit = walk.limit - found.length;
    const walked = await walkRequestKeys(db, scope, filters, { ...walk, place, rows, limit });
    found.push(...walked.found);
    if (found.length >= walk.limit) return { found, outcome: 'full', place: null };
    if (walked.last === null) return { found, outcome: 'end', place: null };
    place = walked.last;
    const rowsPerMs = rows / Math.max(0.1, performance.now() - begin);
    // Half of the time that is left: the next step may be slower than this one.
    rows = Math.floor(Math.min(rows * 8, MOST_ROWS, (rowsPerMs * budget.left) / 2));
    if (step >= steps || rows < FEWEST_ROWS) return { found, outcome: 'stopped', place };
  }
}

/** True where an index leaves fewer rows than `most` to look at. */
export async function leavesFewRows(db: Queryable, scope: OrgScope, walk: Walk, most: number): Promise<boolean> {
  if (!whereWalked(new Parameters(), scope, walk.filters).isNarrow) return false;
  return (await countWalkedRows(db, scope, walk.filters, { ...walk, most })) < most;
}

/** Those of some requests that match the filters of a list. */
export function findMatching(db: Queryable, scope: OrgScope, walk: Walk, ids: readonly string[]): Promise<RowKey[]> {
  return findMatchingKeys(db, scope, walk.filters, { ids, withPayload: walk.withPayload });
}

/** Rows that a deletion looks at in one step, and deletes of them. */
const DELETED = { rows: 1_000, limit: 500 };

/** The next of those to delete, oldest first; `place` is where the step after goes on, null where there is none. */
export async function walkToDelete(
  db: Queryable,
  scope: OrgScope,
  filters: FoundFilters,
  { place, storedBefore }: { place: Place | null; storedBefore: string },
): Promise<{ ids: string[]; place: Place | null }> {
  const step = { ...DELETED, place, storedBefore, isAscending: true, withPayload: false };
  const { found, last } = await walkRequestKeys(db, scope, filters, step);
  const lastFound = found.length === DELETED.limit ? (found.at(-1) ?? null) : null;
  return { ids: found.map(({ id }) => id), place: last ?? lastFound };
}

/** False where the rollups know that no request has the model, provider, prompt, environment and status that are asked for. */
export async function mayMatch(db: Queryable, scope: OrgScope, filters: RequestFilters): Promise<boolean> {
  const values = valuesOf(parseStatsFilter(filters, new Date(0))); // Of its times nothing is asked.
  return values.size === 0 || hasRollup(db, scope, values);
}
