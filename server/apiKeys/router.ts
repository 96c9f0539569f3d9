import { z } from 'zod';
import { ApiKey, CreateApiKeyInput, CreatedApiKey, Deleted } from '#shared/apiKey';
import { ApiKeyId } from '#shared/primitives';
import { manageProcedure, readProcedure, router } from '#server/trpc/trpc';
import { createApiKey, deleteApiKey, listApiKeys } from './service.ts';

export const apiKeysRouter = router({
  list: readProcedure.output(z.array(ApiKey)).query(({ ctx }) => listApiKeys(ctx.deps, ctx.caller.scope)),
  create: manageProcedure
    .input(CreateApiKeyInput)
    .output(CreatedApiKey)
    .mutation(({ ctx, input }) => createApiKey(ctx.deps, ctx.caller, input)),
  delete: manageProcedure
    .input(z.object({ id: ApiKeyId }))
    .output(Deleted)
    .mutation(({ ctx, input }) => deleteApiKey(ctx.deps, ctx.caller.scope, input.id)),
});
