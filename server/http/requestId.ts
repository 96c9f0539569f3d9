import type { Request, Response } from 'express';
import { newId } from '#server/ids';

const GIVEN = /^[A-Za-z0-9._-]{8,64}$/;

/** Each answer carries an id, the caller's own where it sent a sensible one. It is `res.locals.request_id` from here on. */
export function setRequestId(req: Request, res: Response): void {
  const given = req.headers['x-request-id'];
  const id = typeof given === 'string' && GIVEN.test(given) ? given : `req_${newId()}`;
  res.locals.request_id = id;
  res.setHeader('X-Request-Id', id);
}

/** The id of the call that `res` answers. */
export function requestIdOf(res: Response): string {
  return typeof res.locals.request_id === 'string' ? res.locals.request_id : '';
}
