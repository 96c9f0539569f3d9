/**
 * Adds stored requests to the rollups, behind the commit that stored them: of the requests of a second together that costs
 * a fraction of what it costs batch by batch, and nobody who logs waits for it. Whoever reads rollups brings them up to
 * date before, so that a total never says less than what was acknowledged (docs/decisions/040).
 */
import type { OrgId } from '#shared/primitives';
import type { AdminScope, OrgScope } from '#server/auth/orgScope';
import { BackgroundLoop } from '#server/backgroundLoop';
import { holdRollups } from '#server/db/advisoryLock';
import type { Transactional } from '#server/db/pool';
import { FairShare } from '#server/db/fairShare';
import { AppError } from '#server/errors';
import { areUnsummed, holdUnsummed, listUnsummed, sumUp } from './repository.ts';

export interface RollupUpdaterOptions {
  readonly db: Transactional;
  readonly admin: AdminScope;
  readonly scopeOf: (org_id: OrgId) => OrgScope;
  readonly onError: (error: unknown) => void;
  readonly timing?: Partial<UpdateTiming>;
}

/** In milliseconds. */
interface UpdateTiming {
  /** How long a request may wait to be counted, so that what comes meanwhile is counted together with it. */
  readonly gatherMs: number;
  /** How often it looks for what other servers stored and did not count. */
  readonly pollMs: number;
}

const TIMING: UpdateTiming = { gatherMs: 500, pollMs: 5_000 };
/** The most organizations in one transaction that nobody waits for. */
const MOST_ORGANIZATIONS = 20;
/** The longest that a reader waits while more and more is stored. */
const MOST_MS = 10_000;
/** Updates that somebody waits for: two at a time, one of each organization. The third connection is for what nobody waits for. */
const SHARE = { places: 2, share: 1, reserved: 0, queue: 100, waitMs: 5_000 };

/** One for each process. */
export class RollupUpdater {
  readonly #options: RollupUpdaterOptions;
  readonly #timing: UpdateTiming;
  readonly #share = new FairShare(SHARE);
  /** Updates that somebody waits for and that have not begun; they count what is stored until they begin. */
  readonly #next = new Map<OrgId, Promise<void>>();
  readonly #loop = new BackgroundLoop(() => this.#lookForStored());
  #hasStored = true;
  /** How many are counted at a time: one after a failure, so that an organization that fails does not hold up the others. */
  #organizations = MOST_ORGANIZATIONS;

  constructor(options: RollupUpdaterOptions) {
    this.#options = options;
    this.#timing = { ...TIMING, ...options.timing };
  }

  start(): void {
    this.#loop.start();
  }

  /** Ends after the current step. What is not counted then, the next start counts. */
  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** Requests were stored: they are counted soon. */
  noteStored(): void {
    if (this.#hasStored) return;
    this.#hasStored = true;
    this.#loop.wake();
  }

  /**
   * Resolves when the rollups count all that the organization had stored before the call.
   * @throws {AppError} `overloaded` where too many wait, `query_timeout` where it takes too long; what the database throws.
   */
  bringUpToDate(scope: OrgScope): Promise<void> {
    const { org_id } = scope;
    const waiting = this.#next.get(org_id);
    if (waiting) return waiting;
    // After this turn of the event loop, so that it is known as the next before it begins.
    const update = Promise.resolve()
      .then(() =>
        this.#share.run(org_id, () => {
          this.#next.delete(org_id);
          return this.#updateAll(scope);
        }),
      )
      .finally(() => {
        if (this.#next.get(org_id) === update) this.#next.delete(org_id);
      });
    this.#next.set(org_id, update);
    return update;
  }

  /** What is stored while this goes on need not be counted by it. */
  async #updateAll(scope: OrgScope): Promise<void> {
    const end = performance.now() + MOST_MS;
    if (!(await this.#update(scope))) return;
    const ids = await listUnsummed(this.#options.db, scope);
    while (await areUnsummed(this.#options.db, scope, ids)) {
      if (performance.now() > end) {
        throw new AppError('query_timeout', 'What was logged could not be counted in time; ask again in a moment.');
      }
      await this.#update(scope);
    }
  }

  /** @returns whether there may be more to count. */
  #update(scope: OrgScope): Promise<boolean> {
    return this.#options.db.transaction(async (tx) => {
      await holdRollups(tx, scope);
      return (await sumUp(tx, [scope])).hasMore;
    });
  }

  async #lookForStored(): Promise<void> {
    this.#hasStored = false;
    const hasMore = await this.#updateSome().catch((error: unknown) => {
      this.#options.onError(error);
      this.#organizations = 1;
      return false;
    });
    if (hasMore) return;
    if (!this.#hasStored) await this.#loop.pause(this.#timing.pollMs);
    if (this.#hasStored) await this.#loop.pause(this.#timing.gatherMs);
  }

  /** Counts for organizations whose rollups nobody else holds. */
  #updateSome(): Promise<boolean> {
    const { db, admin, scopeOf } = this.#options;
    return db.transaction(async (tx) => {
      const most = this.#organizations;
      const organizations = await holdUnsummed(tx, admin, most);
      if (organizations.length === 0) return false;
      const { hasMore } = await sumUp(tx, organizations.map(scopeOf));
      this.#organizations = MOST_ORGANIZATIONS;
      return hasMore || organizations.length === most;
    });
  }
}
