/**
 * One call of the endpoint table: authenticate → parse → handle → send. An answer is not parsed once more: what SQL
 * computes was parsed on its way out, the rest is typed, and the contract tests check every endpoint.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import { type Endpoint, type Endpoints, endpoints } from '#shared/endpoints';
import { authenticateAdmin } from '#server/auth/adminGuard';
import { requireScope } from '#server/auth/authenticate';
import type { Deps } from '#server/deps';
import { fromZodError } from '#server/errors';
import { readJsonBody } from '#server/http/jsonBody';
import { sendJsonText } from '#server/http/sendJson';
import type { WriteAdmission } from '#server/http/writeAdmission';
import { Answer } from './answer.ts';
import { handlers } from './handlers.ts';
import { parseQuery } from './parseQuery.ts';

/** What the door knows of a call. */
export interface RestCall {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** As it was sent. */
  readonly url: string;
  readonly params: unknown;
  readonly query: Readonly<Record<string, unknown>>;
}

export interface RestContext {
  readonly deps: Deps;
  readonly admission: WriteAdmission;
}

type AnyHandler = (proof: object, input: object) => unknown;

/** @throws {AppError} what the caller is to be told; whatever else went wrong. Nothing was sent then. */
export async function serveEndpoint(context: RestContext, name: keyof Endpoints, call: RestCall): Promise<void> {
  const { deps, admission } = context;
  const { req, res } = call;
  const row: Endpoint = endpoints[name];
  // The table types each handler by its own row; here they are all called in one way.
  const handler = handlers[name] as AnyHandler;
  const proof = await prove(deps, row, req);
  const input = {
    params: row.params ? parse(row.params, call.params, 'The path') : undefined,
    // A probe may add what it likes, such as a number that keeps caches away.
    query: row.auth === 'none' ? undefined : parseQuery(row.query, call.query),
    body: row.body ? await readBody(row, row.body, call, admission) : undefined,
  };
  const answering = handler({ deps, url: call.url, ...proof }, input);
  // What came in is let go of while its answer is waited for.
  input.body = undefined;
  const answer = await answering;
  const { body, status, headers, json } = answer instanceof Answer ? answer : new Answer(answer);
  for (const [header, value] of Object.entries(headers)) res.setHeader(header, value);
  sendJsonText(res, status ?? row.status, json ?? JSON.stringify(body));
}

async function prove(deps: Deps, row: Endpoint, req: IncomingMessage): Promise<object> {
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

async function readBody(row: Endpoint, schema: z.ZodType, { req, res }: RestCall, admission: WriteAdmission) {
  const body = await readJsonBody(req, res, admission);
  return row.isBodyRaw ? body : parse(schema, body, 'The body');
}

function parse(schema: z.ZodType, value: unknown, subject: string): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw fromZodError(parsed.error, subject);
}
