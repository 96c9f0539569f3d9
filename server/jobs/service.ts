import type { Job, JobKind } from '#shared/job';
import { JobId } from '#shared/job';
import type { JsonObject } from '#shared/primitives';
import type { OrgScope } from '#server/auth/orgScope';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import { countUnfinishedJobs, findJob, insertJob, listJobRows, requestCancel } from './repository.ts';

/** Jobs of one organization that may wait or run at a time. */
const UNFINISHED_JOBS = 20;

/**
 * Puts a job into the queue; it begins within a second.
 * @throws {AppError} `conflict` where too many of this organization are not done.
 */
export async function createJob(deps: Deps, scope: OrgScope, kind: JobKind, input: JsonObject): Promise<Job> {
  if ((await countUnfinishedJobs(deps.reads.of(scope), scope)) >= UNFINISHED_JOBS) {
    throw new AppError(
      'conflict',
      `There are ${UNFINISHED_JOBS} jobs of this organization that are not done: wait for one, or cancel one.`,
    );
  }
  const created_at = deps.clock();
  const job = await insertJob(deps.changes.of(scope), scope, {
    id: JobId.parse(deps.newId(created_at.getTime())),
    kind,
    input,
    created_at,
  });
  deps.jobs.wake();
  return job;
}

/** Newest first; those that ended long ago are forgotten. */
export function listJobs(deps: Deps, scope: OrgScope): Promise<Job[]> {
  return listJobRows(deps.reads.of(scope), scope);
}

/** @throws {AppError} `not_found`, also for a job of another organization. */
export async function getJob(deps: Deps, scope: OrgScope, id: JobId): Promise<Job> {
  const job = await findJob(deps.reads.of(scope), scope, id);
  if (!job) throw jobNotFound(id);
  return job;
}

/**
 * Asks a job to stop; what it has done stays done. A job that has ended is answered as it is.
 * @throws {AppError} `not_found`.
 */
export async function cancelJob(deps: Deps, scope: OrgScope, id: JobId): Promise<Job> {
  const job = await requestCancel(deps.changes.of(scope), scope, id);
  if (!job) throw jobNotFound(id);
  return job;
}

function jobNotFound(id: JobId): AppError {
  return new AppError('not_found', `There is no job ${id} in this organization.`);
}
