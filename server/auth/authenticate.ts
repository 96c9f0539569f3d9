/** From an `Authorization` header to a Caller: the only source of a scope for what belongs to an organization. */
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
 * How long an answer about a key is trusted before it is asked for again, and how long that question may take before
 * the remembered answer is used in its place. Their sum bounds how long a key that another process revoked still works
 * here, one second; in this process a revocation is seen at once.
 */
const FRESH_MS = 750;
const PATIENCE_MS = 200;
/** A key that was good stays good for as long as this while the database does not say otherwise. */
const REMEMBERED_MS = 30_000;
/** Long: a key is tried only after it was made, and what this process makes is forgotten at once. */
const NOT_FOUND_MS = 60_000;

export interface AuthenticatorOptions {
  readonly attempts: FailedAttempts;
  readonly addressOf: ClientAddress;
  readonly findKey: (keyHash: Buffer) => Promise<StoredApiKey | null>;
  /** Told of each use, to move `last_used_at`. */
  readonly onUse: (key: StoredApiKey) => void;
}

interface Remembered {
  readonly key: StoredApiKey;
  /** When the database said so. Milliseconds of a clock that never jumps, as the next one. */
  readonly at: number;
}

interface LookUp {
  readonly startedAt: number;
  readonly answer: Promise<StoredApiKey | null>;
}

/** Looks up API keys, with a short memory so that a busy key costs one query a second. */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  // Found and unknown keys are kept apart, so that unknown ones cannot evict real keys.
  readonly #found = new LRUCache<string, Remembered>({ max: 10_000 });
  readonly #unknown = new LRUCache<string, true>({ max: 10_000, ttl: NOT_FOUND_MS });
  readonly #pending = new Map<string, LookUp>();
  #failedAt = -Infinity;
  /** Moves with every change of a key: a look-up that began before may not be remembered after. */
  #epoch = 0;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  /**
   * @param token where it is not that of the header `Authorization: Bearer …`.
   * @throws {AppError} `missing_api_key`, `invalid_api_key`, `rate_limited`; whatever `findKey` throws when we could not look,
   *   which becomes 503 and never 401.
   */
  async authenticate(req: IncomingMessage, token = readBearerToken(req)): Promise<Caller> {
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
    const scope = OrgScope.mint(key.org_id, () => !req.socket.destroyed);
    return { scope, api_key_id: key.id, scopes: key.scopes };
  }

  /** To be called when a key was made: it may have been guessed before, and be remembered as unknown. */
  keyCreated(): void {
    this.#epoch++;
    this.#unknown.clear();
    this.#pending.clear();
  }

  /** To be called when a key was deleted: the next call with it is refused. */
  keyDeleted(id: ApiKeyId): void {
    this.#epoch++;
    this.#pending.clear();
    for (const [digest, { key }] of this.#found.entries()) if (key.id === id) this.#found.delete(digest);
  }

  async #lookUp(token: string): Promise<StoredApiKey | null> {
    if (!looksLikeApiKey(token)) return null;
    return this.#find(hashSecret(token));
  }

  async #find(keyHash: Buffer): Promise<StoredApiKey | null> {
    const digest = keyHash.toString('hex');
    if (this.#unknown.has(digest)) return null;
    const remembered = this.#recall(digest);
    const now = performance.now();
    if (remembered && (now - remembered.at < FRESH_MS || now - this.#failedAt < PATIENCE_MS)) return remembered.key;
    const lookUp = this.#pending.get(digest) ?? this.#ask(digest, keyHash);
    if (!remembered) return lookUp.answer;

    const answer = await within(lookUp.startedAt + PATIENCE_MS - now, lookUp.answer);
    if (answer !== undefined) return answer;
    // No answer. What is remembered counts, unless the key was deleted while we waited.
    return this.#recall(digest)?.key ?? this.#find(keyHash);
  }

  #ask(digest: string, keyHash: Buffer): LookUp {
    const epoch = this.#epoch;
    const startedAt = performance.now();
    const answer = this.#options
      .findKey(keyHash)
      .then(
        (key) => {
          if (epoch === this.#epoch) this.#remember(digest, key, startedAt);
          return key;
        },
        (error: unknown) => {
          this.#failedAt = performance.now();
          throw error;
        },
      )
      .finally(() => {
        if (this.#pending.get(digest) === lookUp) this.#pending.delete(digest);
      });
    const lookUp = { startedAt, answer };
    this.#pending.set(digest, lookUp);
    answer.catch(() => {}); // Waiting callers see the failure; there may be none left.
    return lookUp;
  }

  #recall(digest: string): Remembered | null {
    const remembered = this.#found.get(digest);
    return remembered && performance.now() - remembered.at < REMEMBERED_MS ? remembered : null;
  }

  #remember(digest: string, key: StoredApiKey | null, at: number): void {
    if (key) this.#found.set(digest, { key, at });
    else {
      this.#found.delete(digest);
      this.#unknown.set(digest, true);
    }
  }
}

/** The answer, or undefined where it failed or took longer than `ms`. */
async function within<Answer>(ms: number, answer: Promise<Answer>): Promise<Answer | undefined> {
  if (ms <= 0) return undefined;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([answer.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
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
