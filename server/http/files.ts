/**
 * Files that are sent: those of the dashboard and the packages of the SDKs. Each is kept in memory once it was asked for,
 * which is some megabytes for all of them. So neither an open file nor a buffer of its own belongs to a reader who is slow.
 */
import fs from 'node:fs/promises';
import path from 'node:path';
import type { RequestHandler } from 'express';
import { sendPieces } from './sendPieces.ts';

export interface StoredFile {
  readonly bytes: Buffer;
  readonly modifiedAt: Date;
}

const files = new Map<string, { readonly version: string; readonly content: Promise<StoredFile> }>();

/** A file as it is now; null where there is none. */
export async function readStoredFile(file: string): Promise<StoredFile | null> {
  const stats = await fs.stat(file).catch(() => null);
  if (!stats?.isFile()) return null;
  const version = `${stats.size} ${stats.mtimeMs}`;
  const known = files.get(file);
  if (known?.version === version) return known.content;
  const content = fs.readFile(file).then((bytes) => ({ bytes, modifiedAt: stats.mtime }));
  files.set(file, { version, content });
  content.catch(() => files.delete(file));
  return content;
}

export interface FolderOptions {
  /** The header `Cache-Control` of an answer with the file of this name. */
  readonly cacheControl: (name: string) => string;
  /** The file of the folder's own path. Default: none. */
  readonly index?: string;
}

/** Serves the files of a folder; what is none of them is passed on. Ranges are answered with the whole. */
export function serveFolder(folder: string, { cacheControl, index }: FolderOptions): RequestHandler {
  return async (req, res, next) => {
    if (req.method !== 'GET' && req.method !== 'HEAD') return next();
    const name = index !== undefined && req.path === '/' ? index : nameOf(req.path);
    const stored = name === null ? null : await readStoredFile(path.join(folder, name));
    if (name === null || stored === null) return next();
    const { bytes, modifiedAt } = stored;
    if (!res.hasHeader('Content-Type')) res.type(path.extname(name) || '.bin');
    res.setHeader('Cache-Control', cacheControl(name));
    res.setHeader('Last-Modified', modifiedAt.toUTCString());
    res.setHeader('ETag', `W/"${bytes.length.toString(16)}-${modifiedAt.getTime().toString(16)}"`);
    if (req.fresh) {
      res.statusCode = 304;
      res.removeHeader('Content-Type');
      res.end();
      return;
    }
    res.setHeader('Content-Length', bytes.length);
    await sendPieces(res, oneOf([bytes]), { totalBytes: bytes.length });
  };
}

/**
 * The name of the file that a path asks for, below the folder; null where the path can name none.
 * @throws {URIError} for a broken escape.
 */
function nameOf(urlPath: string): string | null {
  const name = decodeURIComponent(urlPath.slice(1));
  const isPlain = /^[^/\\\0]+(\/[^/\\\0]+)*$/.test(name) && !name.split('/').some((part) => part.startsWith('.'));
  return isPlain ? name : null;
}

async function* oneOf<Item>(item: Item): AsyncGenerator<Item> {
  yield item;
}
