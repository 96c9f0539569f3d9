import type { OrgId } from '#shared/primitives';
import { type AdminScope, OrgScope } from './orgScope.ts';

/** An operator may act for any organization; the caller checks that it exists. */
export function scopeForAdmin(admin: AdminScope, org_id: OrgId): OrgScope {
  if (!admin.isAdmin) throw new Error('Not an admin scope.');
  return OrgScope.mint(org_id);
}
