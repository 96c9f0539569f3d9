/**
 * Works on jobs, one step at a time. A step is one bounded transaction that also renews the lease and writes the
 * progress: a process that is killed leaves the last committed step, and another goes on from there.
 */
import type { JobKind } from '#shared/job';
import type { JsonObject } from '#shared/primitives';
import type { AdminScope, OrgScope } from '#server/auth/orgScope';
import { BackgroundLoop } from '#server/backgroundLoop';
import type { Queryable } from '#server/db/sql';
import type { Logger } from '#server/log';
import {
  finishJob,
  type JobProgress,
  type Lease,
  type LeasedJob,
  releaseJob,
  renewLease,
  saveProgress,
  takeJob,
} from './repository.ts';

export interface StepResult extends JobProgress {
  readonly isFinished: boolean;
}

/** What a kind of job does in one step; the next step gets the state that this one answers. */
export type JobStep = (
  tx: Queryable,
  scope: OrgScope,
  job: JobProgress & { readonly input: JsonObject; readonly created_at: string },
) => Promise<StepResult>;

export interface JobRunnerOptions {
  readonly db: Queryable & { transaction<Result>(work: (tx: Queryable) => Promise<Result>): Promise<Result> };
  readonly steps: Readonly<Record<JobKind, JobStep>>;
  readonly admin: AdminScope;
  readonly scopeOf: (job: LeasedJob) => OrgScope;
  /** The id of this runner, a UUID. */
  readonly id: string;
  readonly log: Logger;
  readonly timing?: Partial<JobTiming>;
}

/** All in milliseconds, except for the lease. */
interface JobTiming {
  /** How long a step may take before another runner takes the job. */
  readonly leaseSeconds: number;
  /** How often it looks for jobs. */
  readonly pollMs: number;
  /** How long it stays with one job while others wait. */
  readonly turnMs: number;
  /** Between two steps, for those who log and read. */
  readonly pauseMs: number;
  /** After a step that failed. */
  readonly retrySeconds: number;
}

const TIMING: JobTiming = { leaseSeconds: 30, pollMs: 2_000, turnMs: 3_000, pauseMs: 10, retrySeconds: 5 };
/** Steps in a row that may fail before the job has failed. */
const MOST_ATTEMPTS = 5;

/** One for each process. */
export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #timing: JobTiming;
  readonly #loop = new BackgroundLoop(() => this.#lookForJobs());
  /** Whose job was worked on last. */
  #servedLast: string | null = null;

  constructor(options: JobRunnerOptions) {
    this.#options = options;
    this.#timing = { ...TIMING, ...options.timing };
  }

  start(): void {
    this.#loop.start();
  }

  /** Looks for jobs now. */
  wake(): void {
    this.#loop.wake();
  }

  /** Ends after the current step; jobs that are not done are given back at once. */
  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #lookForJobs(): Promise<void> {
    const hasWorked = await this.#takeTurn().catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'jobs could not be looked for; it is tried again');
      return false;
    });
    if (!hasWorked) await this.#loop.pause(this.#timing.pollMs);
  }

  /** Works on one job for a while. False where none is due. */
  async #takeTurn(): Promise<boolean> {
    const { db, admin } = this.#options;
    const job = await takeJob(db, admin, this.#lease(), this.#servedLast);
    if (job === null) return false;
    this.#servedLast = job.org_id;
    const scope = this.#options.scopeOf(job);
    if (job.attempts > MOST_ATTEMPTS) {
      await this.#finish(scope, job, 'failed', 'It stopped several times without getting further.');
      return true;
    }
    try {
      await this.#work(scope, job);
    } catch (error) {
      this.#options.log.warn({ err: error, job: job.id, kind: job.kind, attempt: job.attempts }, 'a job failed a step');
      await releaseJob(db, scope, job.id, this.#lease(this.#timing.retrySeconds));
    }
    return true;
  }

  async #work(scope: OrgScope, job: LeasedJob): Promise<void> {
    let progress: JobProgress = job;
    const end = performance.now() + this.#timing.turnMs;
    while (!this.#loop.isStopping && performance.now() < end) {
      const result = await this.#step(scope, job, progress);
      if (result === 'lost') return;
      if (result === 'canceled') return this.#finish(scope, job, 'canceled', null);
      if (result.isFinished) return this.#finish(scope, job, 'done', null);
      progress = result;
      await new Promise((resolve) => setTimeout(resolve, this.#timing.pauseMs));
    }
    await releaseJob(this.#options.db, scope, job.id, this.#lease(0));
  }

  #step(scope: OrgScope, job: LeasedJob, progress: JobProgress): Promise<StepResult | 'lost' | 'canceled'> {
    const { db, steps } = this.#options;
    return db.transaction(async (tx) => {
      const lease = await renewLease(tx, scope, job.id, this.#lease());
      if (lease === null) return 'lost';
      if (lease.cancel_requested) return 'canceled';
      const { input, created_at } = job;
      const result = await steps[job.kind](tx, scope, { ...progress, input, created_at });
      const isSaved = await saveProgress(tx, scope, job.id, { holder: this.#options.id, progress: result });
      if (!isSaved) throw new Error('The lease expired during the step.');
      return result;
    });
  }

  #finish(
    scope: OrgScope,
    job: LeasedJob,
    status: 'done' | 'failed' | 'canceled',
    error: string | null,
  ): Promise<void> {
    return finishJob(this.#options.db, scope, job.id, { holder: this.#options.id, status, error });
  }

  #lease(seconds = this.#timing.leaseSeconds): Lease {
    return { holder: this.#options.id, seconds };
  }
}
