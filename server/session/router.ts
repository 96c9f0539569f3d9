import { Session } from '#shared/organization';
import { callerProcedure, router } from '#server/trpc/trpc';
import { getSession } from './service.ts';

/** Who is signed in. Any key may ask it, so that one without `read` learns what it lacks. */
export const sessionRouter = router({
  get: callerProcedure.output(Session).query(({ ctx }) => getSession(ctx.deps, ctx.caller)),
});
