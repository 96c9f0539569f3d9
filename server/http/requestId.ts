import type { IncomingMessage, ServerResponse } from 'node:http';
import { newId } from '#server/ids';

const NAME = 'X-Request-Id';
const GIVEN = /^[A-Za-z0-9._-]{8,64}$/;

/** Each answer carries an id, the caller's own where it sent a sensible one. */
export function setRequestId(req: IncomingMessage, res: ServerResponse): void {
  const given = req.headers['x-request-id'];
  res.setHeader(NAME, typeof given === 'string' && GIVEN.test(given) ? given : `req_${newId()}`);
}

/** The id of the call that `res` answers. */
export function requestIdOf(res: ServerResponse): string {
  const id = res.getHeader(NAME);
  return typeof id === 'string' ? id : '';
}
