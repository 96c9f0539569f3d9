import type { CreateOrganizationInput, Organization } from '#shared/organization';
import { OrgId } from '#shared/primitives';
import type { AdminScope, OrgScope } from '#server/auth/orgScope';
import type { Queryable } from '#server/db/sql';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import { PRICE_LIST_VERSION } from '#server/pricing/priceList';
import {
  findFirstOrganizationRow,
  findOrganization,
  hasOrganization,
  insertOrganization,
  listOrganizationRows,
} from './repository.ts';

/** Makes an organization without keys. */
export function createOrganization(
  deps: Pick<Deps, 'newId'> & { readonly db: Queryable },
  admin: AdminScope,
  input: CreateOrganizationInput,
): Promise<Organization> {
  const organization = { id: OrgId.parse(deps.newId()), name: input.name, price_list: PRICE_LIST_VERSION };
  return insertOrganization(deps.db, admin, organization);
}

/** Every organization, oldest first. */
export function listOrganizations(deps: { readonly db: Queryable }, admin: AdminScope): Promise<Organization[]> {
  return listOrganizationRows(deps.db, admin);
}

/** The oldest organization; null in an empty database. */
export function findFirstOrganization(
  deps: { readonly db: Queryable },
  admin: AdminScope,
): Promise<Organization | null> {
  return findFirstOrganizationRow(deps.db, admin);
}

/** @throws {AppError} `not_found`. */
export async function requireOrganization(deps: Deps, admin: AdminScope, org_id: OrgId): Promise<void> {
  if (await hasOrganization(deps.db, admin, org_id)) return;
  throw new AppError('not_found', `There is no organization ${org_id}.`);
}

/** @throws {AppError} `not_found` when it was deleted since the caller signed in. */
export async function getOrganization({ db }: { readonly db: Queryable }, scope: OrgScope): Promise<Organization> {
  const organization = await findOrganization(db, scope);
  if (!organization) throw new AppError('not_found', 'This organization was deleted.');
  return organization;
}
