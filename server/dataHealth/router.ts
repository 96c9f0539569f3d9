import { DataHealth } from '#shared/dataHealth';
import { readProcedure, router } from '#server/trpc/trpc';
import { getDataHealth } from './service.ts';

export const dataHealthRouter = router({
  get: readProcedure.output(DataHealth).query(({ ctx }) => getDataHealth(ctx.deps, ctx.caller.scope)),
});
