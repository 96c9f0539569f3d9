/** The steps of the job that deletes all requests that match a filter. */
import { z } from 'zod';
import { RequestFilters } from '#shared/request';
import type { JobStep } from '#server/jobs/jobRunner';
import { deleteSpans } from '#server/traces/service';
import { countRequests, deleteRequestRows } from './repository.ts';

/** Rows of one transaction: some 100 ms of work, for which the writers of the same hours wait. */
const BATCH_ROWS = 500;

/** Requests first, then the spans that the same filter matches. `after`: where the next step begins; null at the beginning. */
const State = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('requests'), after: z.object({ started_at: z.string(), id: z.string() }).nullable() }),
  z.object({ phase: z.literal('spans'), after: z.string().nullable() }),
]);

/**
 * One step: a batch of requests with their payloads, taken off the rollups in the same statement; after the last
 * of them the spans. Only what was stored before the job was made: a log that comes later was not meant.
 */
export const deleteRequestsStep: JobStep = async (tx, scope, job) => {
  const filters = RequestFilters.parse(job.input);
  const before = job.created_at;
  const state = State.parse(job.state ?? { phase: 'requests', after: null });
  const total = job.total ?? (await countRequests(tx, scope, filters, before));
  if (state.phase === 'requests') {
    const { found, deleted, after } = await deleteRequestRows(tx, scope, filters, {
      before,
      after: state.after,
      limit: BATCH_ROWS,
    });
    const isLast = found < BATCH_ROWS;
    return {
      done: job.done + deleted,
      total,
      state: isLast ? { phase: 'spans', after: null } : { phase: 'requests', after },
      isFinished: false,
    };
  }
  const { found, after } = await deleteSpans(tx, scope, filters, { before, after: state.after, limit: BATCH_ROWS });
  return { done: job.done, total, state: { phase: 'spans', after }, isFinished: found < BATCH_ROWS };
};
