import fs from 'node:fs';
import path from 'node:path';
import express, { type Router } from 'express';
import { AppError } from '#server/errors';
import { pageSecurity } from './security.ts';

/** A file that is not there. Only these places hold files: an id in the path of a page may end in `.v2`. */
const FILE = /^\/assets\/|^\/[^/]+\.[a-z0-9]{1,8}$/i;

/** Serves the built dashboard: hashed assets for ever, the page for every path that is no file. */
export function staticClient(folder: string): Router {
  const router = express.Router();
  router.use(pageSecurity);
  router.use('/assets', express.static(path.join(folder, 'assets'), { immutable: true, maxAge: '1y', index: false }));
  router.use(express.static(folder, { index: false, maxAge: 0, redirect: false }));
  router.use((req, res, next) => {
    const isPage = (req.method === 'GET' || req.method === 'HEAD') && !FILE.test(req.path);
    if (!isPage) return next();
    const page = path.join(folder, 'index.html');
    if (!fs.existsSync(page)) {
      throw new AppError('unknown_endpoint', 'The dashboard is not built: run `npm run build`.');
    }
    res.setHeader('Cache-Control', 'no-cache');
    res.sendFile(page);
  });
  return router;
}
