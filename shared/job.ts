/** A job: work for one organization that outlives the call that asked for it. */
import { z } from 'zod';
import { Instant, JsonObject, uuid } from './primitives.ts';

export const JobId = uuid().brand<'JobId'>();
export type JobId = z.infer<typeof JobId>;

export const JobKind = z.enum(['delete_requests', 'reprice_requests']).meta({
  id: 'JobKind',
  description:
    '`delete_requests`: delete all requests that match a filter. `reprice_requests`: price them again, or say what that would change.',
});
export type JobKind = z.infer<typeof JobKind>;

export const JobStatus = z.enum(['queued', 'running', 'done', 'failed', 'canceled']).meta({
  id: 'JobStatus',
  description:
    '`queued`, `running`; `done`; `failed`, with an `error`; `canceled`: it stopped where it was asked to, and what it had done stays done.',
});
export type JobStatus = z.infer<typeof JobStatus>;

export const Job = z
  .object({
    id: JobId,
    kind: JobKind,
    status: JobStatus,
    input: JsonObject.describe('What was asked for, such as the filter.'),
    done: z.int().describe('Rows worked on so far; exact once the job has ended.'),
    total: z.int().nullable().describe('Rows there were to work on when it began; null before that.'),
    result: JsonObject.nullable().describe(
      'What came of it so far, for kinds that say more than how many rows: `RepriceResult`.',
    ),
    error: z.string().nullable(),
    created_at: Instant,
    started_at: Instant.nullable(),
    finished_at: Instant.nullable(),
  })
  .meta({ id: 'Job', description: 'Work that outlives the call that asked for it.' });
export type Job = z.infer<typeof Job>;
