/**
 * Wrong credentials, counted by the address that they came from. Over the limit a credential is not even looked up,
 * so that guessing costs the database nothing and others nothing (docs/decisions/016).
 */
import { LRUCache } from 'lru-cache';
import { AppError } from '#server/errors';
import { networkOf } from './ipAddress.ts';

const WINDOW_MS = 60_000;
/** Addresses counted at once, and good credentials remembered: some 100 bytes each. */
const MAX_ADDRESSES = 20_000;
const MAX_GOOD = 30_000;
/** How often the table of keys is asked which keys are good, while anybody is over the limit. */
const REFRESH_MS = 10_000;

export interface FailedAttemptsOptions {
  /** Failures of one address a minute that are still answered with 401. */
  readonly limit: number;
  readonly now: () => number;
  /** Digests, as `noteGood` takes them, of the keys used last, by any process. */
  readonly listGoodKeys: () => Promise<readonly string[]>;
  /** Told once a minute of each address that is over the limit. */
  readonly onLimit: (network: string, failures: number) => void;
}

interface Failures {
  count: number;
  readonly endsAt: number;
}

export class FailedAttempts {
  readonly #options: FailedAttemptsOptions;
  readonly #failures: LRUCache<string, Failures>;
  /** What was good once may be looked up for ever, so that a neighbour behind one address is not locked out. */
  readonly #good = new LRUCache<string, true>({ max: MAX_GOOD });
  #refreshedAt = -Infinity;

  constructor(options: FailedAttemptsOptions) {
    this.#options = options;
    this.#failures = new LRUCache({ max: MAX_ADDRESSES });
  }

  /**
   * To be asked before a credential is looked up.
   * @param digest of the credential; null for one that cannot be good.
   * @throws {AppError} `rate_limited` where its address is over the limit and it was never good.
   */
  requireAllowed(address: string, digest: string | null): void {
    const failures = this.#current(networkOf(address));
    if (!failures || failures.count < this.#options.limit) return;
    if (digest !== null && this.#good.has(shorten(digest))) return;
    this.#refreshGood();
    throw this.#tooMany(failures);
  }

  noteGood(digest: string): void {
    this.#good.set(shorten(digest), true);
  }

  noteFailure(address: string): void {
    const network = networkOf(address);
    const failures = this.#current(network) ?? { count: 0, endsAt: this.#options.now() + WINDOW_MS };
    failures.count++;
    this.#failures.set(network, failures);
    if (failures.count !== this.#options.limit) return;
    this.#options.onLimit(network, failures.count);
    this.#refreshGood();
  }

  #current(network: string): Failures | undefined {
    const failures = this.#failures.get(network);
    return failures && failures.endsAt > this.#options.now() ? failures : undefined;
  }

  #tooMany(failures: Failures): AppError {
    return new AppError(
      'rate_limited',
      `More than ${this.#options.limit} calls with wrong credentials came from this address within a minute; try again later.`,
      { retryAfter: Math.max(1, Math.ceil((failures.endsAt - this.#options.now()) / 1_000)) },
    );
  }

  /** After a restart nothing is remembered, and another process makes keys too. */
  #refreshGood(): void {
    const now = this.#options.now();
    if (now - this.#refreshedAt < REFRESH_MS) return;
    this.#refreshedAt = now;
    this.#options.listGoodKeys().then(
      (digests) => {
        for (const digest of digests) this.noteGood(digest);
      },
      () => {}, // The database is away: what is remembered has to do.
    );
  }
}

/** 64 bits tell 20,000 keys apart; a stranger that hits one by chance gains a look-up. */
function shorten(digest: string): string {
  return digest.slice(0, 16);
}
