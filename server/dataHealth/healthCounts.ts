/**
 * Counts of what came in. Kept in memory and written in groups: a statement for each call would cost as much as the call.
 * A crash loses the last seconds of them, and nothing else. What is too old to be shown is forgotten every hour. It knows
 * nothing of Postgres.
 */
import { HEALTH_DAYS, type HealthCount, type HealthSource } from '#shared/dataHealth';
import { HOUR_MS } from '#shared/durations';
import type { LogBatchResult } from '#shared/request';
import type { OrgScope } from '#server/auth/orgScope';
import type { CountedHour } from './repository.ts';

export interface HealthCountsOptions {
  readonly write: (counts: readonly CountedHour[]) => Promise<void>;
  /** Forgets the hours before one, ISO. */
  readonly forget: (before: string) => Promise<void>;
  readonly now: () => Date;
  readonly onError: (error: unknown) => void;
  /** Milliseconds between two writes. */
  readonly intervalMs?: number;
}

/** Different counts that are kept while they cannot be written; beyond them new ones are not begun. */
const MOST_COUNTS = 100_000;
/** What a reader sees, and an hour on either side: servers need not agree on the minute. */
const KEPT_MS = (HEALTH_DAYS * 24 + 2) * HOUR_MS;

/** Counts in memory, and adds them to the rows of their hours now and then. */
export class HealthCounts {
  readonly #options: HealthCountsOptions;
  #pending = new Map<string, { -readonly [Name in keyof CountedHour]: CountedHour[Name] }>();
  #writing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #forgetTimer: NodeJS.Timeout | undefined;
  #forgetting: Promise<void> | null = null;

  constructor(options: HealthCountsOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.flush(), this.#options.intervalMs ?? 5_000);
    this.#timer.unref();
    this.#forgetTimer ??= setInterval(() => void this.forgetOld(), HOUR_MS);
    this.#forgetTimer.unref();
    void this.forgetOld();
  }

  /** Adds to a count of this hour. */
  add({ org_id }: OrgScope, source: HealthSource, reason: HealthCount, count = 1): void {
    if (count === 0) return;
    const hour = new Date(Math.floor(this.#options.now().getTime() / HOUR_MS) * HOUR_MS).toISOString();
    this.#keep({ org_id, hour, source, reason, count });
  }

  /** What became of a batch of logs or spans. */
  addBatch(scope: OrgScope, source: HealthSource, { created, duplicate, rejected, results }: LogBatchResult): void {
    this.add(scope, source, 'accepted', created);
    this.add(scope, source, 'duplicate', duplicate);
    this.add(scope, source, 'rejected', rejected);
    let truncated = 0;
    for (const receipt of results) if (receipt.truncated && receipt.status === 'created') truncated++;
    this.add(scope, source, 'truncated', truncated);
  }

  /** Writes what is pending; what cannot be written now is kept for the next turn. Never throws. */
  async flush(): Promise<void> {
    // A reader that waits for it wants what was counted before it asked.
    await this.#writing;
    if (this.#pending.size === 0) return;
    this.#writing ??= this.#write();
    await this.#writing;
  }

  /** Forgets what is too old to be shown. Never throws. */
  async forgetOld(): Promise<void> {
    const { forget, now, onError } = this.#options;
    this.#forgetting ??= forget(new Date(now().getTime() - KEPT_MS).toISOString())
      .catch(onError)
      .finally(() => (this.#forgetting = null));
    await this.#forgetting;
  }

  /** Writes what is left. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    clearInterval(this.#forgetTimer);
    await this.#forgetting;
    await this.flush();
  }

  async #write(): Promise<void> {
    const counts = [...this.#pending.values()];
    this.#pending = new Map();
    try {
      await this.#options.write(counts);
    } catch (error) {
      this.#options.onError(error);
      for (const counted of counts) this.#keep(counted);
    } finally {
      this.#writing = null;
    }
  }

  #keep(counted: CountedHour): void {
    const key = `${counted.org_id}/${counted.hour}/${counted.source}/${counted.reason}`;
    const known = this.#pending.get(key);
    if (known) known.count += counted.count;
    else if (this.#pending.size < MOST_COUNTS) this.#pending.set(key, { ...counted });
  }
}
