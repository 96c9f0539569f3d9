import type { OrgId, RequestId } from '#shared/primitives';
import type { ListRequestsInput, LoggedRequest, RequestFilters, RequestPage, RequestSummary } from '#shared/request';
import type { OrgScope } from '#server/auth/orgScope';
import { formatCursor, parseCursor, type Position } from '#server/db/sql';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import { findRequest, listLoggedRequests, listRequestRows } from './repository.ts';

/** One page of the list, newest first, without words. */
export async function listRequests(deps: Deps, scope: OrgScope, input: ListRequestsInput): Promise<RequestPage> {
  const { cursor, limit, ...filters } = input;
  const position = cursor === undefined ? null : parseCursor(cursor);
  const isBackward = position?.direction === 'prev';
  // One row more than asked for tells whether there is another page.
  const rows = await listRequestRows(deps.reads.of(scope), scope, filters, { limit: limit + 1, position });
  const hasMore = rows.length > limit;
  const requests = hasMore ? (isBackward ? rows.slice(1) : rows.slice(0, limit)) : rows;
  const hasNext = isBackward ? true : hasMore;
  const hasPrev = isBackward ? hasMore : position !== null;
  return {
    requests,
    next_cursor: hasNext ? cursorAt('next', requests.at(-1)) : null,
    prev_cursor: hasPrev ? cursorAt('prev', requests[0]) : null,
  };
}

export interface FullPage {
  readonly limit: number;
  readonly offset: number;
  readonly cursor?: string | undefined;
}

/** A page with words, by offset or by cursor, for the REST list. */
export function listFullRequests(
  deps: Deps,
  scope: OrgScope,
  filters: RequestFilters,
  page: FullPage,
): Promise<{ requests: LoggedRequest[]; next_cursor: string | null }> {
  return cutPage(page, (cut) => listLoggedRequests(deps.reads.of(scope), scope, filters, cut));
}

/** The same page without words. */
export async function listSummaries(
  deps: Deps,
  scope: OrgScope,
  filters: RequestFilters,
  page: FullPage,
): Promise<{ requests: (RequestSummary & { org_id: OrgId })[]; next_cursor: string | null }> {
  const { requests, next_cursor } = await cutPage(page, (cut) =>
    listRequestRows(deps.reads.of(scope), scope, filters, cut),
  );
  return { requests: requests.map((request) => ({ org_id: scope.org_id, ...request })), next_cursor };
}

/** @throws {AppError} `not_found`, also for a request of another organization. */
export async function getRequest(deps: Deps, scope: OrgScope, id: RequestId): Promise<LoggedRequest> {
  const found = await findRequest(deps.reads.of(scope), scope, id);
  if (!found) throw new AppError('not_found', `There is no request ${id} in this organization.`);
  return found;
}

async function cutPage<Row extends Pick<RequestSummary, 'started_at' | 'id'>>(
  page: FullPage,
  list: (cut: { limit: number; offset: number; position: Position | null }) => Promise<Row[]>,
): Promise<{ requests: Row[]; next_cursor: string | null }> {
  const position = page.cursor === undefined ? null : parseCursor(page.cursor);
  if (position?.direction === 'prev') {
    throw new AppError('invalid_cursor', '`cursor` must be the X-Next-Cursor of the page before.', { param: 'cursor' });
  }
  const rows = await list({ limit: page.limit + 1, offset: page.offset, position });
  const requests = rows.slice(0, page.limit);
  return { requests, next_cursor: rows.length > page.limit ? cursorAt('next', requests.at(-1)) : null };
}

function cursorAt(
  direction: 'next' | 'prev',
  row: Pick<RequestSummary, 'started_at' | 'id'> | undefined,
): string | null {
  return row ? formatCursor({ direction, started_at: row.started_at, id: row.id }) : null;
}
