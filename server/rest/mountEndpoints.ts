/** Puts the endpoint table on Express. */
import type { IRouter } from 'express';
import { type Endpoint, type Endpoints, endpoints } from '#shared/endpoints';
import { AppError } from '#server/errors';
import { type RestContext, serveEndpoint } from './serveEndpoint.ts';

/** Each row of the table at its path; another method there is 405. */
export function mountEndpoints(router: IRouter, context: RestContext): void {
  const methodsByPath = new Map<string, string[]>();
  for (const [name, row] of listEndpoints()) {
    router[row.method](row.path, (req, res) =>
      serveEndpoint(context, name, { req, res, url: req.originalUrl, params: req.params, query: req.query }),
    );
    methodsByPath.set(row.path, [...(methodsByPath.get(row.path) ?? []), row.method.toUpperCase()]);
  }
  for (const [path, methods] of methodsByPath) {
    router.route(path).all((req) => {
      throw new AppError('method_not_allowed', `${req.method} is not possible here; use ${methods.join(' or ')}.`, {
        headers: { Allow: methods.join(', ') },
      });
    });
  }
}

/** The endpoints that take logs and spans, by path: they have neither parameters nor a query. */
export function listWrites(): ReadonlyMap<string, keyof Endpoints> {
  return new Map(listEndpoints().flatMap(([name, row]) => (row.isBodyRaw ? [[row.path, name]] : [])));
}

function listEndpoints(): [keyof Endpoints, Endpoint][] {
  return Object.entries(endpoints) as [keyof Endpoints, Endpoint][]; // Its keys are its own.
}
