import { ReleaseChoices, ReleaseChoicesInput, ReleaseReport, ReleaseReportInput } from '#shared/releaseReport';
import { readProcedure, router } from '#server/trpc/trpc';
import { getReleaseReport, listReleaseChoices } from './service.ts';

export const releasesRouter = router({
  report: readProcedure
    .input(ReleaseReportInput)
    .output(ReleaseReport)
    .query(({ ctx, input }) => getReleaseReport(ctx.deps, ctx.caller.scope, input)),
  choices: readProcedure
    .input(ReleaseChoicesInput)
    .output(ReleaseChoices)
    .query(({ ctx, input }) => listReleaseChoices(ctx.deps, ctx.caller.scope, input)),
});
