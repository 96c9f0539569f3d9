import { z } from 'zod';
import { RequestId } from '#shared/primitives';
import { GetTraceInput, type SpanDetail, type TraceDetail } from '#shared/trace';
import { readProcedure, router } from '#server/trpc/trpc';
import { getSpan, getTrace } from './service.ts';

export const tracesRouter = router({
  get: readProcedure.input(GetTraceInput).query(async ({ ctx, input }) => {
    const { stream } = await getTrace(ctx.deps, ctx.caller.scope, input);
    return ctx.answer<TraceDetail>(stream);
  }),
  span: readProcedure
    .input(z.object({ id: RequestId }))
    .query(async ({ ctx, input }) => ctx.answer<SpanDetail>(await getSpan(ctx.deps, ctx.caller.scope, input.id))),
});
