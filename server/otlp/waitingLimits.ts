/**
 * Bounds what waits for other spans: an hour, and so much of each organization. Looks every half minute, forgets what is
 * beyond, and in between says what may still come. One for each process; several forget side by side.
 */
import { HOUR_MS } from '#shared/durations';
import type { OrgId } from '#shared/primitives';
import type { AdminScope, OrgScope } from '#server/auth/orgScope';
import type { Queryable } from '#server/db/sql';
import { forgetHealthCounts } from '#server/dataHealth/repository';
import { HEALTH_DAYS } from '#shared/dataHealth';
import { forgetWaiting, type Held, sumWaiting } from './repository.ts';

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
export const WAIT_MS = HOUR_MS;
/** Of one organization: other spans of services that make some thousand of them a second. */
const MOST_ROWS = 200_000;
const MOST_BYTES = 256 * 1024 * 1024;

export class WaitingLimits {
  readonly #options: Required<WaitingLimitsOptions>;
  /** What waits, as far as this process knows. */
  #held = new Map<string, { rows: number; bytes: number }>();
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
    const held = this.#held.get(org_id) ?? { rows: 0, bytes: 0 };
    if (held.rows >= this.#options.rows || held.bytes + bytes > this.#options.bytes) return false;
    held.rows++;
    held.bytes += bytes;
    this.#held.set(org_id, held);
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
    const held = new Map<string, { rows: number; bytes: number }>();
    for (const sums of await sumWaiting(db, admin)) {
      held.set(sums.org_id, await this.#forgetOf(scopeOf(sums.org_id), sums));
    }
    this.#held = held;
    const oldest = new Date(now().getTime() - (HEALTH_DAYS * 24 + 2) * HOUR_MS);
    if (!this.#isStopping) await forgetHealthCounts(db, admin, oldest.toISOString());
  }

  async #forgetOf(scope: OrgScope, sums: Held): Promise<{ rows: number; bytes: number }> {
    const { db, now, rows: mostRows, bytes: mostBytes } = this.#options;
    let { rows, bytes } = sums;
    const before = new Date(now().getTime() - WAIT_MS).toISOString();
    // The other half is for what comes until the next look: the newest are more likely to be needed than the oldest.
    const isBeyond = () => rows > mostRows / 2 || bytes > mostBytes / 2;
    for (let isOld = true; !this.#isStopping && (isOld || isBeyond());) {
      const gone = await forgetWaiting(db, scope, isOld ? before : null);
      if (gone.rows === 0 && !isOld) break;
      isOld = isOld && gone.rows > 0;
      rows -= gone.rows;
      bytes -= gone.bytes;
    }
    return { rows, bytes };
  }
}
