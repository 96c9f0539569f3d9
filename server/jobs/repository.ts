/** All SQL of jobs. */
import { z } from 'zod';
import { Job, JobId, JobKind, type JobStatus } from '#shared/job';
import { JsonObject, OrgId } from '#shared/primitives';
import type { AdminScope, OrgScope } from '#server/auth/orgScope';
import { type Queryable, queryRows } from '#server/db/sql';

const COLUMNS =
  "id, kind, status, input, done, total, state -> 'result' AS result, error, created_at, started_at, finished_at";

/** Jobs of an organization that are kept once they have ended. */
const KEPT_JOBS = 100;

export interface NewJob {
  readonly id: JobId;
  readonly kind: JobKind;
  readonly input: JsonObject;
  readonly created_at: Date;
}

/** Puts a job into the queue, and forgets the oldest ended ones beyond those that are kept. */
export async function insertJob(db: Queryable, scope: OrgScope, job: NewJob): Promise<Job> {
  const [row] = await queryRows(
    db,
    Job,
    `INSERT INTO jobs (org_id, id, kind, status, input, done, lease_expires_at, attempts, cancel_requested, created_at)
     VALUES ($1, $2, $3, 'queued', $4, 0, now(), 0, false, $5) RETURNING ${COLUMNS}`,
    [scope.org_id, job.id, job.kind, JSON.stringify(job.input), job.created_at.toISOString()],
  );
  if (!row) throw new Error('INSERT … RETURNING answered no row.');
  await db.query(
    `DELETE FROM jobs WHERE org_id = $1 AND id IN (
       SELECT id FROM jobs WHERE org_id = $1 AND finished_at IS NOT NULL ORDER BY id DESC OFFSET $2)`,
    [scope.org_id, KEPT_JOBS],
  );
  return row;
}

/** Jobs of the organization that wait or run. Index. */
export async function countUnfinishedJobs(db: Queryable, scope: OrgScope): Promise<number> {
  const [row] = await queryRows(
    db,
    z.object({ count: z.number() }),
    'SELECT count(*) AS count FROM jobs WHERE org_id = $1 AND finished_at IS NULL',
    [scope.org_id],
  );
  return row?.count ?? 0;
}

/** Newest first. Primary key. */
export function listJobRows(db: Queryable, scope: OrgScope): Promise<Job[]> {
  return queryRows(db, Job, `SELECT ${COLUMNS} FROM jobs WHERE org_id = $1 ORDER BY id DESC LIMIT $2`, [
    scope.org_id,
    KEPT_JOBS,
  ]);
}

/** One job; null where the organization has none of this id. Primary key. */
export async function findJob(db: Queryable, scope: OrgScope, id: JobId): Promise<Job | null> {
  const rows = await queryRows(db, Job, `SELECT ${COLUMNS} FROM jobs WHERE org_id = $1 AND id = $2`, [
    scope.org_id,
    id,
  ]);
  return rows[0] ?? null;
}

/** A queued job ends at once; a running one is asked to stop after its current step; one that has ended is answered as it is. */
export async function requestCancel(db: Queryable, scope: OrgScope, id: JobId): Promise<Job | null> {
  const [canceled] = await queryRows(
    db,
    Job,
    `WITH canceled AS (UPDATE jobs SET cancel_requested = true,
       status = CASE WHEN status = 'queued' THEN 'canceled' ELSE status END,
       finished_at = CASE WHEN status = 'queued' THEN now() END
     WHERE org_id = $1 AND id = $2 AND finished_at IS NULL RETURNING *)
     SELECT ${COLUMNS} FROM canceled`,
    [scope.org_id, id],
  );
  // A statement of its own: where the job ended while the one above waited for its lock, that one does not see the end.
  return canceled ?? findJob(db, scope, id);
}

export const LeasedJob = z.object({
  org_id: OrgId,
  id: JobId,
  kind: JobKind,
  input: JsonObject,
  state: JsonObject.nullable(),
  done: z.number(),
  total: z.number().nullable(),
  attempts: z.number(),
  created_at: z.string(),
});
/** What a runner needs to know of the job it works on. */
export type LeasedJob = z.infer<typeof LeasedJob>;

export interface Lease {
  /** The id of the runner. */
  readonly holder: string;
  readonly seconds: number;
}

const DUE = "status IN ('queued', 'running') AND lease_expires_at <= now()";

/**
 * Takes the job that has waited longest, if one is due. First found, then taken by its key, under the same condition: of two
 * runners that found it one gets it, also where the table is spread over several nodes. Index `jobs_due`.
 * @param after an organization that has just had its turn: its jobs come after those of all others.
 */
export async function takeJob(
  db: Queryable,
  _admin: AdminScope,
  lease: Lease,
  after: string | null = null,
): Promise<LeasedJob | null> {
  const due = await queryRows(
    db,
    z.object({ org_id: OrgId, id: JobId }),
    `SELECT org_id, id FROM jobs WHERE ${DUE}
     ORDER BY org_id IS NOT DISTINCT FROM $1::uuid, lease_expires_at LIMIT 5`,
    [after],
  );
  for (const { org_id, id } of due) {
    const [taken] = await queryUpdated(
      db,
      `UPDATE jobs SET status = 'running', lease_holder = $3, lease_expires_at = now() + make_interval(secs => $4),
         attempts = attempts + 1, started_at = coalesce(started_at, now())
       WHERE org_id = $1 AND id = (SELECT id FROM jobs WHERE org_id = $1 AND id = $2 AND ${DUE} FOR UPDATE SKIP LOCKED)
       RETURNING org_id, id, kind, input, state, done, total, attempts, created_at`,
      [org_id, id, lease.holder, lease.seconds],
    );
    if (taken) return LeasedJob.parse(taken);
  }
  return null;
}

/**
 * Renews the lease within the transaction of a step, and so locks the job until that ends. Null where another runner has
 * the job: then nothing of the step may be committed.
 */
export async function renewLease(
  db: Queryable,
  scope: OrgScope,
  id: JobId,
  lease: Lease,
): Promise<{ cancel_requested: boolean } | null> {
  // A runner that freezes must not keep the rows of its step locked for longer than its lease.
  await db.query("SELECT set_config('idle_in_transaction_session_timeout', $1, true)", [String(lease.seconds * 1_000)]);
  const [row] = await queryUpdated(
    db,
    `UPDATE jobs SET lease_expires_at = now() + make_interval(secs => $4)
     WHERE org_id = $1 AND id = $2 AND lease_holder = $3 AND status = 'running' RETURNING cancel_requested`,
    [scope.org_id, id, lease.holder, lease.seconds],
  );
  return row === undefined ? null : z.object({ cancel_requested: z.boolean() }).parse(row);
}

export interface JobProgress {
  readonly done: number;
  readonly total: number | null;
  readonly state: JsonObject | null;
}

/** Writes what a step did, in the step's own transaction. False where another runner has the job by now. */
export async function saveProgress(
  db: Queryable,
  scope: OrgScope,
  id: JobId,
  { holder, progress }: { holder: string; progress: JobProgress },
): Promise<boolean> {
  const rows = await queryUpdated(
    db,
    `UPDATE jobs SET done = $4, total = $5, state = $6, attempts = 0
     WHERE org_id = $1 AND id = $2 AND lease_holder = $3 AND status = 'running' RETURNING id`,
    [
      scope.org_id,
      id,
      holder,
      progress.done,
      progress.total,
      progress.state === null ? null : JSON.stringify(progress.state),
    ],
  );
  return rows.length === 1;
}

/** Ends a job that the holder of the lease worked on. */
export async function finishJob(
  db: Queryable,
  scope: OrgScope,
  id: JobId,
  end: { holder: string; status: Extract<JobStatus, 'done' | 'failed' | 'canceled'>; error: string | null },
): Promise<void> {
  await db.query(
    `UPDATE jobs SET status = $4, error = $5, finished_at = now(), lease_holder = NULL
     WHERE org_id = $1 AND id = $2 AND lease_holder = $3 AND status = 'running'`,
    [scope.org_id, id, end.holder, end.status, end.error],
  );
}

/** Gives a job back to the end of the queue, to be taken after `seconds`. */
export async function releaseJob(db: Queryable, scope: OrgScope, id: JobId, { holder, seconds }: Lease): Promise<void> {
  await db.query(
    `UPDATE jobs SET lease_holder = NULL, lease_expires_at = now() + make_interval(secs => $4)
     WHERE org_id = $1 AND id = $2 AND lease_holder = $3 AND status = 'running'`,
    [scope.org_id, id, holder, seconds],
  );
}

/** TypeORM answers an UPDATE with its rows and their count. */
async function queryUpdated(db: Queryable, sql: string, parameters: unknown[]): Promise<unknown[]> {
  const [rows] = z.tuple([z.array(z.unknown()), z.number()]).parse(await db.query(sql, parameters));
  return rows;
}
