import {
  GetUserInput,
  LargestUsers,
  LargestUsersInput,
  ListGroupsInput,
  UserPage,
  UserSummary,
} from '#shared/sessions';
import { readProcedure, router } from '#server/trpc/trpc';
import { getUser, listLargestUsers, listUsers } from './service.ts';

export const usersRouter = router({
  list: readProcedure
    .input(ListGroupsInput)
    .output(UserPage)
    .query(({ ctx, input }) => listUsers(ctx.deps, ctx.caller.scope, input)),
  largest: readProcedure
    .input(LargestUsersInput)
    .output(LargestUsers)
    .query(({ ctx, input }) => listLargestUsers(ctx.deps, ctx.caller.scope, input)),
  get: readProcedure
    .input(GetUserInput)
    .output(UserSummary)
    .query(({ ctx, input }) => getUser(ctx.deps, ctx.caller.scope, input.user_id)),
});
