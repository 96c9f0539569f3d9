/** Who may call /api/v1/admin/* (docs/architecture.md, section 10). */
import type { IncomingMessage } from 'node:http';
import type { Config } from '#server/config';
import { AppError } from '#server/errors';
import type { ClientAddress } from '#server/http/clientAddress';
import { hashSecret, isSameSecret, looksLikeApiKey } from './apiKeySecret.ts';
import { readBearerToken } from './bearerToken.ts';
import type { FailedAttempts } from './failedAttempts.ts';
import { isLoopbackAddress } from './ipAddress.ts';
import { LocalPeerCheck } from './localPeer.ts';
import { AdminScope } from './orgScope.ts';

export interface AdminGuardOptions {
  readonly config: Pick<Config, 'adminToken' | 'host'>;
  /** The token of the data folder; null where there is none. `PROMPTLAB_ADMIN_TOKEN` outranks it. */
  readonly fileToken: string | null;
  readonly attempts: FailedAttempts;
  readonly addressOf: ClientAddress;
}

const SEND_TOKEN =
  'set PROMPTLAB_ADMIN_TOKEN on the server and send it as "Authorization: Bearer <token>", or send the token in the file admin-token of its data folder';

/** Headers that a proxy adds. `Forwarded` is RFC 7239, `Via` RFC 9110; the rest are what products send. */
const PROXY_HEADER =
  /^(forwarded|via|x-forwarded.*|x-real-ip|x-client-ip|client-ip|x-cluster-client-ip|x-original.*|true-client-ip|cdn-loop|cf-.*|fly-.*|fastly-.*|tailscale-.*|x-amzn-.*|x-envoy-.*|ngrok-.*|x-azure-.*|x-arr-.*|x-ms-.*)$/;
const BROWSER_HEADER = /^(origin|referer|cookie|sec-fetch-site|sec-fetch-dest|sec-fetch-user)$/;
/** All that curl and the HTTP clients of languages send by themselves. A proxy that we do not know adds something else. */
const PLAIN_HEADERS = new Set([
  'host',
  'user-agent',
  'accept',
  'accept-encoding',
  'accept-language',
  'content-type',
  'content-length',
  'content-encoding',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'expect',
  'cache-control',
  'pragma',
  'te',
  'sec-fetch-mode',
  'x-request-id',
]);
const LOCAL_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::(\d{1,5}))?$/i;
const HTTP_PORT = '80';

/**
 * Accepts operators: the holder of the token, from anywhere; without one only a program that this operating-system
 * user runs on this machine, with nothing in between.
 */
export class AdminGuard {
  readonly #options: AdminGuardOptions;
  readonly #peers = new LocalPeerCheck();

  constructor(options: AdminGuardOptions) {
    this.#options = options;
  }

  /** @throws {AppError} `invalid_admin_token`, `admin_token_required` or `rate_limited`, with the sentence that says what to do. */
  async authenticate(req: IncomingMessage): Promise<AdminScope> {
    const given = readBearerToken(req);
    if (given !== null) {
      await this.#requireToken(given, this.#options.addressOf(req));
      return AdminScope.mint();
    }
    if (this.#options.config.adminToken !== null) {
      throw new AppError(
        'invalid_admin_token',
        'Admin calls need the value of PROMPTLAB_ADMIN_TOKEN: send it as "Authorization: Bearer <token>".',
      );
    }
    const reason = this.#whyNotPlain(req) ?? (await this.#peers.whyNotOwnProgram(req.socket));
    if (reason === null) return AdminScope.mint();
    throw new AppError('admin_token_required', `Admin calls need a token here, because ${reason}: ${SEND_TOKEN}.`);
  }

  async #requireToken(given: string, address: string): Promise<void> {
    const { config, fileToken, attempts } = this.#options;
    const expected = config.adminToken ?? fileToken;
    // The address is part of the proof: a token that was good from elsewhere must not work from an address that guesses.
    const proof = `${address} ${given}`;
    await attempts.requireAllowed(address, proof);
    if (expected !== null && isSameSecret(given, expected)) {
      attempts.noteGood(hashSecret(proof));
      return;
    }
    attempts.noteFailure(address);
    if (looksLikeApiKey(given)) {
      throw new AppError(
        'invalid_admin_token',
        'This is the API key of an organization, and admin calls take none: send the admin token in its place, or nothing where the call is made on the machine itself.',
      );
    }
    throw new AppError(
      'invalid_admin_token',
      config.adminToken === null
        ? 'This is not the admin token: it is in the file admin-token of the data folder, whose place the start of the server prints.'
        : 'This is not the admin token: send the value of PROMPTLAB_ADMIN_TOKEN.',
    );
  }

  /** Null for a call as curl makes it on the machine itself, else the reason why it is none. */
  #whyNotPlain(req: IncomingMessage): string | null {
    const { host } = this.#options.config;
    if (!isLoopbackHost(host)) return 'the server does not listen on loopback only';
    if (!isLoopbackAddress(req.socket.remoteAddress ?? '')) return 'the call comes from another machine';
    const names = req.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
    if (names.some((name) => PROXY_HEADER.test(name))) return 'the call came through a proxy';
    const port = LOCAL_HOST.exec(req.headers.host ?? '');
    if (names.filter((name) => name === 'host').length !== 1 || port === null) {
      return 'the Host header is not localhost, 127.0.0.1 or [::1]';
    }
    if ((port[1] ?? HTTP_PORT) !== String(req.socket.localPort)) {
      return `the Host header does not name the port of this server, which is ${req.socket.localPort}`;
    }
    if (names.some((name) => BROWSER_HEADER.test(name))) return 'the call comes from a browser';
    const unusual = names.find((name) => !PLAIN_HEADERS.has(name));
    if (unusual !== undefined)
      return `the call carries a header that curl does not send by itself (${unusual.slice(0, 40)})`;
    if (req.httpVersion !== '1.1') return 'the call is not HTTP/1.1, as that of a proxy';
    return null;
  }
}

/** True for what `HOST` may be while admin calls without a token stay possible. */
function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
