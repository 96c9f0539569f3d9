/** The one place where a failure becomes an answer of the REST API. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '#server/errors';
import type { Logger } from '#server/log';
import { requestIdOf } from './requestId.ts';
import { sendJson } from './sendJson.ts';
import { toAppError } from './toAppError.ts';

/** Sends `error` as the JSON of API.md. */
export function sendError(res: ServerResponse, error: AppError): void {
  if (error.retryAfter !== null) res.setHeader('Retry-After', String(error.retryAfter));
  for (const [name, value] of Object.entries(error.headers)) res.setHeader(name, value);
  sendJson(res, error.status, error.toBody(requestIdOf(res)));
}

/** Express's last middleware. Express knows it by its four parameters. */
export function errorHandler(log: Logger) {
  // One line a second at most: an outage of the database refuses hundreds of calls a second.
  let refused = 0;
  let warnedAt = -Infinity;
  const warnOfOverload = (failure: AppError, facts: object) => {
    refused++;
    if (performance.now() - warnedAt < 1_000) return;
    log.warn({ ...facts, err: failure.cause, refused }, 'requests could not be served');
    warnedAt = performance.now();
    refused = 0;
  };
  return (error: unknown, req: IncomingMessage, res: ServerResponse, next: (error: unknown) => void): void => {
    const failure = error instanceof AppError ? error : (fromExpress(error) ?? toAppError(error));
    const facts = { request_id: requestIdOf(res), method: req.method, code: failure.code };
    if (failure.code === 'internal') log.error({ ...facts, err: error }, 'request failed');
    else if (failure.status === 503) warnOfOverload(failure, facts);
    if (res.headersSent) next(error);
    else sendError(res, failure);
  };
}

/** What Express itself throws: a path with a broken escape, a file that is not there. */
function fromExpress(error: unknown): AppError | null {
  if (error instanceof URIError) return new AppError('malformed_request', 'The path is not valid percent-encoding.');
  const isMissingFile = error instanceof Error && 'status' in error && error.status === 404;
  return isMissingFile ? new AppError('unknown_endpoint', 'There is no such file.') : null;
}
