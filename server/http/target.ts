/** What a request asks for: the parts of its target. */
import type { IncomingMessage } from 'node:http';

export interface Target {
  /** As it was sent, still escaped. */
  readonly path: string;
  /** Without the question mark; empty where there is none. */
  readonly search: string;
}

/** Reads `/path?query`, or `http://host/path?query` as it is sent to a proxy. */
export function readTarget(req: IncomingMessage): Target {
  let url = req.url ?? '/';
  if (!url.startsWith('/')) url = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  const question = url.indexOf('?');
  if (question === -1) return { path: url, search: '' };
  return { path: url.slice(0, question), search: url.slice(question + 1) };
}
