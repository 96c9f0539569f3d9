/** From an `Authorization` header to a Caller: the only way in for everything that belongs to an organization. */
import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { ApiKeyScope } from '#shared/apiKey';
import type { ApiKeyId } from '#shared/primitives';
import { AppError } from '#server/errors';
import type { StoredApiKey } from '#server/apiKeys/repository';
import type { ClientAddress } from '#server/http/clientAddress';
import { hashSecret, looksLikeApiKey } from './apiKeySecret.ts';
import { readBearerToken } from './bearerToken.ts';
import type { FailedAttempts } from './failedAttempts.ts';
import { OrgScope } from './orgScope.ts';

/** Who is asking: an organization's scope, and the key that proved it. */
export interface Caller {
  readonly scope: OrgScope;
  readonly api_key_id: ApiKeyId;
  readonly scopes: readonly ApiKeyScope[];
}

/**
 * How long an answer about a key is trusted, from the moment it was looked up. One second bounds how long a key
 * revoked through another process still works; in this process a revocation is seen at once.
 */
const FOUND_MS = 1_000;
/** Long: a key is tried only after it was made, and what this process makes is forgotten at once. */
const NOT_FOUND_MS = 60_000;

export interface AuthenticatorOptions {
  readonly attempts: FailedAttempts;
  readonly addressOf: ClientAddress;
  readonly findKey: (keyHash: Buffer) => Promise<StoredApiKey | null>;
  /** Told of each use, to move `last_used_at`. */
  readonly onUse: (key: StoredApiKey) => void;
}

/** Looks up API keys, with a short memory so that a busy key costs one query a second. */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  // Found and unknown keys are kept apart, so that noise cannot push real keys out.
  readonly #found = new LRUCache<string, StoredApiKey>({ max: 10_000, ttl: FOUND_MS });
  readonly #unknown = new LRUCache<string, true>({ max: 10_000, ttl: NOT_FOUND_MS });
  readonly #pending = new Map<string, Promise<StoredApiKey | null>>();
  /** Moves with every change of a key: a look-up that began before may not be remembered after. */
  #epoch = 0;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  /**
   * @throws {AppError} `missing_api_key`, `invalid_api_key`, `rate_limited`; whatever the database throws when we could not look,
   *   which becomes 503 and never 401.
   */
  async authenticate(req: IncomingMessage): Promise<Caller> {
    const token = readBearerToken(req);
    if (token === null) {
      throw new AppError('missing_api_key', 'Send an API key in the header "Authorization: Bearer <API key>".');
    }
    const { attempts, addressOf } = this.#options;
    // Awaited only where there is something to wait for: the look-up of a call begins in its own turn.
    const refusal = attempts.requireAllowed(addressOf(req), token);
    if (refusal) await refusal;
    const key = await this.#lookUp(token);
    if (!key) {
      attempts.noteFailure(addressOf(req));
      throw new AppError('invalid_api_key', 'This API key is not known, or was deleted.');
    }
    this.#options.onUse(key);
    return { scope: OrgScope.mint(key.org_id), api_key_id: key.id, scopes: key.scopes };
  }

  /** Forgets all that is remembered: called when a key or an organization was created or deleted. */
  forget(): void {
    this.#epoch++;
    this.#found.clear();
    this.#unknown.clear();
    this.#pending.clear();
  }

  async #lookUp(token: string): Promise<StoredApiKey | null> {
    if (!looksLikeApiKey(token)) return null;
    const keyHash = hashSecret(token);
    const digest = keyHash.toString('hex');
    const known = this.#found.get(digest);
    if (known) return known;
    if (this.#unknown.has(digest)) return null;
    const pending = this.#pending.get(digest);
    if (pending) return pending;

    const epoch = this.#epoch;
    const lookUp = this.#options
      .findKey(keyHash)
      .then((key) => {
        if (epoch === this.#epoch) {
          if (key) this.#found.set(digest, key);
          else this.#unknown.set(digest, true);
        }
        return key;
      })
      .finally(() => {
        if (this.#pending.get(digest) === lookUp) this.#pending.delete(digest);
      });
    this.#pending.set(digest, lookUp);
    return lookUp;
  }
}

/** @throws {AppError} `insufficient_scope` when the key may not do this. */
export function requireScope(caller: Caller, scope: ApiKeyScope): void {
  if (caller.scopes.includes(scope)) return;
  throw new AppError(
    'insufficient_scope',
    `This API key may not do this: it needs the scope "${scope}" and has ${caller.scopes.map((owned) => `"${owned}"`).join(', ')}.`,
  );
}
