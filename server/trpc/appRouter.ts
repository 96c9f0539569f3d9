import { apiKeysRouter } from '#server/apiKeys/router';
import { sessionRouter } from '#server/session/router';
import { dataHealthRouter } from '#server/dataHealth/router';
import { jobsRouter } from '#server/jobs/router';
import { pricesRouter } from '#server/pricing/router';
import { releasesRouter } from '#server/releases/router';
import { requestsRouter } from '#server/requests/router';
import { savingsRouter } from '#server/savings/router';
import { statsRouter } from '#server/stats/router';
import { sessionsRouter } from '#server/sessions/router';
import { tracesRouter } from '#server/traces/router';
import { viewsRouter } from '#server/views/router';
import { usersRouter } from '#server/users/router';
import { createCallerFactory, router } from './trpc.ts';

/** The dashboard's API: one line a concept. */
export const appRouter = router({
  session: sessionRouter,
  requests: requestsRouter,
  traces: tracesRouter,
  sessions: sessionsRouter,
  users: usersRouter,
  stats: statsRouter,
  prices: pricesRouter,
  releases: releasesRouter,
  savings: savingsRouter,
  apiKeys: apiKeysRouter,
  jobs: jobsRouter,
  views: viewsRouter,
  dataHealth: dataHealthRouter,
});

export type AppRouter = typeof appRouter;

/** Calls procedures from inside the process: `createCaller(createInnerContext(deps, caller))`. */
export const createCaller = createCallerFactory(appRouter);
