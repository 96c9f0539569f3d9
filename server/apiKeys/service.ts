import { ALL_SCOPES, type ApiKey, type CreateApiKeyInput, type CreatedApiKey, type Deleted } from '#shared/apiKey';
import { ApiKeyId, type OrgId } from '#shared/primitives';
import { generateApiKey } from '#server/auth/apiKeySecret';
import type { Caller } from '#server/auth/authenticate';
import type { AdminScope, OrgScope } from '#server/auth/orgScope';
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import type { Queryable } from '#server/db/sql';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import { requireOrganization } from '#server/organizations/service';
import {
  deleteApiKeyRow,
  deleteApiKeyRowOfAny,
  findApiKey,
  findKeyWithoutSecret,
  hasUsedKey,
  insertApiKey,
  listApiKeyRows,
  setKeySecret,
} from './repository.ts';

/** The most keys of one organization: more than any team hands out. A program that made one for each call would fill the table. */
const MAX_KEYS = 1_000;

/** Makes a key for the caller's organization. A key can make none that may do more than itself. */
export async function createApiKey(deps: Deps, caller: Caller, input: CreateApiKeyInput): Promise<CreatedApiKey> {
  const scopes = input.scopes ?? caller.scopes;
  const beyond = scopes.find((scope) => !caller.scopes.includes(scope));
  if (beyond) {
    throw new AppError('insufficient_scope', `This API key has no scope "${beyond}" and cannot give it to another.`);
  }
  return storeNewKey(deps, caller.scope, { ...input, scopes: [...scopes] });
}

/** Makes a key for any organization; without a choice it may do everything, as documented keys always could. */
export async function createApiKeyAsAdmin(
  deps: Deps,
  admin: AdminScope,
  input: CreateApiKeyInput & { org_id: OrgId },
): Promise<CreatedApiKey> {
  await requireOrganization(deps, admin, input.org_id);
  return storeNewKey(deps, scopeForAdmin(admin, input.org_id), input);
}

/** Newest first, never with a secret. */
export async function listApiKeys(deps: Deps, scope: OrgScope): Promise<ApiKey[]> {
  const keys = await listApiKeyRows(deps.reads.of(scope), scope);
  return keys.map((key) => withLatestUse(deps, key));
}

/** @throws {AppError} `not_found` for an organization that does not exist. */
export async function listApiKeysAsAdmin(deps: Deps, admin: AdminScope, org_id: OrgId): Promise<ApiKey[]> {
  await requireOrganization(deps, admin, org_id);
  return listApiKeys(deps, scopeForAdmin(admin, org_id));
}

/** @throws {AppError} `not_found`. */
export async function getApiKey(deps: Deps, scope: OrgScope, id: ApiKeyId): Promise<ApiKey> {
  const key = await findApiKey(deps.reads.of(scope), scope, id);
  if (!key) throw keyNotFound(id);
  return withLatestUse(deps, key);
}

/**
 * Deletes a key; every call that begins afterwards gets 401.
 * @throws {AppError} `not_found`, also for a key of another organization.
 */
export async function deleteApiKey(deps: Deps, scope: OrgScope, id: ApiKeyId): Promise<Deleted> {
  const deleted = await deleteApiKeyRow(deps.changes.of(scope), scope, id);
  deps.authenticator.keyDeleted(id);
  if (deleted === 0) throw keyNotFound(id);
  return { success: true };
}

/** @throws {AppError} `not_found`. */
export async function deleteApiKeyAsAdmin(deps: Deps, admin: AdminScope, id: ApiKeyId): Promise<Deleted> {
  const deleted = await deleteApiKeyRowOfAny(deps.db, admin, id);
  deps.authenticator.keyDeleted(id);
  if (deleted === 0) throw keyNotFound(id);
  return { success: true };
}

/** What making a key needs; `db` may be a transaction. */
type KeyDeps = Pick<Deps, 'config' | 'newId'> & { readonly db: Queryable };

/** A key that opens nothing until `issueSecret`; the one that is there, where its secret was not handed out yet. */
export async function ensureKeyWithoutSecret(deps: KeyDeps, scope: OrgScope, name: string): Promise<ApiKey> {
  const { db } = deps;
  const known = await findKeyWithoutSecret(db, scope, name);
  if (known) return known;
  const key = {
    id: ApiKeyId.parse(deps.newId()),
    name,
    key_hash: null,
    key_prefix: deps.config.apiKeyPrefix,
    scopes: ALL_SCOPES,
  };
  const inserted = await insertApiKey(deps.db, scope, key, MAX_KEYS);
  if (!inserted) throw tooManyKeys();
  return inserted;
}

/** Makes the secret of a key that has none; null where it has one. The caller has to tell the authenticator. */
export async function issueSecret(deps: KeyDeps, scope: OrgScope, id: ApiKeyId): Promise<CreatedApiKey | null> {
  const secret = generateApiKey(deps.config.apiKeyPrefix);
  const stored = await setKeySecret(deps.db, scope, id, secret);
  if (!stored) return null;
  const { last_used_at: _, ...key } = stored;
  return { ...key, key: secret.key };
}

/** Whether anybody ever called with a key. */
export function hasUsedApiKey(deps: { readonly db: Queryable }, admin: AdminScope): Promise<boolean> {
  return hasUsedKey(deps.db, admin);
}

async function storeNewKey(deps: Deps, scope: OrgScope, input: CreateApiKeyInput): Promise<CreatedApiKey> {
  const secret = generateApiKey(deps.config.apiKeyPrefix);
  const key = {
    id: ApiKeyId.parse(deps.newId()),
    name: input.name,
    key_hash: secret.key_hash,
    key_prefix: secret.key_prefix,
    scopes: input.scopes ?? ALL_SCOPES,
  };
  const inserted = await insertApiKey(deps.changes.of(scope), scope, key, MAX_KEYS);
  if (!inserted) throw tooManyKeys();
  const { last_used_at: _, ...stored } = inserted;
  // A guess of this very key may be remembered as unknown.
  deps.authenticator.keyCreated();
  deps.attempts.noteGood(secret.key_hash);
  return { ...stored, key: secret.key };
}

function withLatestUse(deps: Deps, key: ApiKey): ApiKey {
  return { ...key, last_used_at: deps.keyUsage.lastUsedAt(key.id) ?? key.last_used_at };
}

function keyNotFound(id: ApiKeyId): AppError {
  return new AppError('not_found', `There is no API key ${id}.`);
}

function tooManyKeys(): AppError {
  return new AppError(
    'conflict',
    `This organization has ${MAX_KEYS.toLocaleString('en')} API keys, which is the most it may have: delete one that is not used any more.`,
  );
}
