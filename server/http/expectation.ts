/** `Expect: 100-continue`: a caller that waits to be asked for its body (RFC 9110, 10.1.1). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '#server/errors';

const CONTINUE = /^100-continue$/i;
const asked = new WeakSet<IncomingMessage>();

/** @throws {AppError} `expectation_failed` for anything else that is expected of us. */
export function refuseOtherExpectations(req: IncomingMessage): void {
  const { expect } = req.headers;
  if (expect === undefined || CONTINUE.test(expect)) return;
  throw new AppError('expectation_failed', 'The only Expect header accepted is "Expect: 100-continue".', {
    headers: { Connection: 'close' },
  });
}

/** Asks for the body, where its sender waits for that: once the caller is known and the budget allows it. */
export function askForBody(req: IncomingMessage, res: ServerResponse): void {
  if (!isWaiting(req)) return;
  asked.add(req);
  res.writeContinue();
}

/** True where the body was announced and not asked for: it may never come, so the connection cannot be used again. */
export function isWaiting(req: IncomingMessage): boolean {
  return req.headers.expect !== undefined && req.httpVersion !== '1.0' && !asked.has(req);
}
