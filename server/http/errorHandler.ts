/** The one place where a failure becomes an answer of the REST API. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '#server/errors';
import { isWaiting } from './expectation.ts';
import type { FailureLog } from './failureLog.ts';
import { requestIdOf } from './requestId.ts';
import { sendJson } from './sendJson.ts';
import { toAppError } from './toAppError.ts';

/** The headers that go with a failure, in REST and in tRPC. */
export function setErrorHeaders(req: IncomingMessage, res: ServerResponse, error: AppError): void {
  if (error.retryAfter !== null) res.setHeader('Retry-After', String(error.retryAfter));
  // RFC 9110, 11.6.1. A browser asks nobody for a password because of it.
  if (error.status === 401) res.setHeader('WWW-Authenticate', 'Bearer realm="PromptLab"');
  for (const [name, value] of Object.entries(error.headers)) res.setHeader(name, value);
  if (isWaiting(req)) res.setHeader('Connection', 'close');
}

/** Sends the body of a failure; its headers are set. */
export type SendFailure = (res: ServerResponse, failure: AppError, request_id: string) => void;

const sendOurs: SendFailure = (res, failure, request_id) => sendJson(res, failure.status, failure.toBody(request_id));

/** Answers a call that failed, or cuts it where its answer has begun. `send`: in another form than ours. */
export function answerFailure(
  log: FailureLog,
  error: unknown,
  { req, res, send = sendOurs }: { req: IncomingMessage; res: ServerResponse; send?: SendFailure | undefined },
): void {
  const failure = error instanceof AppError ? error : (fromExpress(error) ?? toAppError(error));
  const request_id = requestIdOf(res);
  log.add({ request_id, req }, failure, error);
  if (res.headersSent) {
    res.destroy();
    return;
  }
  setErrorHeaders(req, res, failure);
  send(res, failure, request_id);
}

/** What Express itself throws: a path with a broken escape, a file that is not there. */
function fromExpress(error: unknown): AppError | null {
  if (error instanceof URIError) return new AppError('malformed_request', 'The path is not valid percent-encoding.');
  const isMissingFile = error instanceof Error && 'status' in error && error.status === 404;
  return isMissingFile ? new AppError('unknown_endpoint', 'There is no such file.') : null;
}
