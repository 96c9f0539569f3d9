import { SavingsInput, SavingsReport } from '#shared/savings';
import { readProcedure, router } from '#server/trpc/trpc';
import { getSavings } from './service.ts';

export const savingsRouter = router({
  get: readProcedure
    .input(SavingsInput)
    .output(SavingsReport)
    .query(({ ctx, input }) => getSavings(ctx.deps, ctx.caller.scope, input)),
});
