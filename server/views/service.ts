import type { Deleted } from '#shared/apiKey';
import { type SavedView, type SaveViewInput, VIEW_LIMITS, ViewId } from '#shared/view';
import type { OrgScope } from '#server/auth/orgScope';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import { deleteViewRow, insertView, listViewRows, updateView } from './repository.ts';

/** All views of the organization, oldest first. */
export function listViews(deps: Deps, scope: OrgScope): Promise<SavedView[]> {
  return listViewRows(deps.reads.of(scope), scope);
}

/** @throws {AppError} `conflict` where the organization has as many as it may. */
export async function createView(deps: Deps, scope: OrgScope, input: SaveViewInput): Promise<SavedView> {
  const now = deps.clock();
  const view = await insertView(deps.changes.of(scope), scope, {
    ...input,
    id: ViewId.parse(deps.newId(now.getTime())),
    now,
  });
  if (view) return view;
  throw new AppError(
    'conflict',
    `An organization may have ${VIEW_LIMITS.views} saved views: delete one, or change one that is there.`,
  );
}

/** Replaces all of a view. @throws {AppError} `not_found`, also for one of another organization. */
export async function saveView(deps: Deps, scope: OrgScope, id: ViewId, input: SaveViewInput): Promise<SavedView> {
  const view = await updateView(deps.changes.of(scope), scope, { ...input, id, now: deps.clock() });
  if (!view) throw viewNotFound(id);
  return view;
}

/** @throws {AppError} `not_found`, also for one of another organization. */
export async function deleteView(deps: Deps, scope: OrgScope, id: ViewId): Promise<Deleted> {
  if ((await deleteViewRow(deps.changes.of(scope), scope, id)) === 0) throw viewNotFound(id);
  return { success: true };
}

function viewNotFound(id: ViewId): AppError {
  return new AppError('not_found', `There is no view ${id} in this organization.`);
}
