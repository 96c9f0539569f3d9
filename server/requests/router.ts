import { z } from 'zod';
import { RequestId } from '#shared/primitives';
import { ListRequestsInput, LogBatchInput, LogBatchResult, LoggedRequest, RequestPage } from '#shared/request';
import { acceptLogs } from '#server/ingest/acceptLogs';
import { ingestProcedure, readProcedure, router } from '#server/trpc/trpc';
import { getRequest, listRequests } from './service.ts';

export const requestsRouter = router({
  list: readProcedure
    .input(ListRequestsInput)
    .output(RequestPage)
    .query(({ ctx, input }) => listRequests(ctx.deps, ctx.caller.scope, input)),
  get: readProcedure
    .input(z.object({ id: RequestId }))
    .output(LoggedRequest)
    .query(({ ctx, input }) => getRequest(ctx.deps, ctx.caller.scope, input.id)),
  log: ingestProcedure
    .input(LogBatchInput)
    .output(LogBatchResult)
    .mutation(({ ctx, input }) => acceptLogs(ctx.deps, ctx.caller.scope, input.logs)),
});
