import { z } from 'zod';
import { Job, JobId } from '#shared/job';
import { manageProcedure, readProcedure, router } from '#server/trpc/trpc';
import { cancelJob, getJob, listJobs } from './service.ts';

const ById = z.object({ id: JobId });

export const jobsRouter = router({
  list: readProcedure.output(z.array(Job)).query(({ ctx }) => listJobs(ctx.deps, ctx.caller.scope)),
  get: readProcedure
    .input(ById)
    .output(Job)
    .query(({ ctx, input }) => getJob(ctx.deps, ctx.caller.scope, input.id)),
  cancel: manageProcedure
    .input(ById)
    .output(Job)
    .mutation(({ ctx, input }) => cancelJob(ctx.deps, ctx.caller.scope, input.id)),
});
