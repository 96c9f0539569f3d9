/** The code of a sign-in link: random, good once and for a short time, and in no way related to the key it opens. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { AppError } from '#server/errors';
import { hashSecret } from './apiKeySecret.ts';
import { readBearerToken } from './bearerToken.ts';

/** The hyphen tells it from every API key: their prefix cannot hold one. */
const PREFIX = 'once-';
const PATTERN = /^once-[0-9A-Za-z_-]{43}$/;

/** Makes a code such as `once-4fJ…`, and the hash that is all we keep of it. */
export function generateSignInCode(): { readonly code: string; readonly code_hash: Buffer } {
  const code = PREFIX + randomBytes(32).toString('base64url');
  return { code, code_hash: hashSecret(code) };
}

/**
 * The hash of the code in `Authorization: Bearer once-…`.
 * @throws {AppError} `invalid_sign_in_code` for what cannot be one, without asking the database.
 */
export function readSignInCode(req: IncomingMessage): Buffer {
  const token = readBearerToken(req);
  if (token === null || !PATTERN.test(token)) {
    throw new AppError(
      'invalid_sign_in_code',
      'Send the code of a sign-in link in the header "Authorization: Bearer once-…".',
    );
  }
  return hashSecret(token);
}
