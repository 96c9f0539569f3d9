/** The steps of the job that deletes all requests that match a filter. */
import { z } from 'zod';
import { RequestId } from '#shared/primitives';
import { RequestFilters } from '#shared/request';
import type { JobStep } from '#server/jobs/jobRunner';
import { deleteSpans } from '#server/traces/service';
import { searchesWords } from '#server/search/service';
import { walkToDelete } from '#server/walk/walk';
import { countRequests, deleteRequestRows, deleteRequestRowsById } from './repository.ts';

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
  // Words are looked for row by row: how many hold them is known in the end.
  const hasWords = searchesWords(filters);
  const total = job.total ?? (hasWords ? null : await countRequests(tx, scope, filters, before));
  if (state.phase === 'requests' && hasWords) {
    const { ids, place } = await walkToDelete(tx, scope, filters, { place: state.after, storedBefore: before });
    const done =
      job.done +
      (await deleteRequestRowsById(
        tx,
        scope,
        ids.map((id) => RequestId.parse(id)),
      ));
    if (place) return { done, total, state: { phase: 'requests', after: place }, isFinished: false };
    return { done, total: done, state: { phase: 'spans', after: null }, isFinished: false };
  }
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
