/**
 * Bounds what waits for other spans: an hour, and so much of each organization. Looks every half minute, forgets what is
 * beyond, and in between says what may still come. One for each process; several forget side by side. A look reads what came
 * since the one before: what waits is counted in full only where it may be beyond its limits, and every ten minutes.
 */
import { HOUR_MS } from '#shared/durations';
import type { OrgId } from '#shared/primitives';
import type { AdminScope, OrgScope } from '#server/auth/orgScope';
import type { Queryable } from '#server/db/sql';
import { type Arrived, forgetWaiting, type Held, sumArrived, sumWaiting } from './repository.ts';

export interface WaitingLimitsOptions {
  readonly db: Queryable;
  readonly admin: AdminScope;
  readonly scopeOf: (org_id: OrgId) => OrgScope;
  readonly now: () => Date;
  readonly onError: (error: unknown) => void;
  readonly rows?: number;
  readonly bytes?: number;
  readonly intervalMs?: number;
}

/** How long a span or a log record waits. */
const WAIT_MS = HOUR_MS;
/** Of one organization: other spans of services that make some thousand of them a second. */
const MOST_ROWS = 200_000;
const MOST_BYTES = 256 * 1024 * 1024;
/** How long an organization is known by what came and went, before it is counted in full again. */
const COUNT_MS = 600_000;
/** What came so shortly before a look may not have been committed by then: the next look sees it, once more or first. */
const IN_FLIGHT_MS = 10_000;

const NONE: Held = { rows: 0, bytes: 0 };

interface Known extends Held {
  /** When it was counted in full. */
  readonly countedAt: number;
}

/** How many log records may wait for their span, of each organization. */
export class WaitingLimits {
  readonly #options: Required<WaitingLimitsOptions>;
  /** What waits at most: what left because it was needed is known by the next count alone. */
  #known = new Map<string, Known>();
  /** What was admitted here since the last look, which will see it. */
  #admitted = new Map<string, Held>();
  #lookedAt: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> | null = null;
  #isStopping = false;

  constructor(options: WaitingLimitsOptions) {
    this.#options = { rows: MOST_ROWS, bytes: MOST_BYTES, intervalMs: 30_000, ...options };
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.look(), this.#options.intervalMs);
    this.#timer.unref();
    void this.look();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#timer);
    await this.#work;
  }

  /** Whether something of these bytes may wait; it is then counted as if it did. */
  admit({ org_id }: OrgScope, bytes: number): boolean {
    const admitted = this.#admitted.get(org_id) ?? NONE;
    const held = plus(this.#known.get(org_id) ?? NONE, admitted);
    if (held.rows >= this.#options.rows || held.bytes + bytes > this.#options.bytes) return false;
    this.#admitted.set(org_id, plus(admitted, { rows: 1, bytes }));
    return true;
  }

  /** Forgets what is beyond the limits, and counts what is left. Never throws. */
  async look(): Promise<void> {
    this.#work ??= this.#forget()
      .catch((error: unknown) => this.#options.onError(error))
      .finally(() => (this.#work = null));
    await this.#work;
  }

  async #forget(): Promise<void> {
    const { db, admin, now, scopeOf } = this.#options;
    const at = now().getTime();
    // Nothing is known at first, and all of it is counted.
    const since = this.#lookedAt === null ? at : this.#lookedAt - IN_FLIGHT_MS;
    const known = new Map<string, Known>();
    for (const arrived of await sumArrived(db, admin, new Date(since).toISOString())) {
      known.set(arrived.org_id, await this.#forgetOf(scopeOf(arrived.org_id), arrived, at));
    }
    this.#known = known;
    this.#admitted = new Map();
    this.#lookedAt = at;
  }

  async #forgetOf(scope: OrgScope, arrived: Arrived, at: number): Promise<Known> {
    const { db, rows: mostRows, bytes: mostBytes } = this.#options;
    const gone = await this.#forgetOld(scope, new Date(at - WAIT_MS).toISOString());
    const before = this.#known.get(scope.org_id);
    let known = before ? minus(plus(before, arrived), gone) : null;
    // The other half is for what comes until the next look: the newest are more likely to be needed than the oldest.
    const isBeyond = ({ rows, bytes }: Held) => rows > mostRows / 2 || bytes > mostBytes / 2;
    let countedAt = before?.countedAt ?? at;
    if (known === null || isBeyond(known) || at - countedAt >= COUNT_MS) {
      known = await sumWaiting(db, scope);
      countedAt = at;
    }
    while (!this.#isStopping && isBeyond(known)) {
      const forgotten = await forgetWaiting(db, scope, null);
      if (forgotten.rows === 0) break;
      known = minus(known, forgotten);
    }
    return { ...known, countedAt };
  }

  async #forgetOld(scope: OrgScope, before: string): Promise<Held> {
    let all = NONE;
    while (!this.#isStopping) {
      const gone = await forgetWaiting(this.#options.db, scope, before);
      if (gone.rows === 0) break;
      all = plus(all, gone);
    }
    return all;
  }
}

function plus(one: Held, other: Held): Held {
  return { rows: one.rows + other.rows, bytes: one.bytes + other.bytes };
}

function minus(one: Held, other: Held): Held {
  return { rows: Math.max(0, one.rows - other.rows), bytes: Math.max(0, one.bytes - other.bytes) };
}
