/** The prices of each organization, kept for a moment: a log is priced when it comes, and must not wait for a query. */
import { LRUCache } from 'lru-cache';
import type { OrgScope } from '#server/auth/orgScope';
import { FairShare } from '#server/db/fairShare';
import type { Queryable } from '#server/db/sql';
import { AppError } from '#server/errors';
import { classifyDatabaseError } from '#server/db/databaseError';
import { type CustomPrices, preparePrices } from './customPrices.ts';
import { listPriceRows } from './repository.ts';

/** How long another server may go on with the prices from before a change; as long as with a key that was deleted. */
const MAX_AGE_MS = 1_000;
/** Where logs keep coming the next prices are read before these are too old, so that none of them waits. */
const REFRESH_AFTER_MS = 500;
/** Organizations that are remembered. */
const MOST = 1_000;
/** One list is read at a time, of each organization in turn: the other connection is left to those who look up keys. */
const READS = { places: 1, share: 1, reserved: 0, queue: 1, waitMs: 1_000, noun: 'price lists' } as const;

interface Entry {
  readonly prices: Promise<CustomPrices>;
  readonly readAtMs: number;
  isRefreshed: boolean;
}

/** The prices of organizations, kept for a moment, so that a log waits for none. */
export class PriceBook {
  readonly #db: Queryable;
  readonly #now: () => number;
  readonly #entries = new LRUCache<string, Entry>({ max: MOST });
  readonly #share = new FairShare(READS);
  /** Reads that have not begun: they find whatever is changed until then. By organization. */
  readonly #next = new Map<string, Promise<CustomPrices>>();

  /** @param now monotonic milliseconds. */
  constructor(db: Queryable, now: () => number = () => performance.now()) {
    this.#db = db;
    this.#now = now;
  }

  /**
   * The prices that count now, at most a second old.
   * @throws {AppError} `database_unavailable` when they could not be read.
   */
  of(scope: OrgScope): Promise<CustomPrices> {
    const known = this.#entries.get(scope.org_id);
    const ageMs = known ? this.#now() - known.readAtMs : Infinity;
    if (known && ageMs < MAX_AGE_MS) {
      if (ageMs >= REFRESH_AFTER_MS && !known.isRefreshed) this.#refresh(scope, known);
      return known.prices;
    }
    const prices = this.#read(scope);
    this.#entries.set(scope.org_id, { prices, readAtMs: this.#now(), isRefreshed: false });
    // What failed is asked for again by the next one.
    prices.catch(() => this.forget(scope));
    return prices;
  }

  /** Puts newer prices in the place of `old`, unless these were forgotten or replaced meanwhile. */
  #refresh(scope: OrgScope, old: Entry): void {
    old.isRefreshed = true;
    const readAtMs = this.#now();
    const prices = this.#read(scope, old.prices);
    prices.then(
      () => {
        const isCurrent = this.#entries.get(scope.org_id) === old;
        if (isCurrent) this.#entries.set(scope.org_id, { prices, readAtMs, isRefreshed: false });
      },
      // The old ones count until they are too old; the next read says what is wrong.
      () => {},
    );
  }

  /** After a change: the next log gets the new prices. */
  forget(scope: OrgScope): void {
    this.#entries.delete(scope.org_id);
  }

  #readInTurn(scope: OrgScope): Promise<CustomPrices> {
    const { org_id } = scope;
    let hasBegun = false;
    const prices = this.#share
      .run(org_id, () => {
        hasBegun = true;
        this.#next.delete(org_id);
        return listPriceRows(this.#db, scope);
      })
      .then(preparePrices);
    if (hasBegun) return prices;
    this.#next.set(org_id, prices);
    const forget = () => {
      if (this.#next.get(org_id) === prices) this.#next.delete(org_id);
    };
    prices.then(forget, forget);
    return prices;
  }

  /** Where nothing has changed since `old`, it is answered itself: threads that were given it know it. */
  async #read(scope: OrgScope, old?: Promise<CustomPrices>): Promise<CustomPrices> {
    try {
      const prices = await (this.#next.get(scope.org_id) ?? this.#readInTurn(scope));
      const known = await old;
      return known && isSame(known, prices) ? known : prices;
    } catch (error) {
      if (error instanceof AppError || classifyDatabaseError(error) === 'internal') throw error;
      throw new AppError('database_unavailable', 'The prices could not be read; try again in a moment.', {
        cause: error,
      });
    }
  }
}

/** A price that is changed has another version. */
function isSame(one: CustomPrices, other: CustomPrices): boolean {
  return (
    one.length === other.length &&
    one.every(({ price }, index) => {
      const twin = other[index]?.price;
      return price.id === twin?.id && price.version === twin.version;
    })
  );
}
