import { z } from 'zod';
import { Identifier } from '#shared/primitives';
import { TraceDetail } from '#shared/trace';
import { readProcedure, router } from '#server/trpc/trpc';
import { getTrace } from './service.ts';

export const tracesRouter = router({
  get: readProcedure
    .input(z.object({ trace_id: Identifier }))
    .output(TraceDetail)
    .query(({ ctx, input }) => getTrace(ctx.deps, ctx.caller.scope, input.trace_id)),
});
