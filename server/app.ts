/** The Express host: the order of middleware and mounts. It neither listens nor knows the process. */
import express, { type Express } from 'express';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import { errorHandler } from '#server/http/errorHandler';
import { BodyBudget } from '#server/http/jsonBody';
import { requestId } from '#server/http/requestId';
import { apiSecurity, refuseAmbiguousHost } from '#server/http/security';
import { staticClient } from '#server/http/staticClient';
import { mountEndpoints } from '#server/rest/mountEndpoints';
import { mountTrpc } from '#server/trpc/mountTrpc';

export interface AppOptions {
  /** The folder of the built dashboard. */
  readonly clientFolder: string;
}

export function createApp(deps: Deps, options: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('trust proxy', deps.config.trustProxy);

  const router = express.Router({ caseSensitive: true, strict: true });
  router.use(requestId);
  router.use(refuseAmbiguousHost);
  router.use((_req, res, next) => {
    if (deps.readiness.isDraining) res.setHeader('Connection', 'close');
    next();
  });
  router.use(['/api', '/trpc', '/health', '/readyz'], apiSecurity);
  mountEndpoints(router, deps, new BodyBudget(deps.config.bodyBytesInFlight));
  mountTrpc(router, deps);
  router.use(['/api', '/trpc'], (req) => {
    throw new AppError(
      'unknown_endpoint',
      `There is nothing at ${req.method} ${req.baseUrl}${req.path}.`.slice(0, 200),
    );
  });
  router.use(staticClient(options.clientFolder));
  router.use((req) => {
    throw new AppError('unknown_endpoint', `There is nothing at ${req.method} ${req.path}.`.slice(0, 200));
  });

  app.use(deps.config.basePath === '' ? '/' : deps.config.basePath, router);
  app.use((req) => {
    throw new AppError('unknown_endpoint', `There is nothing at ${req.method} ${req.path}.`.slice(0, 200));
  });
  app.use(errorHandler(deps.log));
  return app;
}
