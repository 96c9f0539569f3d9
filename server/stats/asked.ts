/** What statistics are asked for: the filter, which rollup knows it, and how far back requests are read where none does. */
import { DAY_MS, HOUR_MS } from '#shared/durations';
import { asksForWords } from '#shared/query/words';
import type { RequestFilters } from '#shared/request';
import type { GroupField } from '#shared/stats';
import type { OrgScope } from '#server/auth/orgScope';
import { Parameters, type Queryable } from '#server/db/sql';
import type { Deps } from '#server/deps';
import { whereFilters } from '#server/requests/filters';
import { requireCurrentRollups } from '#server/rollups/service';
import { findHits } from '#server/search/service';
import { countPeriods, hasOther } from './repository.ts';
import { askedKeys, parseStatsFilter, rollupKeyOf, type StatsFilter } from './statsFilter.ts';
import type { StripRange } from './stripBuckets.ts';
import { type Source, sourceOfKeys } from './sumsSql.ts';
import { budgetOf, findSpent, indexedPart } from './window.ts';

export type ReadDeps = Pick<Deps, 'reads' | 'clock' | 'config' | 'rollups'>;

/** A filter and the connection that answers it. */
export interface AskedFilter {
  readonly db: Queryable;
  readonly scope: OrgScope;
  readonly filter: StatsFilter;
}

/** With the rollup that answers it; null where none knows what is asked. */
export interface Asked extends AskedFilter {
  readonly source: Source | null;
}

/** Reads the filter, says how long Postgres may work on one statement of these, and brings the rollups up to date. */
export async function ask(
  deps: ReadDeps,
  scope: OrgScope,
  filters: RequestFilters,
  statementMs: number,
): Promise<Asked> {
  whereFilters(new Parameters(), scope, filters); // What contradicts itself is refused, as by the list.
  const db = deps.reads.of(scope, { statementMs });
  const filter = parseStatsFilter(filters, deps.clock());
  await requireCurrentRollups(deps, scope);
  return answerable({ db, scope, filter: await withHits(deps, scope, filter) });
}

/** Where words are asked for and all requests that hold them were found: these in place of the words. */
export async function withHits(
  deps: Omit<ReadDeps, 'rollups'>,
  scope: OrgScope,
  filter: StatsFilter,
): Promise<StatsFilter> {
  const words = filter.terms.filter(asksForWords);
  if (words.length === 0) return filter;
  const toTime = (ms: number | null) => (ms === null ? undefined : new Date(ms).toISOString());
  const hits = await findHits(deps, scope, { terms: words, from: toTime(filter.from), to: toTime(filter.to) });
  if (typeof hits === 'string') return filter;
  return {
    ...filter,
    plain: { ...filter.plain, ids: hits },
    terms: filter.terms.filter((term) => !asksForWords(term)),
  };
}

/** With the rollup that knows what the filter asks, and by what it is told apart: none knows both users and dimensions. */
export async function answerable(asked: AskedFilter, group: GroupField | null = null): Promise<Asked> {
  return { ...asked, source: await findSource(asked, group) };
}

async function findSource({ db, scope, filter }: AskedFilter, group: GroupField | null): Promise<Source | null> {
  const key = group === null ? undefined : rollupKeyOf(group);
  const ofFilter = askedKeys(filter);
  if (ofFilter === null || (group !== null && key === undefined)) return null;
  const keys = new Set([...ofFilter, ...(key === undefined ? [] : [key])]);
  const source = sourceOfKeys(keys);
  // What a day counted together is one group more; a filter would leave out what is in it.
  if (source !== null && ofFilter.size > 0 && (await hasOther(db, scope, filter, ofFilter))) return null;
  return source;
}

/** Whether some day counts values of the group together, so that each of the others may be more than is said. */
export async function isFolded({ db, scope, filter }: AskedFilter, group: GroupField): Promise<boolean> {
  const key = rollupKeyOf(group);
  return key !== undefined && hasOther(db, scope, filter, new Set([key]));
}

/** The filter from where the budget lets it begin. `since` says so; null where nothing is left out. */
export async function bounded({
  db,
  scope,
  filter,
}: AskedFilter): Promise<{ filter: StatsFilter; since: string | null }> {
  const budget = budgetOf(filter);
  if (budget === null) return { filter, since: null };
  const { from, to } = filter;
  const part = indexedPart(filter);
  const wholeDays = {
    ...part,
    from: from === null ? null : Math.floor(from / DAY_MS) * DAY_MS,
    to: to === null ? null : Math.ceil(to / DAY_MS) * DAY_MS,
  };
  const day = findSpent(await countPeriods(db, scope, wholeDays, 'day'), budget);
  if (day === null) return { filter, since: null };
  const hours = {
    ...part,
    from: day.at,
    to: Math.min(day.at + DAY_MS, to === null ? Infinity : Math.ceil(to / HOUR_MS) * HOUR_MS),
  };
  const hour = findSpent(await countPeriods(db, scope, hours, 'hour'), day.left);
  const since = Math.max(hour?.at ?? day.at, from ?? -Infinity);
  if (since === from) return { filter, since: null };
  return { filter: { ...filter, from: since }, since: new Date(since).toISOString() };
}

/** From the beginning of the filter, or the first day that has requests, to its end or now; null where there are none. */
export async function rangeOf({ db, scope, filter }: AskedFilter, now: Date): Promise<StripRange | null> {
  const to = filter.to ?? now.getTime() + 1;
  if (filter.from !== null) return filter.from < to ? { from: filter.from, to } : null;
  const days = await countPeriods(db, scope, { plain: {}, terms: [], from: null, to: filter.to }, 'day');
  const first = days.at(-1);
  return first && Date.parse(first.at) < to ? { from: Date.parse(first.at), to } : null;
}
