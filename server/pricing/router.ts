import { z } from 'zod';
import { Deleted } from '#shared/apiKey';
import {
  BUILTIN_SEARCH,
  BuiltinPriceList,
  CostExplanation,
  CustomPrice,
  PriceId,
  RepriceInput,
  SavePriceInput,
  SeenModel,
} from '#shared/price';
import { Job } from '#shared/job';
import { RequestId } from '#shared/primitives';
import { manageProcedure, readProcedure, router } from '#server/trpc/trpc';
import {
  createPrice,
  deletePrice,
  explainCost,
  listPrices,
  listSeenModels,
  repriceRequests,
  savePrice,
  searchBuiltinPrices,
} from './service.ts';

export const pricesRouter = router({
  list: readProcedure.output(z.array(CustomPrice)).query(({ ctx }) => listPrices(ctx.deps, ctx.caller.scope)),
  builtin: readProcedure
    .input(
      z.object({
        search: BUILTIN_SEARCH.search,
        limit: z.int().min(1).max(BUILTIN_SEARCH.most).default(BUILTIN_SEARCH.usual),
      }),
    )
    .output(BuiltinPriceList)
    .query(({ ctx, input }) => searchBuiltinPrices(ctx.deps, ctx.caller.scope, input)),
  models: readProcedure.output(z.array(SeenModel)).query(({ ctx }) => listSeenModels(ctx.deps, ctx.caller.scope)),
  explain: readProcedure
    .input(z.object({ id: RequestId }))
    .output(CostExplanation)
    .query(({ ctx, input }) => explainCost(ctx.deps, ctx.caller.scope, input.id)),
  reprice: manageProcedure
    .input(RepriceInput)
    .output(Job)
    .mutation(({ ctx, input }) => repriceRequests(ctx.deps, ctx.caller.scope, input)),
  create: manageProcedure
    .input(SavePriceInput)
    .output(CustomPrice)
    .mutation(({ ctx, input }) => createPrice(ctx.deps, ctx.caller.scope, input)),
  save: manageProcedure
    .input(z.object({ id: PriceId, price: SavePriceInput }))
    .output(CustomPrice)
    .mutation(({ ctx, input }) => savePrice(ctx.deps, ctx.caller.scope, input.id, input.price)),
  delete: manageProcedure
    .input(z.object({ id: PriceId }))
    .output(Deleted)
    .mutation(({ ctx, input }) => deletePrice(ctx.deps, ctx.caller.scope, input.id)),
});
