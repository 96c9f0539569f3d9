/** All SQL of sign-in codes. They are found by their hash: it is what a scope is made from. */
import { z } from 'zod';
import { ApiKeyId, OrgId } from '#shared/primitives';
import type { OrgScope } from '#server/auth/orgScope';
import { type Queryable, queryRows } from '#server/db/sql';

export const StoredSignInCode = z.object({ org_id: OrgId, api_key_id: ApiKeyId });
export type StoredSignInCode = z.infer<typeof StoredSignInCode>;

const VALID = 'code_hash = $1 AND expires_at > now()';

/** Stores a code for some minutes, and deletes those of the organization that are over. */
export async function insertSignInCode(
  db: Queryable,
  scope: OrgScope,
  code: { code_hash: Buffer; api_key_id: ApiKeyId; minutes: number },
): Promise<void> {
  await db.query('DELETE FROM sign_in_codes WHERE org_id = $1 AND expires_at < now()', [scope.org_id]);
  await db.query(
    `INSERT INTO sign_in_codes (org_id, code_hash, api_key_id, expires_at)
     VALUES ($1, $2, $3, now() + make_interval(mins => $4))`,
    [scope.org_id, code.code_hash, code.api_key_id, code.minutes],
  );
}

/** Null for a code that was used, has expired or never was. */
export async function findSignInCode(db: Queryable, codeHash: Buffer): Promise<StoredSignInCode | null> {
  const rows = await queryRows(db, StoredSignInCode, `SELECT org_id, api_key_id FROM sign_in_codes WHERE ${VALID}`, [
    codeHash,
  ]);
  return rows[0] ?? null;
}

/** Uses a code up; of two calls with one code the second finds none. */
export async function takeSignInCode(db: Queryable, codeHash: Buffer): Promise<StoredSignInCode | null> {
  const answer = await db.query(`DELETE FROM sign_in_codes WHERE ${VALID} RETURNING org_id, api_key_id`, [codeHash]);
  // TypeORM answers [rows, count] for a DELETE.
  const [rows] = z.tuple([z.array(StoredSignInCode), z.number()]).parse(answer);
  return rows[0] ?? null;
}

/** The other links to a key whose secret was handed out. */
export async function deleteSignInCodes(db: Queryable, scope: OrgScope, api_key_id: ApiKeyId): Promise<void> {
  await db.query('DELETE FROM sign_in_codes WHERE org_id = $1 AND api_key_id = $2', [scope.org_id, api_key_id]);
}
