/** The bases of tRPC: every procedure is built from one of the bases below, and each of them names its scope. */
import { initTRPC, TRPCError } from '@trpc/server';
import { $ZodError } from 'zod/v4/core';
import type { ApiKeyScope } from '#shared/apiKey';
import type { ErrorDetail } from '#shared/error';
import { requireScope } from '#server/auth/authenticate';
import { ERROR_RESPONSES, AppError, fromZodError } from '#server/errors';
import { toAppError } from '#server/http/toAppError';
import type { Context } from './context.ts';

const t = initTRPC.context<Context>().create({
  errorFormatter({ shape, error }) {
    const detail: ErrorDetail = fromTRPCError(error).toDetail();
    // Never the stack, and never a message that is not ours.
    return {
      code: shape.code,
      message: detail.message,
      data: { code: shape.data.code, httpStatus: shape.data.httpStatus, error: detail },
    };
  },
});

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** Turns what a service threw into the tRPC error of the same meaning, so that the HTTP status is right too. */
const withOurErrors = t.middleware(async ({ next }) => {
  const result = await next();
  if (result.ok) return result;
  throw toTRPCError(fromTRPCError(result.error));
});

const withCaller = t.middleware(async ({ next, ctx }) =>
  next({ ctx: { deps: ctx.deps, answer: ctx.answer, caller: await ctx.authenticate() } }),
);

const scoped = (scope: ApiKeyScope) =>
  callerProcedure.use(({ next, ctx }) => {
    requireScope(ctx.caller, scope);
    return next();
  });

/** Any valid key. */
export const callerProcedure = t.procedure.use(withOurErrors).use(withCaller);
export const readProcedure = scoped('read');
export const ingestProcedure = scoped('ingest');
export const manageProcedure = scoped('manage');

/** The AppError that a failed procedure stands for. */
export function fromTRPCError(error: TRPCError): AppError {
  if (error.cause instanceof AppError) return error.cause;
  if (error.cause?.name === 'SyntaxError' && error.code === 'BAD_REQUEST') return notJson();
  if (error.cause instanceof $ZodError && error.code === 'BAD_REQUEST') return fromZodError(error.cause, 'The input');
  return OURS[error.code]?.() ?? toAppError(error.cause ?? error);
}

/** The tRPC error of the same meaning. */
export function toTRPCError(failure: AppError): TRPCError {
  return new TRPCError({ code: ERROR_RESPONSES[failure.code].trpc, message: failure.message, cause: failure });
}

function notJson(): AppError {
  return new AppError('invalid_json', 'The input is not valid JSON.');
}

/** What tRPC itself refuses, before a procedure runs. */
const OURS: Partial<Record<TRPCError['code'], () => AppError>> = {
  NOT_FOUND: () => new AppError('unknown_endpoint', 'There is no such procedure.'),
  METHOD_NOT_SUPPORTED: () => new AppError('method_not_allowed', 'Queries are called with GET, mutations with POST.'),
  PARSE_ERROR: notJson,
  BAD_REQUEST: () => new AppError('invalid_value', 'The input is not valid.'),
  UNSUPPORTED_MEDIA_TYPE: () => new AppError('unsupported_media_type', 'Send application/json.'),
  PAYLOAD_TOO_LARGE: () => new AppError('body_too_large', 'The body is too large.'),
};
