/** The steps of the job that deletes all requests that match a filter. */
import { z } from 'zod';
import { RequestFilters } from '#shared/request';
import type { JobStep } from '#server/jobs/jobRunner';
import { deleteSpans } from '#server/traces/service';
import { countRequests, deleteRequestRows } from './repository.ts';

/** Rows of one transaction: some 100 ms of work, for which the writers of the same hours wait. */
const BATCH_ROWS = 500;

const State = z.object({
  /** Requests first, then the spans that the same filter matches. */
  phase: z.enum(['requests', 'spans']),
  /** Where the next step begins; null at the beginning. */
  after: z.object({ started_at: z.string(), id: z.string() }).nullable(),
});

/**
 * One step: a batch of requests with their payloads, taken off the hourly sums in the same statement; after the last
 * of them the spans. Only what was stored before the job was made: a log that comes later was not meant.
 */
export const deleteRequestsStep: JobStep = async (tx, scope, job) => {
  const filters = RequestFilters.parse(job.input);
  const before = job.created_at;
  const state = State.parse(job.state ?? { phase: 'requests', after: null });
  const total = job.total ?? (await countRequests(tx, scope, filters, before));
  if (state.phase === 'requests') {
    const { deleted, after } = await deleteRequestRows(tx, scope, filters, {
      before,
      after: state.after,
      limit: BATCH_ROWS,
    });
    const isLast = deleted < BATCH_ROWS;
    return {
      done: job.done + deleted,
      total,
      state: isLast ? { phase: 'spans', after: null } : { phase: 'requests', after },
      isFinished: false,
    };
  }
  const deleted = await deleteSpans(tx, scope, filters, { before, limit: BATCH_ROWS });
  return { done: job.done, total, state, isFinished: deleted < BATCH_ROWS };
};
