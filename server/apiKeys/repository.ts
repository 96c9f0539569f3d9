/** All SQL of API keys. */
import { z } from 'zod';
import { ApiKey, ApiKeyScope } from '#shared/apiKey';
import { ApiKeyId, OrgId } from '#shared/primitives';
import type { AdminScope, OrgScope } from '#server/auth/orgScope';
import { type Queryable, queryRows } from '#server/db/sql';

const COLUMNS = 'id, key_prefix, name, scopes, created_at, last_used_at';

export const StoredApiKey = z.object({ org_id: OrgId, id: ApiKeyId, scopes: z.array(ApiKeyScope) });
/** What authentication needs to know of a key. */
export type StoredApiKey = z.infer<typeof StoredApiKey>;

/** The one query without a scope: it is what a scope is made from. Index `api_keys_by_hash`. */
export async function findKeyByHash(db: Queryable, keyHash: Buffer): Promise<StoredApiKey | null> {
  const rows = await queryRows(db, StoredApiKey, 'SELECT org_id, id, scopes FROM api_keys WHERE key_hash = $1', [
    keyHash,
  ]);
  return rows[0] ?? null;
}

/**
 * The hashes of the keys used last: who may still be looked up while their address is over the limit of wrong
 * credentials. A scan of the table, at most once in ten seconds and only then.
 */
export async function listHashesOfUsedKeys(db: Queryable): Promise<Buffer[]> {
  const rows = await queryRows(
    db,
    z.object({ key_hash: z.instanceof(Buffer) }),
    'SELECT key_hash FROM api_keys ORDER BY COALESCE(last_used_at, created_at) DESC LIMIT 20000',
    [],
  );
  return rows.map((row) => row.key_hash);
}

export interface NewApiKey {
  readonly id: ApiKeyId;
  readonly name: string;
  /** Null: a key without a secret, for now. */
  readonly key_hash: Buffer | null;
  readonly key_prefix: string;
  readonly scopes: readonly ApiKeyScope[];
}

/**
 * @returns null where the organization has `most` keys already. Calls at the same instant may together go a few beyond:
 *   the bound is there to keep the list and the table small.
 */
export async function insertApiKey(
  db: Queryable,
  scope: OrgScope,
  key: NewApiKey,
  most: number,
): Promise<ApiKey | null> {
  const [row] = await queryRows(
    db,
    ApiKey,
    `INSERT INTO api_keys (org_id, id, name, key_hash, key_prefix, scopes)
     SELECT $1::uuid, $2::uuid, $3::text, $4::bytea, $5::text, $6::text[]
     WHERE (SELECT count(*) FROM api_keys WHERE org_id = $1) < $7 RETURNING ${COLUMNS}`,
    [scope.org_id, key.id, key.name, key.key_hash, key.key_prefix, key.scopes, most],
  );
  return row ?? null;
}

/** Gives a key that has none its secret; null where it has one already, or is gone. */
export async function setKeySecret(
  db: Queryable,
  scope: OrgScope,
  id: ApiKeyId,
  secret: { key_hash: Buffer; key_prefix: string },
): Promise<ApiKey | null> {
  const answer = await db.query(
    `UPDATE api_keys SET key_hash = $3, key_prefix = $4
     WHERE org_id = $1 AND id = $2 AND key_hash IS NULL RETURNING ${COLUMNS}`,
    [scope.org_id, id, secret.key_hash, secret.key_prefix],
  );
  // TypeORM answers [rows, count] for an UPDATE.
  const [rows] = z.tuple([z.array(ApiKey), z.number()]).parse(answer);
  return rows[0] ?? null;
}

/** The oldest key of that name whose secret was not handed out yet. */
export async function findKeyWithoutSecret(db: Queryable, scope: OrgScope, name: string): Promise<ApiKey | null> {
  const rows = await queryRows(
    db,
    ApiKey,
    `SELECT ${COLUMNS} FROM api_keys WHERE org_id = $1 AND name = $2 AND key_hash IS NULL ORDER BY created_at LIMIT 1`,
    [scope.org_id, name],
  );
  return rows[0] ?? null;
}

/** Whether any key of any organization was ever used. Reads the whole table: once, at a start. */
export async function hasUsedKey(db: Queryable, _admin: AdminScope): Promise<boolean> {
  const [row] = await queryRows(
    db,
    z.object({ found: z.boolean() }),
    'SELECT EXISTS (SELECT FROM api_keys WHERE last_used_at IS NOT NULL) AS found',
  );
  return row?.found ?? false;
}

/** Newest first. */
export function listApiKeyRows(db: Queryable, scope: OrgScope): Promise<ApiKey[]> {
  return queryRows(db, ApiKey, `SELECT ${COLUMNS} FROM api_keys WHERE org_id = $1 ORDER BY created_at DESC, id DESC`, [
    scope.org_id,
  ]);
}

/** One key; null where the organization has none of this id. Primary key. */
export async function findApiKey(db: Queryable, scope: OrgScope, id: ApiKeyId): Promise<ApiKey | null> {
  const rows = await queryRows(db, ApiKey, `SELECT ${COLUMNS} FROM api_keys WHERE org_id = $1 AND id = $2`, [
    scope.org_id,
    id,
  ]);
  return rows[0] ?? null;
}

/** @returns how many were deleted: 1, or 0 where this organization has no such key. */
export function deleteApiKeyRow(db: Queryable, scope: OrgScope, id: ApiKeyId): Promise<number> {
  return countDeleted(db, 'DELETE FROM api_keys WHERE org_id = $1 AND id = $2 RETURNING id', [scope.org_id, id]);
}

/** An operator names a key by its id alone. */
export function deleteApiKeyRowOfAny(db: Queryable, _admin: AdminScope, id: ApiKeyId): Promise<number> {
  return countDeleted(db, 'DELETE FROM api_keys WHERE id = $1 RETURNING id', [id]);
}

async function countDeleted(db: Queryable, sql: string, parameters: unknown[]): Promise<number> {
  // TypeORM answers [rows, count] for a DELETE.
  const [, count] = z.tuple([z.array(z.unknown()), z.number()]).parse(await db.query(sql, parameters));
  return count;
}

export interface KeyUse {
  readonly org_id: OrgId;
  readonly id: ApiKeyId;
  readonly last_used_at: Date;
}

/** Moves `last_used_at` of many keys at once, never backwards. Sorted, so that two processes lock in one order. */
export async function touchApiKeys(db: Queryable, uses: readonly KeyUse[]): Promise<void> {
  const sorted = [...uses].sort((a, b) => a.id.localeCompare(b.id));
  await db.query(
    `UPDATE api_keys AS key SET last_used_at = used.last_used_at
     FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS used (org_id, id, last_used_at)
     WHERE key.org_id = used.org_id AND key.id = used.id
       AND (key.last_used_at IS NULL OR key.last_used_at < used.last_used_at)`,
    [sorted.map((use) => use.org_id), sorted.map((use) => use.id), sorted.map((use) => use.last_used_at)],
  );
}
