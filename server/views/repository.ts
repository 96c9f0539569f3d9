/** All SQL of saved views. */
import { z } from 'zod';
import { SavedView, type SaveViewInput, type ViewId, VIEW_LIMITS } from '#shared/view';
import type { OrgScope } from '#server/auth/orgScope';
import { type Queryable, queryRows } from '#server/db/sql';

const COLUMNS = 'id, name, page, search, is_default, created_at, updated_at';

/** Oldest first. Primary key. */
export function listViewRows(db: Queryable, scope: OrgScope): Promise<SavedView[]> {
  return queryRows(db, SavedView, `SELECT ${COLUMNS} FROM saved_views WHERE org_id = $1 ORDER BY id LIMIT $2`, [
    scope.org_id,
    VIEW_LIMITS.views,
  ]);
}

export interface ViewToSave extends SaveViewInput {
  readonly id: ViewId;
  readonly now: Date;
}

/** Null where the organization has as many as it may. The default of a page is one: another one stops being it. */
export async function insertView(db: Queryable, scope: OrgScope, view: ViewToSave): Promise<SavedView | null> {
  const rows = await queryRows(
    db,
    SavedView,
    `WITH others AS (
       UPDATE saved_views SET is_default = false WHERE org_id = $1 AND page = $4 AND is_default AND $6
     ), inserted AS (
       INSERT INTO saved_views (org_id, id, name, page, search, is_default, created_at, updated_at)
       SELECT $1::uuid, $2::uuid, $3, $4::text, $5::json, $6::boolean, $7::timestamptz, $7::timestamptz
       WHERE (SELECT count(*) FROM saved_views WHERE org_id = $1) < $8
       RETURNING ${COLUMNS}
     ) SELECT ${COLUMNS} FROM inserted`,
    [...toValues(scope, view), VIEW_LIMITS.views],
  );
  return rows[0] ?? null;
}

/** Null where this organization has no such view. */
export async function updateView(db: Queryable, scope: OrgScope, view: ViewToSave): Promise<SavedView | null> {
  const rows = await queryRows(
    db,
    SavedView,
    `WITH others AS (
       UPDATE saved_views SET is_default = false WHERE org_id = $1 AND page = $4 AND id <> $2 AND is_default AND $6
     ), updated AS (
       UPDATE saved_views SET name = $3, page = $4, search = $5::json, is_default = $6, updated_at = $7
       WHERE org_id = $1 AND id = $2 RETURNING ${COLUMNS}
     ) SELECT ${COLUMNS} FROM updated`,
    toValues(scope, view),
  );
  return rows[0] ?? null;
}

function toValues(scope: OrgScope, { id, name, page, search, is_default, now }: ViewToSave): unknown[] {
  return [scope.org_id, id, name, page, JSON.stringify(search), is_default, now.toISOString()];
}

/** @returns how many: 1, or 0 where this organization has no such view. */
export async function deleteViewRow(db: Queryable, scope: OrgScope, id: ViewId): Promise<number> {
  const [row] = await queryRows(
    db,
    z.object({ deleted: z.number() }),
    `WITH gone AS (DELETE FROM saved_views WHERE org_id = $1 AND id = $2 RETURNING id)
     SELECT count(*) AS deleted FROM gone`,
    [scope.org_id, id],
  );
  return row?.deleted ?? 0;
}
