/** The Express host: the order of middleware and mounts. It neither listens nor knows the process. */
import type { IncomingMessage, RequestListener } from 'node:http';
import express, { type Express, type Request } from 'express';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import { errorHandler } from '#server/http/errorHandler';
import { setRequestId } from '#server/http/requestId';
import { refuseAmbiguousHost, setApiHeaders } from '#server/http/security';
import { staticClient } from '#server/http/staticClient';
import { WriteAdmission } from '#server/http/writeAdmission';
import { mountEndpoints, WRITE_PATHS } from '#server/rest/mountEndpoints';
import { mountTrpc } from '#server/trpc/mountTrpc';

export interface AppOptions {
  /** The folder `dist`, with the built dashboard. */
  readonly distFolder: string;
}

/** Also where it is misspelt: a program gets our JSON from there and never the page of the dashboard. */
const API_PATH = /^\/*(api|trpc|health|readyz)(\/|$)/i;

/**
 * All of it, for `listen`. Writes for which there is no room are sent away before Express has looked at them: a refusal
 * must cost a small part of what it saves.
 */
export function createListener(deps: Deps, options: AppOptions): RequestListener {
  const admission = new WriteAdmission({ bodyBytes: deps.config.bodyBytesInFlight });
  const app = createApp(deps, options, admission);
  const fail = errorHandler(deps.log);
  const { basePath } = deps.config;
  return (req, res) => {
    const reason = isWrite(req, basePath) ? admission.findReason(req) : null;
    if (reason === null) return app(req, res);
    setRequestId(req, res);
    setApiHeaders(res);
    fail(reason, req, res, () => res.destroy());
  };
}

function isWrite({ method, url = '' }: IncomingMessage, basePath: string): boolean {
  return method === 'POST' && url.startsWith(basePath) && WRITE_PATHS.has(url.slice(basePath.length));
}

/** What is behind the admission. */
export function createApp(
  deps: Deps,
  options: AppOptions,
  admission = new WriteAdmission({ bodyBytes: deps.config.bodyBytesInFlight }),
): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('case sensitive routing', true);
  app.set('strict routing', true);
  app.set('trust proxy', deps.config.trustProxy);

  const { basePath } = deps.config;
  // One function for what every call needs: each layer of Express costs as much as what it does here.
  app.use((req, res, next) => {
    setRequestId(req, res);
    if (isApiPath(req.path.slice(basePath.length))) setApiHeaders(res);
    if (deps.readiness.isDraining) res.setHeader('Connection', 'close');
    refuseAmbiguousHost(req);
    next();
  });

  // A router in a router costs each call as much as reading its body; there is one only where a path has to be cut off.
  const router = basePath === '' ? app : express.Router({ caseSensitive: true, strict: true });
  mountEndpoints(router, deps, admission);
  mountTrpc(router, deps);
  router.use((req, _res, next) => {
    if (isApiPath(req.path)) throw nothingAt(req);
    next();
  });
  router.use(staticClient({ distFolder: options.distFolder, basePath }));

  if (router !== app) app.use(basePath, router);
  app.use((req) => {
    throw nothingAt(req);
  });
  app.use(errorHandler(deps.log));
  return app;
}

function isApiPath(path: string): boolean {
  if (!path.includes('%')) return API_PATH.test(path);
  try {
    return API_PATH.test(decodeURIComponent(path));
  } catch {
    return true; // Broken escapes are no page of ours either.
  }
}

function nothingAt(req: Request): AppError {
  const path = req.originalUrl.split('?')[0] ?? '';
  return new AppError('unknown_endpoint', `There is nothing at ${req.method} ${path.slice(0, 80)}.`);
}
