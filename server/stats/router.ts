import { RequestFilters } from '#shared/request';
import {
  Facets,
  FacetsInput,
  GroupsInput,
  SeriesInput,
  StatsGroups,
  StatsSeries,
  StatsTotals,
  Strip,
  StripInput,
} from '#shared/stats';
import { readProcedure, router } from '#server/trpc/trpc';
import { getSeries, getStrip, getTotals, listFacets, listGroups } from './service.ts';

export const statsRouter = router({
  totals: readProcedure
    .input(RequestFilters)
    .output(StatsTotals)
    .query(({ ctx, input }) => getTotals(ctx.deps, ctx.caller.scope, input)),
  facets: readProcedure
    .input(FacetsInput)
    .output(Facets)
    .query(({ ctx, input }) => listFacets(ctx.deps, ctx.caller.scope, input)),
  groups: readProcedure
    .input(GroupsInput)
    .output(StatsGroups)
    .query(({ ctx, input }) => listGroups(ctx.deps, ctx.caller.scope, input)),
  series: readProcedure
    .input(SeriesInput)
    .output(StatsSeries)
    .query(({ ctx, input }) => getSeries(ctx.deps, ctx.caller.scope, input)),
  strip: readProcedure
    .input(StripInput)
    .output(Strip)
    .query(({ ctx, input }) => getStrip(ctx.deps, ctx.caller.scope, input.filters)),
});
