/**
 * Adds stored requests to the rollups, behind the commit that stored them: of the requests of a second together that costs
 * a fraction of what it costs batch by batch, and nobody who logs waits for it. Whoever reads rollups brings them up to
 * date before, so that a total never says less than what was acknowledged (docs/decisions/040).
 */
import type { OrgId } from '#shared/primitives';
import type { AdminScope, OrgScope } from '#server/auth/orgScope';
import { holdRollups } from '#server/db/advisoryLock';
import type { Transactional } from '#server/db/pool';
import { TenantGate } from '#server/db/tenantGate';
import { holdUnsummed, sumUp } from './repository.ts';

export interface RollupUpdaterOptions {
  readonly db: Transactional;
  readonly admin: AdminScope;
  readonly scopeOf: (org_id: OrgId) => OrgScope;
  readonly onError: (error: unknown) => void;
  readonly timing?: Partial<UpdateTiming>;
}

/** In milliseconds. */
interface UpdateTiming {
  /** From the first request of a server that is to be counted until it is: what comes meanwhile is counted with it. */
  readonly gatherMs: number;
  /** How often it looks for what other servers stored and did not count. */
  readonly pollMs: number;
}

const TIMING: UpdateTiming = { gatherMs: 500, pollMs: 5_000 };

/** One for each process. */
export class RollupUpdater {
  readonly #options: RollupUpdaterOptions;
  readonly #timing: UpdateTiming;
  /** Updates that somebody waits for, one at a time of each organization. */
  readonly #turns = new TenantGate({ limit: 1 });
  /** Of these the ones that have not begun: what is stored by now, they count. */
  readonly #next = new Map<OrgId, Promise<void>>();
  #loop: Promise<void> | null = null;
  #isStopping = false;
  #hasStored = true;
  #wake: () => void = () => {};

  constructor(options: RollupUpdaterOptions) {
    this.#options = options;
    this.#timing = { ...TIMING, ...options.timing };
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Ends after the current step. What is not counted then, the next start counts. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#wake();
    await this.#loop;
  }

  /** Requests were stored: they are counted soon. */
  noteStored(): void {
    if (this.#hasStored) return;
    this.#hasStored = true;
    this.#wake();
  }

  /**
   * Resolves when the rollups count all that the organization had stored before the call.
   * @throws what the database throws.
   */
  bringUpToDate(scope: OrgScope): Promise<void> {
    const { org_id } = scope;
    const waiting = this.#next.get(org_id);
    if (waiting) return waiting;
    // After this turn of the event loop, so that it is known as the next before it begins.
    const update = Promise.resolve().then(() =>
      this.#turns.run(org_id, async () => {
        this.#next.delete(org_id);
        while (await this.#update(scope));
      }),
    );
    this.#next.set(org_id, update);
    return update;
  }

  /** @returns whether there may be more to count. */
  #update(scope: OrgScope): Promise<boolean> {
    return this.#options.db.transaction(async (tx) => {
      await holdRollups(tx, scope);
      return (await sumUp(tx, [scope])).hasMore;
    });
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      this.#hasStored = false;
      const hasMore = await this.#updateSome().catch((error: unknown) => {
        this.#options.onError(error);
        return false;
      });
      if (hasMore) continue;
      if (!this.#hasStored) await this.#wait(this.#timing.pollMs);
      if (this.#hasStored) await this.#wait(this.#timing.gatherMs);
    }
  }

  /** Of any organizations whose rollups nobody else holds. */
  #updateSome(): Promise<boolean> {
    const { db, admin, scopeOf } = this.#options;
    return db.transaction(async (tx) => {
      const organizations = await holdUnsummed(tx, admin);
      if (organizations.length === 0) return false;
      return (await sumUp(tx, organizations.map(scopeOf))).hasMore;
    });
  }

  #wait(ms: number): Promise<void> {
    if (this.#isStopping) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
