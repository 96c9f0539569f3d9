import type { Deleted } from '#shared/apiKey';
import type { Job } from '#shared/job';
import type { Instant, JsonObject, RequestId } from '#shared/primitives';
import type { ListRequestsInput, RequestFilters, RequestSort } from '#shared/request';
import { MOST_NEWER, type Newer, type NewerInput } from '#shared/requestValues';
import type { OrgScope } from '#server/auth/orgScope';
import type { Place } from '#server/db/cursor';
import { cutPage, type RowKey } from '#server/db/pages';
import { Parameters } from '#server/db/sql';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import { createJob } from '#server/jobs/service';
import { type JsonRow, type JsonStream, type RowSource, toJsonStream } from '#server/jsonStream';
import { isAnsweredByIndex, mayMatch, TimeBudget, type Walk, walkRows, type Walked } from '#server/walk/walk';
import { findAllHits, searchesWords, searchRequests } from '#server/search/service';
import { type FoundFilters, isUnfiltered, whereFilters } from './filters.ts';
import {
  deleteRequestRowsById,
  findRequestKey,
  type KeyPage,
  listRequestKeys,
  listSortedKeys,
  readLoggedRequests,
  readSummaries,
  type SortedKey,
} from './repository.ts';
import {
  listCursor,
  type ListPosition,
  parseListCursor,
  parseSort,
  SORTED_ROWS,
  type SortValue,
  type SortWindow,
} from './sorting.ts';

/** One page of the list, without payloads: a RequestPage. */
export async function listRequests(deps: Deps, scope: OrgScope, input: ListRequestsInput): Promise<JsonStream> {
  const { cursor, limit, sort, ...filters } = input;
  const position = parseListCursor(cursor, sort);
  const page = { sort, limit, offset: 0, position, withPayload: false };
  const { keys, ...found } = await findPage(deps, scope, filters, page);
  const more = JSON.stringify(found).slice(1);
  return toJsonStream({ tenant: scope.org_id, gate: deps.largeReads }, [
    '{"requests":[',
    { rows: summariesOf(deps, scope, keys) },
    `],${more}`,
  ]);
}

export interface FullPage {
  readonly sort: RequestSort;
  readonly limit: number;
  readonly offset: number;
  readonly cursor?: string | undefined;
  readonly withPayload: boolean;
}

export interface FullList {
  readonly stream: JsonStream;
  readonly next_cursor: string | null;
  readonly sorted_back_to: Instant | null;
  readonly searched_back_to: Instant | null;
}

/** A page by offset or by cursor, as the REST list answers: an array of LoggedRequest, or of summaries. */
export async function listFullRequests(
  deps: Deps,
  scope: OrgScope,
  filters: RequestFilters,
  { cursor, ...page }: FullPage,
): Promise<FullList> {
  const position = parseListCursor(cursor, page.sort);
  requireForward(position);
  const { keys, prev_cursor: _, ...found } = await findPage(deps, scope, filters, { ...page, position });
  const rows = page.withPayload ? requestsOf(deps, scope, keys) : ownSummariesOf(deps, scope, keys);
  const stream = toJsonStream({ tenant: scope.org_id, gate: deps.largeReads }, ['[', { rows }, ']']);
  return { stream, ...found };
}

/** Keys of one group of a walk, and milliseconds for it where few match. */
const GROUP = { rows: 1_000, ms: 2_000 };

/** The keys of all that match, newest first, group by group. What is stored after it began is not among them. */
export async function* walkRequests(
  deps: Deps,
  scope: OrgScope,
  filters: RequestFilters,
): AsyncGenerator<readonly RowKey[]> {
  let place: Place | null = null;
  for (;;) {
    const walk: Walk = { filters, place, isAscending: false, limit: GROUP.rows, withPayload: true };
    const walked: Walked = await findRows(deps, scope, walk, new TimeBudget(GROUP.ms));
    yield walked.found; // Also nothing: who takes it may have no reader any more.
    if (walked.outcome === 'end') return;
    place = walked.place ?? walked.found.at(-1) ?? null;
  }
}

/** Rows by their words in the search index, others one after the other. */
async function findRows(deps: Deps, scope: OrgScope, walk: Walk, budget: TimeBudget): Promise<Walked> {
  if (searchesWords(walk.filters)) return searchRequests(deps, scope, walk, budget);
  const db = deps.reads.of(scope);
  const begun = await walkRows(db, scope, walk, { budget, steps: 1 });
  if (begun.outcome !== 'stopped') return begun;
  // Nothing among the first: perhaps nobody has such a provider or environment, which is known without looking on.
  if (begun.found.length === 0 && walk.place === null && !(await mayMatch(db, scope, walk.filters)))
    return { found: [], outcome: 'end', place: null };
  const rest = { ...walk, place: begun.place, limit: walk.limit - begun.found.length };
  const further = await walkRows(db, scope, rest, { budget });
  return { ...further, found: [...begun.found, ...further.found] };
}

/** Requests with their payloads as JSON, in any order. */
export function readRequestJson(deps: Deps, scope: OrgScope, ids: readonly string[]): Promise<readonly JsonRow[]> {
  return readLoggedRequests(deps.reads.of(scope), scope, ids);
}

interface FoundPage {
  /** In the order of the list. */
  readonly keys: readonly RowKey[];
  readonly next_cursor: string | null;
  readonly prev_cursor: string | null;
  readonly sorted_back_to: Instant | null;
  readonly searched_back_to: Instant | null;
}

/** Milliseconds for the rows of a page. A page that goes on after another may take longer: somebody asked for it. */
const PAGE_MS = { first: 35, next: 300 };
/** Rows that `offset` may skip of what is searched for: each has to be found. */
const SEARCHED_OFFSET = 1_000;

/** Finds the rows of a page, and what leads to the pages beside it. */
async function findPage(
  deps: Deps,
  scope: OrgScope,
  filters: RequestFilters,
  { sort, ...page }: KeyPage & { readonly sort: RequestSort },
): Promise<FoundPage> {
  const { by, isDescending } = parseSort(sort);
  if (by === 'time' && !isAnsweredByIndex(scope, filters) && page.offset <= SEARCHED_OFFSET)
    return findWalkedPage(deps, scope, filters, { ...page, sort, isDescending });
  // One row more than asked for tells whether there is another page.
  const wanted = { ...page, limit: page.limit + 1 };
  const db = deps.reads.of(scope);
  const sorted = by === 'time' ? null : await findSorted(deps, scope, filters, { ...wanted, by, isDescending });
  const found: readonly (RowKey & Partial<SortedKey>)[] =
    sorted?.keys ?? (await listRequestKeys(db, scope, filters, { ...wanted, isOldestFirst: !isDescending }));
  const cut = cutPage(found, page.limit);
  const isBackward = page.position?.direction === 'prev';
  const keys = isBackward ? cut.keys.toReversed() : cut.keys;
  const window = page.position?.window ?? sorted?.window ?? windowOf(keys[0]);
  const cursorOf = (direction: 'next' | 'prev', key: (typeof found)[number] | undefined) =>
    key === undefined
      ? null
      : listCursor(sort, {
          direction,
          id: key.id,
          value: by === 'time' ? key.started_at : (key.value ?? null),
          window,
        });
  return {
    keys,
    next_cursor: isBackward || cut.hasMore ? cursorOf('next', keys.at(-1)) : null,
    prev_cursor: (isBackward ? cut.hasMore : page.position !== null) ? cursorOf('prev', keys[0]) : null,
    sorted_back_to: window?.oldest.started_at ?? null,
    searched_back_to: null,
  };
}

/** Milliseconds to look for the rows that are sorted, where no index answers the filters. */
const SORT_MS = 150;

/**
 * The rows of a page by a value. Where no index answers the filters, the rows are looked at one after the other until the
 * time is up: those that match back to there are sorted then.
 */
async function findSorted(
  deps: Deps,
  scope: OrgScope,
  filters: RequestFilters,
  page: KeyPage & { readonly by: SortValue; readonly isDescending: boolean },
): Promise<SortedRows> {
  const db = deps.reads.of(scope);
  const sort = async (wanted: FoundFilters) => ({ keys: await listSortedKeys(db, scope, wanted, page), window: null });
  if (searchesWords(filters)) return sort(await findAllHits(deps, scope, filters));
  if (page.position?.window || isAnsweredByIndex(scope, filters)) return sort(filters);
  const walk: Walk = { filters, place: null, isAscending: false, limit: SORTED_ROWS + 1, withPayload: false };
  const { found, outcome, place } = await walkRows(db, scope, walk, { budget: new TimeBudget(SORT_MS) });
  if (outcome === 'full') return sort(filters);
  const { keys } = await sort({ ids: found.map(({ id }) => id) });
  return { keys, window: outcome === 'stopped' && place ? { latest: found[0] ?? place, oldest: place } : null };
}

interface SortedRows {
  readonly keys: readonly SortedKey[];
  /** What was looked at, where that was not all. */
  readonly window: SortWindow | null;
}

/** The same of a list by time whose filters are asked row by row, or in the search index, within a time. */
async function findWalkedPage(
  deps: Deps,
  scope: OrgScope,
  filters: RequestFilters,
  { sort, isDescending, ...page }: KeyPage & { readonly sort: RequestSort; readonly isDescending: boolean },
): Promise<FoundPage> {
  const { position } = page;
  const isBackward = position?.direction === 'prev';
  const walk: Walk = {
    filters,
    place: position?.value ? { started_at: position.value, id: position.id } : null,
    isAscending: isDescending === isBackward,
    limit: page.offset + page.limit + 1,
    withPayload: page.withPayload,
  };
  const budget = new TimeBudget(
    searchesWords(filters) ? deps.config.searchMs : position ? PAGE_MS.next : PAGE_MS.first,
  );
  const walked = await findRows(deps, scope, walk, budget);
  const cut = cutPage(walked.found.slice(page.offset), page.limit);
  const keys = isBackward ? cut.keys.toReversed() : cut.keys;
  // Where the time was up, the page beyond begins where this one stopped to look, and not at its last row.
  const stopped = cut.hasMore ? null : walked.place;
  const cursorOf = (direction: 'next' | 'prev', place: Place | null | undefined) =>
    place ? listCursor(sort, { direction, id: place.id, value: place.started_at, window: null }) : null;
  const beyond = stopped ?? (cut.hasMore ? cut.keys.at(-1) : null);
  const before = isBackward || position ? (cut.keys[0] ?? walk.place) : null;
  return {
    keys,
    next_cursor: cursorOf('next', isBackward ? before : beyond),
    prev_cursor: cursorOf('prev', isBackward ? beyond : before),
    sorted_back_to: null,
    // Towards newer ones nothing was left out behind this page.
    searched_back_to: isBackward ? null : (stopped?.started_at ?? null),
  };
}

/** The rows that were sorted, where that was not all of them. */
function windowOf(key: Partial<SortedKey> | undefined): SortWindow | null {
  if (!key?.latest_at || !key.latest_id || !key.oldest_at || !key.oldest_id) return null;
  return {
    latest: { started_at: key.latest_at, id: key.latest_id },
    oldest: { started_at: key.oldest_at, id: key.oldest_id },
  };
}

/** @throws {AppError} `invalid_cursor`: this list is only read forwards. */
function requireForward(position: ListPosition | null): void {
  if (position?.direction !== 'prev') return;
  throw new AppError('invalid_cursor', '`cursor` must be the next cursor of the page before.', { param: 'cursor' });
}

/** Milliseconds to look for newer ones, the newest first: what has just come in is found at once. */
const NEWER_MS = 30;

/** How many requests match that are newer than the newest that is shown. */
export async function countNewerRequests(deps: Deps, scope: OrgScope, { filters, id }: NewerInput): Promise<Newer> {
  const db = deps.reads.of(scope);
  const shown = id === null ? null : await findRequestKey(db, scope, id);
  if (id !== null && shown === null) return { count: null };
  const from = [filters.from, shown?.started_at].filter((time) => time !== undefined).map(toMs);
  const newer = { ...filters, ...(from.length > 0 && { from: new Date(Math.max(...from)).toISOString() }) };
  if (newer.to !== undefined && newer.from !== undefined && toMs(newer.to) <= toMs(newer.from)) return { count: 0 };
  const walk: Walk = { filters: newer, place: null, isAscending: false, limit: MOST_NEWER + 1, withPayload: false };
  const firstRows = isAnsweredByIndex(scope, newer) ? MOST_NEWER + 2 : NEWER_ROWS;
  const { found } = await walkRows(db, scope, walk, { budget: new TimeBudget(NEWER_MS), firstRows });
  const count = found.filter((key) => !shown || key.started_at > shown.started_at || key.id > shown.id).length;
  return { count: Math.min(count, MOST_NEWER) };
}

/** Rows of the first look, where not all of them match. */
const NEWER_ROWS = 250;
const toMs = (time: string): number => Date.parse(time);

/**
 * One request with its payload: a LoggedRequest, or a StoredRequest that says `conflict: true`.
 * @throws {AppError} `not_found`, also for a request of another organization.
 */
export async function getRequest(
  deps: Deps,
  scope: OrgScope,
  id: RequestId,
  { isConflict = false } = {},
): Promise<JsonStream> {
  const key = await findRequestKey(deps.reads.of(scope), scope, id);
  if (!key) throw new AppError('not_found', `There is no request ${id} in this organization.`);
  return toJsonStream({ tenant: scope.org_id, gate: deps.largeReads }, [
    { rows: requestsOf(deps, scope, [key], isConflict ? { conflict: true } : {}) },
  ]);
}

/** Requests without payloads, as parts of an answer. */
export function summariesOf(deps: Deps, scope: OrgScope, keys: readonly RowKey[]): RowSource<RowKey> {
  return {
    keys,
    read: async (ids) =>
      (await readSummaries(deps.reads.of(scope), scope, ids)).map((fields) => ({ id: fields.id, fields })),
  };
}

/** The same, each with the organization that it belongs to. */
function ownSummariesOf(deps: Deps, scope: OrgScope, keys: readonly RowKey[]): RowSource<RowKey> {
  const { org_id } = scope;
  const read = async (ids: readonly string[]) =>
    (await readSummaries(deps.reads.of(scope), scope, ids)).map((row) => ({ id: row.id, fields: { org_id, ...row } }));
  return { keys, read };
}

/** Requests with their payloads, as parts of an answer; `more` are fields of each. */
export function requestsOf(deps: Deps, scope: OrgScope, keys: readonly RowKey[], more: object = {}): RowSource<RowKey> {
  const read = async (ids: readonly string[]) =>
    (await readLoggedRequests(deps.reads.of(scope), scope, ids)).map((row) => ({
      ...row,
      fields: { ...row.fields, ...more },
    }));
  return { keys, read };
}

/**
 * Deletes one request: it is gone from lists, totals and its trace when this answers.
 * @throws {AppError} `not_found`, also for a request of another organization.
 */
export async function deleteRequest(deps: Deps, scope: OrgScope, id: RequestId): Promise<Deleted> {
  const deleted = await deps.changes.of(scope).transaction((tx) => deleteRequestRowsById(tx, scope, [id]));
  if (deleted === 0) throw new AppError('not_found', `There is no request ${id} in this organization.`);
  return { success: true };
}

/** Deletes a few requests: they are gone from lists, totals and traces when this answers how many there were. */
export async function deleteRequests(
  deps: Deps,
  scope: OrgScope,
  ids: readonly RequestId[],
): Promise<{ deleted: number }> {
  return { deleted: await deps.changes.of(scope).transaction((tx) => deleteRequestRowsById(tx, scope, ids)) };
}

/**
 * Begins to delete all requests that match, and the spans that the same filter matches, as a job.
 * @throws {AppError} `invalid_value` where nothing narrows it and it was not said that all are meant.
 */
export async function deleteMatchingRequests(
  deps: Deps,
  scope: OrgScope,
  { filters, all }: { filters: RequestFilters; all: boolean },
): Promise<Job> {
  if (isUnfiltered(filters) && !all) {
    throw new AppError(
      'invalid_value',
      'Name a filter, such as `model` or `to`; or send `all=true` to delete every request of the organization.',
      { param: 'all' },
    );
  }
  whereFilters(new Parameters(), scope, filters); // A filter that contradicts itself is refused now and not by the job.
  return createJob(deps, scope, 'delete_requests', filters as JsonObject); // It came as JSON.
}
