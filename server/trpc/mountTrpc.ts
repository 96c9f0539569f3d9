/** The entry of the procedures: the admission of REST, then tRPC's own adapter, whose large answers are streamed. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TRPCError } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { incomingMessageToRequest } from '@trpc/server/adapters/node-http';
import type { Caller } from '#server/auth/authenticate';
import { ERROR_RESPONSES, AppError } from '#server/errors';
import { setErrorHeaders } from '#server/http/errorHandler';
import { type JsonText, readJsonText } from '#server/http/jsonBody';
import { requestIdOf } from '#server/http/requestId';
import { toAppError } from '#server/http/toAppError';
import type { RestContext } from '#server/rest/serveEndpoint';
import { appRouter } from './appRouter.ts';
import { createContext } from './context.ts';
import { StreamedAnswers } from './streamedAnswers.ts';
import { fromTRPCError } from './trpc.ts';

/** Calls in one HTTP request; the dashboard sends at most as many. */
const MAX_BATCH = 10;
const METHODS = ['GET', 'HEAD', 'POST'];
const MAX_BODY_BYTES = 1024 * 1024;
/** Whose an answer is that needed no key. */
const UNKNOWN_OWNER = 'nobody';

/** tRPC takes a body that was read already from here. */
type RequestWithBody = IncomingMessage & { body?: string | undefined };

/** Serves `/trpc/<path>`. */
export function createTrpcRoute(
  context: RestContext,
): (req: IncomingMessage, res: ServerResponse, path: string) => Promise<void> {
  const { deps, failures } = context;
  return async (req: RequestWithBody, res, path) => {
    deps.readiness.requireStarted();
    checkCall(req, path);
    const admitted = req.method === 'POST' ? await admit(context, req, res) : null;
    // Refused, or without a body: tRPC must not wait for one.
    if (admitted) req.body = admitted.body?.text;
    const letGo = () => {
      admitted?.body?.reservation.release();
      req.body = undefined;
    };
    res.once('close', letGo);
    if (res.destroyed) letGo();
    let owner = admitted?.caller?.scope.org_id ?? UNKNOWN_OWNER;
    const answers = new StreamedAnswers(deps.answers, () => owner);
    try {
      const response = await fetchRequestHandler({
        endpoint: `${deps.config.basePath}/trpc`,
        req: incomingMessageToRequest(req, res, { maxBodySize: MAX_BODY_BYTES }),
        router: appRouter,
        maxBatchSize: MAX_BATCH,
        // In tRPC's own format, so that its client understands a refusal.
        createContext() {
          if (admitted?.failure) throw toTRPCError(admitted.failure);
          const noteCaller = (caller: Caller) => (owner = caller.scope.org_id);
          return createContext(deps, req, { answer: answers.add, caller: admitted?.caller, noteCaller });
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
  readonly caller?: Caller;
  readonly body?: JsonText;
  readonly failure?: AppError;
}

/** Who calls, then what it says; every procedure needs a key. */
async function admit({ deps, admission }: RestContext, req: IncomingMessage, res: ServerResponse): Promise<Admitted> {
  try {
    await admission.admit(req);
    const caller = await deps.authenticator.authenticate(req);
    const owner = caller.scope.org_id;
    const body = await readJsonText({ req, res, admission, owner, mostBytes: MAX_BODY_BYTES });
    return { caller, body };
  } catch (error) {
    return { failure: toAppError(error) };
  }
}

function toTRPCError(failure: AppError): TRPCError {
  return new TRPCError({ code: ERROR_RESPONSES[failure.code].trpc, message: failure.message, cause: failure });
}
