import { GetUserInput, ListGroupsInput, UserPage, UserSummary } from '#shared/sessions';
import { readProcedure, router } from '#server/trpc/trpc';
import { getUser, listUsers } from './service.ts';

export const usersRouter = router({
  list: readProcedure
    .input(ListGroupsInput)
    .output(UserPage)
    .query(({ ctx, input }) => listUsers(ctx.deps, ctx.caller.scope, input)),
  get: readProcedure
    .input(GetUserInput)
    .output(UserSummary)
    .query(({ ctx, input }) => getUser(ctx.deps, ctx.caller.scope, input.user_id)),
});
