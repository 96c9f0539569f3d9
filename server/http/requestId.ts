import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

const NAME = 'X-Request-Id';
/** What all ids of this process begin with; a count follows. */
const PREFIX = `req_${randomBytes(10).toString('hex')}`;
let count = 0;
const GIVEN = /^[A-Za-z0-9._-]{8,64}$/;

/** Each answer carries an id, the caller's own where it sent a sensible one. */
export function setRequestId(req: IncomingMessage, res: ServerResponse): void {
  const given = req.headers['x-request-id'];
  res.setHeader(
    NAME,
    typeof given === 'string' && GIVEN.test(given) ? given : PREFIX + (++count).toString(36).padStart(6, '0'),
  );
}

/** The id of the call that `res` answers. */
export function requestIdOf(res: ServerResponse): string {
  const id = res.getHeader(NAME);
  return typeof id === 'string' ? id : '';
}
