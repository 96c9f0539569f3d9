/** Who may call /api/v1/admin/* (DESIGN.md 8). */
import type { IncomingMessage } from 'node:http';
import { AppError } from '#server/errors';
import { isSameSecret } from './apiKeySecret.ts';
import { readBearerToken } from './bearerToken.ts';
import { AdminScope } from './orgScope.ts';

export interface AdminGuardOptions {
  /** `PROMPTLAB_ADMIN_TOKEN`. Set: required on every call. */
  readonly adminToken: string | null;
  /** `HOST`: what the server listens on. */
  readonly host: string;
}

const SET_TOKEN = 'set PROMPTLAB_ADMIN_TOKEN on the server and send it as "Authorization: Bearer <token>"';

/** Headers that a proxy adds. `Forwarded` is RFC 7239, `Via` RFC 9110; the rest are what products send. */
const PROXY_HEADER =
  /^(forwarded|via|x-forwarded.*|x-real-ip|x-client-ip|x-cluster-client-ip|x-original.*|true-client-ip|cf-.*|fly-.*|fastly-.*|x-amzn-.*|x-envoy-.*|ngrok-.*|x-azure-.*)$/;
const LOCAL_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;

/**
 * Lets an operator in.
 * With a token set, only the token counts. Without one, only a plain local call passes: nothing that a browser, a
 * proxy or another machine could have sent.
 * @throws {AppError} `invalid_admin_token` or `admin_token_required`, with the sentence that says what to set.
 */
export function authenticateAdmin(req: IncomingMessage, options: AdminGuardOptions): AdminScope {
  if (options.adminToken !== null) {
    const token = readBearerToken(req);
    if (token !== null && isSameSecret(token, options.adminToken)) return AdminScope.mint();
    throw new AppError(
      'invalid_admin_token',
      'Admin calls need the value of PROMPTLAB_ADMIN_TOKEN: send it as "Authorization: Bearer <token>".',
    );
  }
  const reason = whyNotLocal(req, options.host);
  if (reason === null) return AdminScope.mint();
  throw new AppError('admin_token_required', `Admin calls need a token here, because ${reason}: ${SET_TOKEN}.`);
}

/** Null for a plain local call, else the reason why it is none. */
function whyNotLocal(req: IncomingMessage, host: string): string | null {
  if (!isLoopbackHost(host)) return 'the server does not listen on loopback only';
  if (!isLoopbackAddress(req.socket.remoteAddress)) return 'the call comes from another machine';
  const names = req.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  const proxyHeader = names.find((name) => PROXY_HEADER.test(name));
  if (proxyHeader) return 'the call came through a proxy';
  if (names.filter((name) => name === 'host').length !== 1 || !LOCAL_HOST.test(req.headers.host ?? '')) {
    return 'the Host header is not localhost, 127.0.0.1 or [::1]';
  }
  const browserHeader = ['origin', 'sec-fetch-site', 'cookie', 'referer'].find((name) => names.includes(name));
  if (browserHeader) return 'the call comes from a browser';
  return null;
}

/** True for what `HOST` may be while admin calls without a token stay possible. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** The socket's peer, never a header's word. */
export function isLoopbackAddress(address: string | undefined): boolean {
  return address !== undefined && (address === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/i.test(address));
}
