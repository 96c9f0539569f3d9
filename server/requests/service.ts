import type { Deleted } from '#shared/apiKey';
import type { Job } from '#shared/job';
import type { JsonObject, RequestId } from '#shared/primitives';
import type { ListRequestsInput, RequestFilters } from '#shared/request';
import type { OrgScope } from '#server/auth/orgScope';
import { cursorAt, parseCursor, parseNextCursor } from '#server/db/cursor';
import { cutPage, type RowKey } from '#server/db/pages';
import { Parameters } from '#server/db/sql';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import { createJob } from '#server/jobs/service';
import { type JsonStream, type RowSource, toJsonStream } from '#server/jsonStream';
import { isUnfiltered, whereFilters } from './filters.ts';
import { deleteRequestRow, findRequestKey, listRequestKeys, readLoggedRequests, readSummaries } from './repository.ts';

/** One page of the list, newest first, without payloads: a RequestPage. */
export async function listRequests(deps: Deps, scope: OrgScope, input: ListRequestsInput): Promise<JsonStream> {
  const { cursor, limit, ...filters } = input;
  const position = parseCursor(cursor);
  const isBackward = position?.direction === 'prev';
  // One row more than asked for tells whether there is another page.
  const page = { limit: limit + 1, offset: 0, position, withPayload: false };
  const { keys, hasMore } = cutPage(await listRequestKeys(deps.reads.of(scope), scope, filters, page), limit);
  const newestFirst = isBackward ? keys.toReversed() : keys;
  const hasNext = isBackward ? true : hasMore;
  const hasPrev = isBackward ? hasMore : position !== null;
  const next_cursor = hasNext ? cursorAt('next', newestFirst.at(-1)) : null;
  const prev_cursor = hasPrev ? cursorAt('prev', newestFirst[0]) : null;
  return toJsonStream({ tenant: scope.org_id, gate: deps.largeReads }, [
    '{"requests":[',
    { rows: summariesOf(deps, scope, newestFirst) },
    `],"next_cursor":${JSON.stringify(next_cursor)},"prev_cursor":${JSON.stringify(prev_cursor)}}`,
  ]);
}

export interface FullPage {
  readonly limit: number;
  readonly offset: number;
  readonly cursor?: string | undefined;
  readonly withPayload: boolean;
}

/** A page by offset or by cursor, as the REST list answers: an array of LoggedRequest, or of summaries. */
export async function listFullRequests(
  deps: Deps,
  scope: OrgScope,
  filters: RequestFilters,
  { limit, offset, cursor, withPayload }: FullPage,
): Promise<{ stream: JsonStream; next_cursor: string | null }> {
  const position = parseNextCursor(cursor);
  const found = await listRequestKeys(deps.reads.of(scope), scope, filters, {
    limit: limit + 1,
    offset,
    position,
    withPayload,
  });
  const { keys, hasMore } = cutPage(found, limit);
  const rows = withPayload ? requestsOf(deps, scope, keys) : ownSummariesOf(deps, scope, keys);
  return {
    stream: toJsonStream({ tenant: scope.org_id, gate: deps.largeReads }, ['[', { rows }, ']']),
    next_cursor: hasMore ? cursorAt('next', keys.at(-1)) : null,
  };
}

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

function requestsOf(deps: Deps, scope: OrgScope, keys: readonly RowKey[], more: object = {}): RowSource<RowKey> {
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
  const deleted = await deleteRequestRow(deps.db, scope, id);
  if (deleted === 0) throw new AppError('not_found', `There is no request ${id} in this organization.`);
  return { success: true };
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
