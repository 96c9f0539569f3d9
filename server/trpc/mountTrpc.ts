import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { incomingMessageToRequest } from '@trpc/server/adapters/node-http';
import { TRPCError } from '@trpc/server';
import type { IRouter } from 'express';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import { appRouter } from './appRouter.ts';
import { createContext } from './context.ts';
import { fromTRPCError } from './trpc.ts';
import { StreamedAnswers } from './streamedAnswers.ts';

/** Calls in one HTTP request; the dashboard sends at most as many. */
const MAX_BATCH = 10;
const METHODS = ['GET', 'HEAD', 'POST'];
const MAX_BODY_BYTES = 1024 * 1024;

/** The dashboard's door, at `/trpc`. */
export function mountTrpc(router: IRouter, deps: Deps): void {
  router.use('/trpc', (req, _res, next) => {
    deps.readiness.requireStarted();
    if (!METHODS.includes(req.method)) {
      throw new AppError('method_not_allowed', `${req.method} is not possible here; use GET or POST.`, {
        headers: { Allow: 'GET, POST' },
      });
    }
    // tRPC decodes the path before it splits it, so an escaped comma counts too.
    if (req.path.split(/,|%2c/i).length > MAX_BATCH) {
      throw new AppError('too_many_items', `A tRPC batch may hold at most ${MAX_BATCH} calls.`);
    }
    // tRPC takes forms and byte streams too; nothing of ours sends them, and a browser could without asking first.
    if (req.method === 'POST' && !/^application\/json\s*(;|$)/i.test(req.headers['content-type'] ?? '')) {
      throw new AppError('unsupported_media_type', 'Send the header "Content-Type: application/json".');
    }
    next();
  });
  router.use('/trpc', async (req, res) => {
    const answers = new StreamedAnswers(deps.answers);
    try {
      const response = await fetchRequestHandler({
        endpoint: '', // It was cut off by Express.
        req: incomingMessageToRequest(req, res, { maxBodySize: MAX_BODY_BYTES }),
        router: appRouter,
        createContext: () => createContext(deps, req, answers.add),
        maxBatchSize: MAX_BATCH,
        responseMeta: ({ errors }) => ({ headers: retryHeaders(errors) }),
      });
      await answers.send(res, response);
    } catch (error) {
      throw error instanceof TRPCError ? fromTRPCError(error) : error;
    } finally {
      answers.release();
    }
  });
}

/** Of a batch, when the last of its calls may be made again. */
function retryHeaders(errors: readonly TRPCError[]): Headers {
  const headers = new Headers();
  const seconds = Math.max(0, ...errors.map((error) => fromTRPCError(error).retryAfter ?? 0));
  if (seconds > 0) headers.set('retry-after', String(seconds));
  return headers;
}
