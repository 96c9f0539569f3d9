import { GetSessionInput, ListGroupsInput, type SessionDetail, SessionPage } from '#shared/sessions';
import { readProcedure, router } from '#server/trpc/trpc';
import { getSessionDetail, listSessions } from './service.ts';

export const sessionsRouter = router({
  list: readProcedure
    .input(ListGroupsInput)
    .output(SessionPage)
    .query(({ ctx, input }) => listSessions(ctx.deps, ctx.caller.scope, input)),
  get: readProcedure
    .input(GetSessionInput)
    .query(async ({ ctx, input }) =>
      ctx.answer<SessionDetail>(await getSessionDetail(ctx.deps, ctx.caller.scope, input)),
    ),
});
