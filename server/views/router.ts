import { z } from 'zod';
import { Deleted } from '#shared/apiKey';
import { SavedView, SaveViewInput, ViewId } from '#shared/view';
import { manageProcedure, readProcedure, router } from '#server/trpc/trpc';
import { createView, deleteView, listViews, saveView } from './service.ts';

export const viewsRouter = router({
  list: readProcedure.output(z.array(SavedView)).query(({ ctx }) => listViews(ctx.deps, ctx.caller.scope)),
  create: manageProcedure
    .input(SaveViewInput)
    .output(SavedView)
    .mutation(({ ctx, input }) => createView(ctx.deps, ctx.caller.scope, input)),
  save: manageProcedure
    .input(z.object({ id: ViewId, view: SaveViewInput }))
    .output(SavedView)
    .mutation(({ ctx, input }) => saveView(ctx.deps, ctx.caller.scope, input.id, input.view)),
  delete: manageProcedure
    .input(z.object({ id: ViewId }))
    .output(Deleted)
    .mutation(({ ctx, input }) => deleteView(ctx.deps, ctx.caller.scope, input.id)),
});
