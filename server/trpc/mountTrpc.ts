/** The entry of the procedures: the admission of REST, then tRPC's own adapter, whose large answers are streamed. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getTRPCErrorShape, TRPCError } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { incomingMessageToRequest } from '@trpc/server/adapters/node-http';
import { type Caller, requireScope } from '#server/auth/authenticate';
import { AppError } from '#server/errors';
import { overloaded } from '#server/http/admissionControl';
import { SETTINGS_BODY_BYTES } from '#server/http/admittedBody';
import { answerFailure, type SendFailure, setErrorHeaders } from '#server/http/errorHandler';
import { type JsonText, readJsonText } from '#server/http/jsonBody';
import { parseJson } from '#server/http/parseObject';
import { closedEarly } from '#server/http/readBody';
import { requestIdOf } from '#server/http/requestId';
import { sendJson } from '#server/http/sendJson';
import { readTarget } from '#server/http/target';
import { STORING_MOST } from '#server/ingest/batchWriter';
import type { RestContext } from '#server/rest/serveEndpoint';
import { appRouter } from './appRouter.ts';
import { createContext } from './context.ts';
import { StreamedAnswers } from './streamedAnswers.ts';
import { fromTRPCError, toTRPCError } from './trpc.ts';

/** Calls in one HTTP request; the dashboard sends at most as many. */
const MAX_BATCH = 10;
const METHODS = ['GET', 'HEAD', 'POST'];
/** Where logs are stored. */
const MAX_BODY_BYTES = 1024 * 1024;
/** The procedure whose calls are refused before their body is read where it could not be stored. */
const STORES_LOGS = 'requests.log';
/** Whose an answer is that needed no key. */
const UNKNOWN_OWNER = 'nobody';

/** Serves `/trpc/<path>`. */
export function createTrpcRoute(
  context: RestContext,
): (req: IncomingMessage, res: ServerResponse, path: string) => Promise<void> {
  const { deps, failures } = context;
  return async (req, res, path) => {
    deps.readiness.requireStarted();
    checkCall(req, path);
    const admitted = req.method === 'POST' ? await admit(context, req, res, path) : { caller: undefined, body: null };
    if (!admitted) return;
    const { caller, body } = admitted;
    let owner = caller?.scope.org_id ?? UNKNOWN_OWNER;
    const answers = new StreamedAnswers(deps.answers, () => owner);
    try {
      const response = await fetchRequestHandler({
        endpoint: `${deps.config.basePath}/trpc`,
        req: toRequest(req, res, body),
        router: appRouter,
        maxBatchSize: MAX_BATCH,
        createContext() {
          const noteCaller = (found: Caller) => (owner = found.scope.org_id);
          return createContext(deps, req, { answer: answers.add, caller, noteCaller });
        },
        onError({ error, path: procedure }) {
          const failure = fromTRPCError(error);
          if (!res.headersSent) setErrorHeaders(req, res, failure);
          const cause = error.cause instanceof AppError ? error.cause.cause : (error.cause ?? error);
          failures.add({ request_id: requestIdOf(res), req, path: procedure }, failure, cause);
        },
      });
      await answers.send(res, response);
    } catch (error) {
      throw error instanceof TRPCError ? fromTRPCError(error) : error;
    } finally {
      answers.release();
    }
  };
}

/** @throws {AppError} for what is no call of a procedure at all. */
function checkCall(req: IncomingMessage, path: string): void {
  if (!METHODS.includes(req.method ?? '')) {
    throw new AppError('method_not_allowed', `${req.method} is not possible here; use GET or POST.`, {
      headers: { Allow: 'GET, POST' },
    });
  }
  try {
    decodeURIComponent(path);
  } catch (cause) {
    throw new AppError('malformed_request', 'The path is not valid percent-encoding.', { cause });
  }
  // A browser could send a form or a text without asking first.
  if (req.method === 'POST' && !/^application\/json\s*(;|$)/i.test(req.headers['content-type'] ?? '')) {
    throw new AppError('unsupported_media_type', 'Send the header "Content-Type: application/json".');
  }
  // tRPC decodes the path before it splits it, so an escaped comma counts too.
  if (path.split(/,|%2c/i).length > MAX_BATCH) {
    throw new AppError('too_many_items', `A tRPC batch may hold at most ${MAX_BATCH} calls.`);
  }
}

interface Admitted {
  readonly caller: Caller | undefined;
  /** Its text is taken out of here, so that nothing holds it once it was parsed. */
  readonly body: Body | null;
}

type Body = { json: JsonText | null };

/** Who calls, then what it says; every procedure needs a key. Null where that was refused, and answered. */
async function admit(
  { deps, admission, failures }: RestContext,
  req: IncomingMessage,
  res: ServerResponse,
  path: string,
): Promise<Admitted | null> {
  try {
    await admission.admit(req);
    const caller = await deps.authenticator.authenticate(req);
    const { scope } = caller;
    const storesLogs = proceduresOf(path).includes(STORES_LOGS);
    if (storesLogs) requireScope(caller, 'ingest');
    if (storesLogs && !deps.requestWriter.hasRoom(scope.org_id)) throw overloaded(req, STORING_MOST);
    const prepare = storesLogs ? () => deps.prices.of(scope) : undefined;
    const mostBytes = storesLogs ? MAX_BODY_BYTES : SETTINGS_BODY_BYTES;
    const json = await readJsonText({ req, res, admission, owner: scope.org_id, mostBytes, prepare });
    const body: Body = { json };
    const { reservation } = json;
    const letGo = () => {
      body.json = null;
      reservation.release();
    };
    res.once('close', letGo);
    if (res.destroyed) letGo();
    return { caller, body };
  } catch (error) {
    answerFailure(failures, error, { req, res, send: sendRefusal(req, path) });
    return null;
  }
}

/** In tRPC's own format, so that its client understands it; its adapter would take as long as a small call. */
function sendRefusal(req: IncomingMessage, path: string): SendFailure {
  return (res, failure) => {
    const error = getTRPCErrorShape({
      config: appRouter._def._config,
      error: toTRPCError(failure),
      type: 'unknown',
      path,
      input: undefined,
      ctx: undefined,
    });
    const isBatch = new URLSearchParams(readTarget(req).search).get('batch') === '1';
    sendJson(res, failure.status, isBatch ? proceduresOf(path).map(() => ({ error })) : { error });
  };
}

/** The procedures that a path calls, several for a batch. tRPC decodes the path before it splits it. */
function proceduresOf(path: string): string[] {
  return decodeURIComponent(path).split(',');
}

/** What tRPC's adapter reads. Its own would make bytes of the text, and text of the bytes, before it parses it. */
function toRequest(req: IncomingMessage, res: ServerResponse, body: Body | null): Request {
  // With a body that is undefined, none is waited for: it was read, or there is none.
  const request = incomingMessageToRequest(Object.assign(req, { body: undefined }), res, { maxBodySize: null });
  // The adapter would answer a batch line by line, in a chunked form; its answers are sent by us, with their length.
  for (const header of ['trpc-accept', 'accept']) request.headers.delete(header);
  const json = async () => {
    const text = body?.json;
    if (!body || !text) throw closedEarly();
    body.json = null;
    return parseJson(text.text, text.mayBeInexact);
  };
  return Object.assign(request, { json });
}
