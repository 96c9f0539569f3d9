import { z } from 'zod';
import { RequestId } from '#shared/primitives';
import { GetTraceInput, ListTracesInput, type SpanDetail, type TraceDetail, TracePage } from '#shared/trace';
import { readProcedure, router } from '#server/trpc/trpc';
import { getSpan, getTrace, listTraces } from './service.ts';

export const tracesRouter = router({
  list: readProcedure
    .input(ListTracesInput)
    .output(TracePage)
    .query(({ ctx, input }) => listTraces(ctx.deps, ctx.caller.scope, input)),
  get: readProcedure.input(GetTraceInput).query(async ({ ctx, input }) => {
    const { stream } = await getTrace(ctx.deps, ctx.caller.scope, input);
    return ctx.answer<TraceDetail>(stream);
  }),
  span: readProcedure
    .input(z.object({ id: RequestId }))
    .query(async ({ ctx, input }) => ctx.answer<SpanDetail>(await getSpan(ctx.deps, ctx.caller.scope, input.id))),
});
