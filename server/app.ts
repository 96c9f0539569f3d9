/** The entry of every HTTP call: the same steps, then one route. It neither listens nor knows the process. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { parse as parseQuery } from 'node:querystring';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import { answerFailure } from '#server/http/errorHandler';
import { refuseOtherExpectations } from '#server/http/expectation';
import { FailureLog } from '#server/http/failureLog';
import { createPages } from '#server/http/pages';
import { setRequestId } from '#server/http/requestId';
import { refuseAmbiguousHost, setApiHeaders } from '#server/http/security';
import { readTarget } from '#server/http/target';
import { AdmissionControl } from '#server/http/admissionControl';
import { RestRoutes } from '#server/rest/routes';
import { type RestContext, serveEndpoint } from '#server/rest/serveEndpoint';
import { sendOtlpFailure } from '#server/rest/serveOtlp';
import { createTrpcRoute } from '#server/trpc/mountTrpc';

export interface AppOptions {
  /** The folder `dist`, with the built dashboard. */
  readonly distFolder: string;
}

/** Also where it is misspelt: a program gets our JSON from there and never the page of the dashboard. */
const API_PATH = /^\/*(api|trpc|health|readyz|v1)(\/|$)/i;

/** Node would forget what follows the thousandth `&` of a query, a filter of a deletion too. The head has a limit. */
const ALL_KEYS = { maxKeys: 0 };

/**
 * All of it, for `listen`. Endpoints and procedures are found without Express, which costs as much as storing a log and
 * more than a refusal may (docs/decisions/013); it serves the files of the dashboard.
 */
export function createListener(deps: Deps, options: AppOptions): RequestListener {
  const { basePath } = deps.config;
  const context = createContext(deps);
  const endpoints = new RestRoutes();
  const serveTrpc = createTrpcRoute(context);
  const servePages = createPages({ distFolder: options.distFolder, basePath });

  const serve = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    setRequestId(req, res);
    const target = readTarget(req);
    const path = pathBelow(basePath, target.path);
    const isApi = path !== null && isApiPath(path);
    if (isApi) setApiHeaders(res);
    if (deps.readiness.isDraining) res.setHeader('Connection', 'close');
    refuseAmbiguousHost(req);
    refuseOtherExpectations(req);
    // A step that every call takes is added above this line, once.

    if (path === null) throw nothingAt(req, target.path, basePath);
    if (!isApi) return servePages(req, res);
    const route = endpoints.find(req.method ?? '', path);
    if (route) {
      const query = target.search === '' ? {} : parseQuery(target.search, '&', '=', ALL_KEYS);
      return serveEndpoint(context, route.name, { req, res, url: req.url ?? '', params: route.params, query });
    }
    if (path === '/trpc' || path.startsWith('/trpc/')) return serveTrpc(req, res, path.slice('/trpc/'.length));
    throw nothingAt(req, target.path, basePath);
  };
  return (req, res) => {
    context.admission.noteConnection(req.socket);
    serve(req, res).catch((error: unknown) => {
      const path = pathBelow(basePath, readTarget(req).path);
      const isExport = req.method === 'POST' && path !== null && endpoints.isOtlp(path);
      answerFailure(context.failures, error, { req, res, send: isExport ? sendOtlpFailure(req) : undefined });
    });
  };
}

/** What all calls of one server share. */
export function createContext(deps: Deps): RestContext {
  return {
    deps,
    admission: new AdmissionControl({ bodyBytes: deps.config.bodyBytesInFlight }),
    failures: new FailureLog(deps.log, deps.addressOf),
  };
}

/** Null where it is not below. */
function pathBelow(basePath: string, path: string): string | null {
  if (basePath === '') return path;
  if (path === basePath) return '/';
  return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : null;
}

function isApiPath(path: string): boolean {
  if (!path.includes('%')) return API_PATH.test(path);
  try {
    return API_PATH.test(decodeURIComponent(path));
  } catch {
    return true; // Broken escapes are no page of ours either.
  }
}

function nothingAt(req: IncomingMessage, path: string, basePath: string): AppError {
  if (pathBelow(basePath, path) === null) {
    return new AppError(
      'unknown_endpoint',
      `There is nothing at ${req.method} ${path.slice(0, 80)}: this server lives below ${basePath}/ (BASE_PATH), and a proxy before it must leave that path as it is.`,
    );
  }
  return new AppError('unknown_endpoint', `There is nothing at ${req.method} ${path.slice(0, 80)}.`);
}
