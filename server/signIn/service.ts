/**
 * Signing in by a link. The link carries a code; what it is exchanged for is the secret of a key, which is made at that
 * moment, so that it is in one answer only and in no URL, no terminal and no log.
 */
import type { SignedIn, SignInOffer } from '#shared/signIn';
import { ensureKeyWithoutSecret, issueSecret } from '#server/apiKeys/service';
import type { OrgScope } from '#server/auth/orgScope';
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { hashSecret } from '#server/auth/apiKeySecret';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { generateSignInCode } from '#server/auth/signInCode';
import type { Queryable } from '#server/db/sql';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import { getOrganization } from '#server/organizations/service';
import {
  deleteSignInCodes,
  findSignInCode,
  insertSignInCode,
  type StoredSignInCode,
  takeSignInCode,
} from './repository.ts';

const VALID_MINUTES = 60;

/** What offering a link needs; `db` may be a transaction. */
export type OfferDeps = Pick<Deps, 'config' | 'newId'> & { readonly db: Queryable };

/** Makes a link's code for a key of that name. Until the link is opened, the key has no secret and opens nothing. */
export async function offerSignIn(deps: OfferDeps, scope: OrgScope, keyName: string): Promise<string> {
  const key = await ensureKeyWithoutSecret(deps, scope, keyName);
  const { code, code_hash } = generateSignInCode();
  await insertSignInCode(deps.db, scope, { code_hash, api_key_id: key.id, minutes: VALID_MINUTES });
  return code;
}

/**
 * What a code would open; it stays good.
 * @throws {AppError} `invalid_sign_in_code`.
 */
export async function getSignInOffer(deps: Deps, codeHash: Buffer): Promise<SignInOffer> {
  const stored = requireCode(await findSignInCode(deps.db, codeHash));
  return { organization: await getOrganization({ db: deps.db }, scopeOf(stored)) };
}

/**
 * Exchanges a code for the secret of its key.
 * @throws {AppError} `invalid_sign_in_code`.
 */
export async function signIn(deps: Deps, codeHash: Buffer): Promise<SignedIn> {
  const signedIn = await deps.db.transaction(async (db) => {
    const stored = requireCode(await takeSignInCode(db, codeHash));
    const scope = scopeOf(stored);
    const api_key = await issueSecret({ ...deps, db }, scope, stored.api_key_id);
    // Another link to the same key was opened in between.
    if (!api_key) throw unknownCode();
    await deleteSignInCodes(db, scope, stored.api_key_id);
    return { organization: await getOrganization({ ...deps, db }, scope), api_key };
  });
  deps.authenticator.keyCreated();
  deps.attempts.noteGood(hashSecret(signedIn.api_key.key));
  return signedIn;
}

/** The code proved it. */
function scopeOf({ org_id }: StoredSignInCode): OrgScope {
  return scopeForAdmin(serverAdminScope(), org_id);
}

function requireCode(stored: StoredSignInCode | null): StoredSignInCode {
  if (!stored) throw unknownCode();
  return stored;
}

function unknownCode(): AppError {
  return new AppError(
    'invalid_sign_in_code',
    'This sign-in link was opened before, has expired, or belongs to another server.',
  );
}
