import { RequestFilters } from '#shared/request';
import { SavingsReport } from '#shared/savings';
import { readProcedure, router } from '#server/trpc/trpc';
import { getSavings } from './service.ts';

export const savingsRouter = router({
  get: readProcedure
    .input(RequestFilters)
    .output(SavingsReport)
    .query(({ ctx, input }) => getSavings(ctx.deps, ctx.caller.scope, input)),
});
