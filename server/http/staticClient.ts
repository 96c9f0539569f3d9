import fs from 'node:fs';
import path from 'node:path';
import express, { type RequestHandler, type Router } from 'express';
import { AppError } from '#server/errors';
import { isPagePath } from '#shared/pagePaths';
import { chooseEncoding } from './encoding.ts';
import { readStoredFile, serveFolder } from './files.ts';
import { pageSecurity } from './security.ts';

/** A file that is not there. Only these places hold files: an id in the path of a page may end in `.v2`. */
const FILE = /^\/(assets|sdk)\/|^\/[^/]+\.[a-z0-9]{1,8}$/i;

export interface StaticClientOptions {
  /** The folder `dist`: the dashboard in `client/`, the packages of the SDKs in `sdk/`. */
  readonly distFolder: string;
  /** What the dashboard hangs under; empty for the root. */
  readonly basePath: string;
}

/**
 * Serves the built dashboard: hashed assets for ever, the page for every path that is no file, the API reference at
 * `/reference`. Where the dashboard has no page, it comes with 404, so that probes and scanners see that there is nothing.
 * And the SDKs, so that `npm install <this server>/sdk/promptlab.tgz` and
 * `pip install --find-links <this server>/sdk/ promptlab-sdk` give the version that fits; `/sdk/` is the page of links
 * that pip reads.
 */
export function staticClient({ distFolder, basePath }: StaticClientOptions): Router {
  const folder = path.join(distFolder, 'client');
  const router = express.Router();
  router.use(pageSecurity);
  router.use('/sdk', serveFolder(path.join(distFolder, 'sdk'), { index: 'index.html', cacheControl: keepWheel }));
  router.use('/assets', serveCompressed(path.join(folder, 'assets')));
  router.use('/assets', serveFolder(path.join(folder, 'assets'), { cacheControl: () => KEPT_FOR_EVER }));
  router.use(serveFolder(folder, { cacheControl: () => ASKED_FOR_EACH_TIME }));
  router.use(async (req, res, next) => {
    const isPage = (req.method === 'GET' || req.method === 'HEAD') && !FILE.test(req.path);
    if (!isPage) return next();
    const isReference = req.path === '/reference';
    const file = path.join(folder, isReference ? 'reference/index.html' : 'index.html');
    const page = await readStoredFile(file);
    if (!page) throw new AppError('unknown_endpoint', 'The dashboard is not built: run `npm run build`.');
    res.status(isReference || isPagePath(req.path) ? 200 : 404);
    res.setHeader('Cache-Control', 'no-cache');
    res.type('html').send(renderPage(page.bytes.toString(), basePath));
  });
  return router;
}

const KEPT_FOR_EVER = 'public, max-age=31536000, immutable';
const ASKED_FOR_EACH_TIME = 'public, max-age=0';

const TYPES: ReadonlyMap<string, string> = new Map([
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
]);

/**
 * Sends the file that was compressed when it was built, to those who take it: express finds the one that is asked for by
 * its longer name. Which one is sent depends on the header, so a cache between keeps them apart.
 */
function serveCompressed(folder: string): RequestHandler {
  const names = new Set(fs.existsSync(folder) ? fs.readdirSync(folder) : []);
  return (req, res, next) => {
    const name = req.path.slice(1);
    const type = TYPES.get(path.extname(name));
    if (type === undefined || !names.has(name)) return next();
    res.setHeader('Vary', 'Accept-Encoding');
    const encoding = chooseEncoding(req.headers['accept-encoding'], ['br', 'gzip']);
    const compressed = `${name}.${encoding === 'br' ? 'br' : 'gz'}`;
    if (encoding !== null && names.has(compressed)) {
      res.setHeader('Content-Encoding', encoding);
      res.setHeader('Content-Type', type);
      req.url = `/${compressed}`;
    }
    next();
  };
}

/** The name of a wheel holds its version, so what is behind it never changes. */
function keepWheel(name: string): string {
  return name.endsWith('.whl') ? KEPT_FOR_EVER : ASKED_FOR_EACH_TIME;
}

/** The page for a sub-path: one build works under any, since only this file knows where it lies. */
export function renderPage(html: string, basePath: string): string {
  return html
    .replace('<meta name="base-path" content="/"', `<meta name="base-path" content="${basePath}/"`)
    .replaceAll(/(href|src)="\/(?!\/)/g, `$1="${basePath}/`);
}
