/**
 * Wrong credentials, counted by the address that they came from. Over the limit a credential is not even looked up,
 * so that guessing costs the database nothing and others little (docs/decisions/016).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { AppError } from '#server/errors';
import { hashSecret } from './apiKeySecret.ts';
import { networkOf } from './ipAddress.ts';

const WINDOW_MS = 60_000;
/** Addresses counted at once, and good credentials remembered: some 100 bytes each. */
const MAX_ADDRESSES = 20_000;
const MAX_GOOD = 30_000;
/** How often the table of keys is asked which keys are good, while anybody is over the limit. */
const REFRESH_MS = 10_000;
/** From the 50th refusal on the answer is delayed, which slows down a program that tries key after key. */
const PROMPT_REFUSALS = 50;
const DELAY_MS = 500;
/** Calls kept waiting at once; beyond it they are refused at once. */
const MAX_DELAYED = 500;

export interface FailedAttemptsOptions {
  /** Failures of one address a minute that are still answered with 401. */
  readonly limit: number;
  /** Milliseconds of a clock that never jumps. */
  readonly now: () => number;
  /** Hashes of the keys used last, by any process. */
  readonly listGoodKeys: () => Promise<readonly Buffer[]>;
  /** Told once a minute of each address that reaches the limit. */
  readonly onLimit: (network: string, failures: number) => void;
}

interface Failures {
  count: number;
  refused: number;
  readonly endsAt: number;
}

/** One for all APIs: REST, tRPC and admin calls count together. */
export class FailedAttempts {
  readonly #options: FailedAttemptsOptions;
  readonly #failures = new LRUCache<string, Failures>({ max: MAX_ADDRESSES, ttl: WINDOW_MS });
  /** A key that was good once may always be looked up, so that others behind the same address are not locked out. */
  readonly #good = new LRUCache<string, true>({ max: MAX_GOOD });
  #refreshedAt = -Infinity;
  #delayed = 0;

  constructor(options: FailedAttemptsOptions) {
    this.#options = options;
  }

  /**
   * To be asked before a credential is looked up.
   * @throws {AppError} `rate_limited` where its address is over the limit and it was never good.
   */
  requireAllowed(address: string, credential: string): Promise<never> | void {
    if (this.#failures.size === 0) return;
    const failures = this.#current(networkOf(address));
    if (!failures || failures.count < this.#options.limit) return;
    if (this.#good.has(shorten(hashSecret(credential)))) return;
    this.#refreshGood();
    return this.#refuse(failures);
  }

  noteGood(hash: Buffer): void {
    this.#good.set(shorten(hash), true);
  }

  noteFailure(address: string): void {
    const network = networkOf(address);
    const failures = this.#current(network) ?? { count: 0, refused: 0, endsAt: this.#options.now() + WINDOW_MS };
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

  async #refuse(failures: Failures): Promise<never> {
    failures.refused++;
    if (failures.refused > PROMPT_REFUSALS && this.#delayed < MAX_DELAYED) {
      this.#delayed++;
      await sleep(DELAY_MS, undefined, { ref: false });
      this.#delayed--;
    }
    const seconds = Math.ceil((failures.endsAt - this.#options.now()) / 1_000);
    throw new AppError(
      'rate_limited',
      `${this.#options.limit} calls with wrong credentials came from this address within a minute: nothing but what was good before is accepted from it until the minute is over.`,
      { retryAfter: Math.max(1, seconds) },
    );
  }

  /** After a restart nothing is remembered, and another process makes keys too. */
  #refreshGood(): void {
    const now = this.#options.now();
    if (now - this.#refreshedAt < REFRESH_MS) return;
    this.#refreshedAt = now;
    this.#options.listGoodKeys().then(
      (hashes) => {
        for (const hash of hashes) this.noteGood(hash);
      },
      () => {}, // The database is away: what is remembered has to do.
    );
  }
}

/** 64 bits tell 30,000 keys apart; an unknown key that matches one by chance gains a look-up. */
function shorten(hash: Buffer): string {
  return hash.toString('latin1', 0, 8);
}
