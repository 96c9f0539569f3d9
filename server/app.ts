/** The Express host: the order of middleware and mounts. It neither listens nor knows the process. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express, { type Express, type Request } from 'express';
import type { Endpoints } from '#shared/endpoints';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import { errorHandler } from '#server/http/errorHandler';
import { setRequestId } from '#server/http/requestId';
import { refuseAmbiguousHost, setApiHeaders } from '#server/http/security';
import { staticClient } from '#server/http/staticClient';
import { WriteAdmission } from '#server/http/writeAdmission';
import { listWrites, mountEndpoints } from '#server/rest/mountEndpoints';
import { type RestContext, serveEndpoint } from '#server/rest/serveEndpoint';
import { mountTrpc } from '#server/trpc/mountTrpc';

export interface AppOptions {
  /** The folder `dist`, with the built dashboard. */
  readonly distFolder: string;
}

/** Also where it is misspelt: a program gets our JSON from there and never the page of the dashboard. */
const API_PATH = /^\/*(api|trpc|health|readyz)(\/|$)/i;

/**
 * All of it, for `listen`. A write at its plain path goes straight to its endpoint: Express costs as much as storing the
 * log, and a refusal for want of room must cost a small part of what it saves (docs/decisions/008).
 */
export function createListener(deps: Deps, options: AppOptions): RequestListener {
  const context = createContext(deps);
  const app = createApp(context, options);
  const writes = new Map([...listWrites()].map(([path, name]) => [deps.config.basePath + path, name]));
  const fail = errorHandler(deps.log);
  const write = async (name: keyof Endpoints, req: IncomingMessage, res: ServerResponse): Promise<void> => {
    try {
      begin(deps, req, res, { isApi: true });
      await context.admission.enter(req);
      await serveEndpoint(context, name, { req, res, url: req.url ?? '', params: {}, query: {} });
    } catch (error) {
      fail(error, req, res, () => res.destroy());
    }
  };
  return (req, res) => {
    const name = req.method === 'POST' ? writes.get(req.url ?? '') : undefined;
    if (name === undefined) app(req, res);
    else void write(name, req, res);
  };
}

/** What all calls of one server share. */
export function createContext(deps: Deps): RestContext {
  return { deps, admission: new WriteAdmission({ bodyBytes: deps.config.bodyBytesInFlight }) };
}

/**
 * What every call needs.
 * @throws {AppError} for a host that is ambiguous.
 */
function begin(deps: Deps, req: IncomingMessage, res: ServerResponse, { isApi }: { isApi: boolean }): void {
  setRequestId(req, res);
  if (isApi) setApiHeaders(res);
  if (deps.readiness.isDraining) res.setHeader('Connection', 'close');
  refuseAmbiguousHost(req);
}

/** The Express host, where every call finds its way. */
export function createApp(context: RestContext, options: AppOptions): Express {
  const { deps } = context;
  const { basePath } = deps.config;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('case sensitive routing', true);
  app.set('strict routing', true);
  app.set('trust proxy', deps.config.trustProxy);

  app.use((req, res, next) => {
    begin(deps, req, res, { isApi: isApiPath(req.path.slice(basePath.length)) });
    next();
  });

  // A router in a router costs each call once more; there is one only where a path has to be cut off.
  const router = basePath === '' ? app : express.Router({ caseSensitive: true, strict: true });
  mountEndpoints(router, context);
  mountTrpc(router, deps);
  router.use((req, _res, next) => {
    if (isApiPath(req.path)) throw nothingAt(req, basePath);
    next();
  });
  router.use(staticClient({ distFolder: options.distFolder, basePath }));

  if (router !== app) app.use(basePath, router);
  app.use((req) => {
    throw nothingAt(req, basePath);
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

function nothingAt(req: Request, basePath: string): AppError {
  const path = req.originalUrl.split('?')[0] ?? '';
  if (basePath !== '' && path !== basePath && !path.startsWith(`${basePath}/`)) {
    return new AppError(
      'unknown_endpoint',
      `There is nothing at ${req.method} ${path.slice(0, 80)}: this server lives below ${basePath}/ (BASE_PATH), and a proxy before it must leave that path as it is.`,
    );
  }
  return new AppError('unknown_endpoint', `There is nothing at ${req.method} ${path.slice(0, 80)}.`);
}
