import { Session } from '#shared/organization';
import { getApiKey } from '#server/apiKeys/service';
import { callerProcedure, router } from '#server/trpc/trpc';
import { getOrganization } from './service.ts';

/** Who is signed in. Any key may ask it, so that one without `read` learns what it lacks. */
export const sessionRouter = router({
  get: callerProcedure.output(Session).query(async ({ ctx }) => {
    const { scope, api_key_id } = ctx.caller;
    const [organization, api_key] = await Promise.all([
      getOrganization(ctx.deps, scope),
      getApiKey(ctx.deps, scope, api_key_id),
    ]);
    return { organization, api_key };
  }),
});
