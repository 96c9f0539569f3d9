import { RequestFilters } from '#shared/request';
import { StatsTotals } from '#shared/stats';
import { readProcedure, router } from '#server/trpc/trpc';
import { getTotals } from './service.ts';

export const statsRouter = router({
  totals: readProcedure
    .input(RequestFilters)
    .output(StatsTotals)
    .query(({ ctx, input }) => getTotals(ctx.deps, ctx.caller.scope, input)),
});
