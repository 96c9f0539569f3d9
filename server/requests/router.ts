import { z } from 'zod';
import { Deleted } from '#shared/apiKey';
import { Job } from '#shared/job';
import { MOST_IDS } from '#shared/export';
import { RequestId } from '#shared/primitives';
import {
  ListRequestsInput,
  LogBatchInput,
  LogBatchResult,
  type LoggedRequest,
  RequestFilters,
  type RequestPage,
} from '#shared/request';
import { Newer, NewerInput, RequestValues, RequestValuesInput } from '#shared/requestValues';
import { acceptLogs } from '#server/ingest/acceptLogs';
import { ingestProcedure, manageProcedure, readProcedure, router } from '#server/trpc/trpc';
import { listValues } from '#server/values/service';
import {
  countNewerRequests,
  deleteMatchingRequests,
  deleteRequest,
  deleteRequests,
  getRequest,
  listRequests,
} from './service.ts';

export const requestsRouter = router({
  list: readProcedure
    .input(ListRequestsInput)
    .query(async ({ ctx, input }) => ctx.answer<RequestPage>(await listRequests(ctx.deps, ctx.caller.scope, input))),
  newer: readProcedure
    .input(NewerInput)
    .output(Newer)
    .query(({ ctx, input }) => countNewerRequests(ctx.deps, ctx.caller.scope, input)),
  values: readProcedure
    .input(RequestValuesInput)
    .output(RequestValues)
    .query(({ ctx, input }) => listValues(ctx.deps, ctx.caller.scope, input)),
  get: readProcedure
    .input(z.object({ id: RequestId }))
    .query(async ({ ctx, input }) => ctx.answer<LoggedRequest>(await getRequest(ctx.deps, ctx.caller.scope, input.id))),
  delete: manageProcedure
    .input(z.object({ id: RequestId }))
    .output(Deleted)
    .mutation(({ ctx, input }) => deleteRequest(ctx.deps, ctx.caller.scope, input.id)),
  deleteMany: manageProcedure
    .input(z.object({ ids: z.array(RequestId).min(1).max(MOST_IDS, `must be at most ${MOST_IDS}`) }))
    .output(z.object({ deleted: z.int() }))
    .mutation(({ ctx, input }) => deleteRequests(ctx.deps, ctx.caller.scope, input.ids)),
  deleteMatching: manageProcedure
    .input(z.object({ filters: RequestFilters, all: z.boolean().default(false) }))
    .output(Job)
    .mutation(({ ctx, input }) => deleteMatchingRequests(ctx.deps, ctx.caller.scope, input)),
  log: ingestProcedure
    .input(LogBatchInput)
    .output(LogBatchResult)
    .mutation(({ ctx, input }) => acceptLogs(ctx.deps, ctx.caller, input.logs)),
});
