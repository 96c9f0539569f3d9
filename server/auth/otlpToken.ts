import type { IncomingMessage } from 'node:http';
import { looksLikeApiKey } from './apiKeySecret.ts';
import { readAuthorization, readBearerToken } from './bearerToken.ts';

const BASIC = /^basic ([A-Za-z0-9+/_-]+={0,2})$/i;

/**
 * The API key of an exporter: `Bearer <key>`, or `Basic` with the key as password or user name (RFC 7617), which is how the
 * SDKs of Langfuse send their pair of keys. Null where the header is missing.
 * @throws {AppError} as `readBearerToken`.
 */
export function readOtlpToken(req: IncomingMessage): string | null {
  const encoded = BASIC.exec(readAuthorization(req) ?? '')?.[1];
  if (encoded === undefined) return readBearerToken(req);
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  const [user, password] = colon === -1 ? [pair, ''] : [pair.slice(0, colon), pair.slice(colon + 1)];
  // What is no key at all is refused, and counted, as any unknown one.
  return [password, user].find(looksLikeApiKey) ?? password;
}
