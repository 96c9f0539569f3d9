/** Express, for what it does best: the files of the dashboard. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import express from 'express';
import { AppError } from '#server/errors';
import { staticClient, type StaticClientOptions } from './staticClient.ts';

/** Serves the dashboard below its base path; it rejects with what went wrong, where nothing was sent. */
export function createPages(
  options: StaticClientOptions,
): (req: IncomingMessage, res: ServerResponse) => Promise<void> {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('case sensitive routing', true);
  app.set('strict routing', true);
  if (options.basePath === '') app.use(staticClient(options));
  else app.use(options.basePath, staticClient(options));
  return (req, res) =>
    new Promise((resolve, reject) => {
      res.once('close', resolve);
      // Typed for its own requests, which these become.
      (app as unknown as PlainHandler)(req, res, (error) => reject(error ?? noSuchPage(req)));
    });
}

type PlainHandler = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void;

function noSuchPage(req: IncomingMessage): AppError {
  const path = req.url?.split('?')[0] ?? '';
  return new AppError('unknown_endpoint', `There is nothing at ${req.method} ${path.slice(0, 80)}.`);
}
