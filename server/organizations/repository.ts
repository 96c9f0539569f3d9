/** All SQL of organizations. Each function takes the proof of who asks. */
import { z } from 'zod';
import { Organization } from '#shared/organization';
import type { OrgId } from '#shared/primitives';
import type { AdminScope, OrgScope } from '#server/auth/orgScope';
import { type Queryable, queryRows } from '#server/db/sql';

/** Stores a new organization. */
export async function insertOrganization(
  db: Queryable,
  _admin: AdminScope,
  organization: { id: OrgId; name: string; price_list: string },
): Promise<Organization> {
  const [row] = await queryRows(
    db,
    Organization,
    'INSERT INTO organizations (id, name, price_list) VALUES ($1, $2, $3) RETURNING id, name, created_at',
    [organization.id, organization.name, organization.price_list],
  );
  if (!row) throw new Error('INSERT … RETURNING answered no row.');
  return row;
}

/** Every organization, oldest first. */
export function listOrganizationRows(db: Queryable, _admin: AdminScope): Promise<Organization[]> {
  return queryRows(db, Organization, 'SELECT id, name, created_at FROM organizations ORDER BY created_at, id');
}

/** The oldest; null where there is none. */
export async function findFirstOrganizationRow(db: Queryable, _admin: AdminScope): Promise<Organization | null> {
  const rows = await queryRows(
    db,
    Organization,
    'SELECT id, name, created_at FROM organizations ORDER BY created_at, id LIMIT 1',
  );
  return rows[0] ?? null;
}

/** Whether there is this organization, or any where none is named. */
export async function hasOrganization(db: Queryable, _admin: AdminScope, org_id?: OrgId): Promise<boolean> {
  const [row] = await queryRows(
    db,
    z.object({ found: z.boolean() }),
    'SELECT EXISTS (SELECT FROM organizations WHERE $1::uuid IS NULL OR id = $1) AS found',
    [org_id ?? null],
  );
  return row?.found ?? false;
}

/** The organization of a scope; null where it was deleted meanwhile. */
export async function findOrganization(db: Queryable, scope: OrgScope): Promise<Organization | null> {
  const rows = await queryRows(db, Organization, 'SELECT id, name, created_at FROM organizations WHERE id = $1', [
    scope.org_id,
  ]);
  return rows[0] ?? null;
}
