import type { IncomingMessage } from 'node:http';
import { AppError } from '#server/errors';

/**
 * The token of `Authorization: Bearer …` (RFC 6750, 2.1). Null where the header is missing.
 * @throws {AppError} `missing_api_key` for another scheme, `malformed_request` for two headers.
 */
export function readBearerToken(req: IncomingMessage): string | null {
  const header = readAuthorization(req);
  if (header === null) return null;
  const match = /^bearer ([^\s,]+)$/i.exec(header);
  if (!match?.[1]) {
    throw new AppError('missing_api_key', 'The Authorization header must be "Bearer <API key>".');
  }
  return match[1];
}

/**
 * The header `Authorization` as it was sent; null where it is missing.
 * @throws {AppError} `malformed_request` for two of them.
 */
export function readAuthorization(req: IncomingMessage): string | null {
  const headers = req.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'authorization');
  if (headers.length > 1) throw new AppError('malformed_request', 'Send one Authorization header, not several.');
  return req.headers.authorization || null;
}
