import { z } from 'zod';
import { RequestId } from '#shared/primitives';
import {
  ListRequestsInput,
  LogBatchInput,
  LogBatchResult,
  type LoggedRequest,
  type RequestPage,
} from '#shared/request';
import { acceptLogs } from '#server/ingest/acceptLogs';
import { ingestProcedure, readProcedure, router } from '#server/trpc/trpc';
import { getRequest, listRequests } from './service.ts';

export const requestsRouter = router({
  list: readProcedure
    .input(ListRequestsInput)
    .query(async ({ ctx, input }) => ctx.answer<RequestPage>(await listRequests(ctx.deps, ctx.caller.scope, input))),
  get: readProcedure
    .input(z.object({ id: RequestId }))
    .query(async ({ ctx, input }) => ctx.answer<LoggedRequest>(await getRequest(ctx.deps, ctx.caller.scope, input.id))),
  log: ingestProcedure
    .input(LogBatchInput)
    .output(LogBatchResult)
    .mutation(({ ctx, input }) => acceptLogs(ctx.deps, ctx.caller.scope, input.logs)),
});
