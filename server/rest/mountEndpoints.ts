/**
 * Puts the endpoint table on Express: for each row authenticate → parse → handle → send. An answer is not parsed once
 * more: what SQL computes was parsed on its way out, the rest is typed, and the contract tests check every endpoint.
 */
import type { IRouter, Request, Response } from 'express';
import type { z } from 'zod';
import { type Endpoint, endpoints } from '#shared/endpoints';
import { authenticateAdmin } from '#server/auth/adminGuard';
import { requireScope } from '#server/auth/authenticate';
import type { Deps } from '#server/deps';
import { AppError, fromZodError } from '#server/errors';
import { readJsonBody } from '#server/http/jsonBody';
import { sendJsonText } from '#server/http/sendJson';
import type { WriteAdmission } from '#server/http/writeAdmission';
import { Answer } from './answer.ts';
import { handlers } from './handlers.ts';

type AnyHandler = (proof: object, input: object) => unknown;

export function mountEndpoints(router: IRouter, deps: Deps, admission: WriteAdmission): void {
  const methodsByPath = new Map<string, string[]>();
  // Express tries the routes in this order: those that are called most come first.
  const rows = Object.entries<Endpoint>(endpoints).toSorted(
    ([, a], [, b]) => Number(!a.isBodyRaw) - Number(!b.isBodyRaw),
  );
  for (const [name, row] of rows) {
    // The table types each handler by its own row; here they are all called in one way.
    const handler = handlers[name as keyof typeof handlers] as AnyHandler;
    router[row.method](row.path, (req, res) => serve(deps, admission, row, handler, req, res));
    methodsByPath.set(row.path, [...(methodsByPath.get(row.path) ?? []), row.method.toUpperCase()]);
  }
  for (const [path, methods] of methodsByPath) {
    router.route(path).all((req) => {
      throw new AppError('method_not_allowed', `${req.method} is not possible here; use ${methods.join(' or ')}.`, {
        headers: { Allow: methods.join(', ') },
      });
    });
  }
}

async function serve(
  deps: Deps,
  admission: WriteAdmission,
  row: Endpoint,
  handler: AnyHandler,
  req: Request,
  res: Response,
): Promise<void> {
  const proof = await prove(deps, row, req);
  const input = {
    params: row.params ? parse(row.params, req.params, 'The path') : undefined,
    query: row.query ? parse(row.query, singleValues(req), 'The query') : undefined,
    body: row.body ? await readBody(row, row.body, req, res, admission) : undefined,
  };
  const answering = handler({ deps, url: req.originalUrl, ...proof }, input);
  // What came in is let go of while its answer is waited for.
  input.body = undefined;
  const answer = await answering;
  const { body, status, headers, json } = answer instanceof Answer ? answer : new Answer(answer);
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  sendJsonText(res, status ?? row.status, json ?? JSON.stringify(body));
}

async function prove(deps: Deps, row: Endpoint, req: Request): Promise<object> {
  if (row.auth === 'none') return {};
  if (row.auth === 'admin') {
    const admin = authenticateAdmin(req, deps.config);
    deps.readiness.requireStarted();
    return { admin };
  }
  deps.readiness.requireStarted();
  const caller = await deps.authenticator.authenticate(req);
  requireScope(caller, row.auth);
  return { caller };
}

async function readBody(row: Endpoint, schema: z.ZodType, req: Request, res: Response, admission: WriteAdmission) {
  const body = await readJsonBody(req, res, admission);
  return row.isBodyRaw ? body : parse(schema, body, 'The body');
}

/** The paths that take logs and spans: what may be refused before anything is known of it. */
export const WRITE_PATHS: ReadonlySet<string> = new Set(
  Object.values<Endpoint>(endpoints).flatMap((row) => (row.isBodyRaw ? [row.path] : [])),
);

function parse(schema: z.ZodType, value: unknown, subject: string): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw fromZodError(parsed.error, subject);
}

/** A value given twice is a mistake, except for `tag`, which may be repeated. */
function singleValues(req: Request): Record<string, unknown> {
  for (const [name, value] of Object.entries(req.query)) {
    if (Array.isArray(value) && name !== 'tag') {
      throw new AppError('invalid_value', `\`${name.slice(0, 40)}\` must be given once.`, { param: name.slice(0, 40) });
    }
  }
  return { ...req.query };
}
