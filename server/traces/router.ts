import { GetTraceInput, type TraceDetail } from '#shared/trace';
import { readProcedure, router } from '#server/trpc/trpc';
import { getTrace } from './service.ts';

export const tracesRouter = router({
  get: readProcedure.input(GetTraceInput).query(async ({ ctx, input }) => {
    const { stream } = await getTrace(ctx.deps, ctx.caller.scope, input);
    return ctx.answer<TraceDetail>(stream);
  }),
});
