/**
 * One call of the endpoint table: authenticate → parse → handle → send. An answer is not parsed once more: what SQL
 * computes was parsed on its way out, the rest is typed, and the contract tests check every endpoint.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import { type Endpoint, type Endpoints, endpoints } from '#shared/endpoints';
import { type OtlpEndpointName, otlpEndpoints } from '#shared/otlpEndpoints';
import { type Caller, requireScope } from '#server/auth/authenticate';
import type { AdminScope } from '#server/auth/orgScope';
import { readBearerToken } from '#server/auth/bearerToken';
import { readSignInCode } from '#server/auth/signInCode';
import type { Deps } from '#server/deps';
import { AppError, fromZodError } from '#server/errors';
import { SETTINGS_BODY_BYTES } from '#server/http/admittedBody';
import { type AnswerBudget, COUNTED_LENGTH } from '#server/http/answerBudget';
import type { FailureLog } from '#server/http/failureLog';
import { readJsonBytes, readJsonObject } from '#server/http/jsonBody';
import { sendJsonText, sendLongJson, sendStream } from '#server/http/sendJson';
import { type AdmissionControl, overloaded } from '#server/http/admissionControl';
import { STORING_MOST } from '#server/ingest/batchWriter';
import { ApiResponse, StreamedAnswer } from './apiResponse.ts';
import { handlers } from './handlers.ts';
import { parseQuery } from './parseQuery.ts';
import { serveOtlp } from './serveOtlp.ts';

/** The transport data of one REST call. */
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
  readonly admission: AdmissionControl;
  readonly failures: FailureLog;
}

type AnyHandler = (auth: object, input: object) => unknown;

/** @throws {AppError} what the caller is to be told; whatever else went wrong. Nothing was sent then. */
export async function serveEndpoint(context: RestContext, name: keyof Endpoints, call: RestCall): Promise<void> {
  try {
    await serve(context, name, call);
  } catch (error) {
    const isWrongCode = error instanceof AppError && error.code === 'invalid_sign_in_code';
    if (isWrongCode) context.deps.attempts.noteFailure(context.deps.addressOf(call.req));
    throw error;
  }
}

async function serve(context: RestContext, name: keyof Endpoints, call: RestCall): Promise<void> {
  const { deps, admission } = context;
  const { req, res, url } = call;
  const row: Endpoint = endpoints[name];
  if (isOtlp(name)) return serveOtlp(context, otlpEndpoints[name], call);
  // The table types each handler by its own row; here they are all called in one way.
  const handler = handlers[name] as AnyHandler;
  const entering = row.body ? admission.admit(req) : undefined;
  if (entering) await entering;
  const auth = await authorize(deps, row, req);
  const params = row.params ? parse(row.params, call.params, 'The path') : undefined;
  // A probe may add what it likes, such as a number that keeps caches away.
  const query = row.auth === 'none' ? undefined : parseQuery(row.query, call.query);
  const given = { deps, url, ...auth };
  const schema = row.body;
  requireRoomToStore(deps, row, req, auth);
  const source = { req, res, admission, owner: ownerOf(auth), prepare: preparing(deps, row, auth) };
  const answer = await (!schema
    ? handler(given, { params, query })
    : row.isBodyRaw
      ? readJsonBytes(source, (body) => handler(given, { params, query, body }))
      : readJsonObject({ ...source, mostBytes: SETTINGS_BODY_BYTES }, (body) =>
          handler(given, { params, query, body: parse(schema, body, 'The body') }),
        ));
  if (answer instanceof StreamedAnswer) {
    // Before the headers: an answer that has no room is an error, whose headers are its own.
    const { stream, status = row.status, headers, contentType, trailers } = answer;
    return sendStream(res, stream, { status, headers, budget: deps.answers, contentType, trailers });
  }
  const whole = answer instanceof ApiResponse ? answer : new ApiResponse(answer);
  return sendAnswer(call, whole, { usualStatus: row.status, budget: deps.answers, owner: ownerOf(auth) });
}

function isOtlp(name: keyof Endpoints): name is OtlpEndpointName {
  return Object.hasOwn(otlpEndpoints, name);
}

interface SendAnswerOptions {
  readonly usualStatus: number;
  readonly budget: AnswerBudget;
  /** Whose share of the budget it takes. */
  readonly owner: string;
}

async function sendAnswer(
  { req, res }: RestCall,
  answer: ApiResponse<unknown>,
  { usualStatus, budget, owner }: SendAnswerOptions,
): Promise<void> {
  const { body, headers, json } = answer;
  const status = answer.status ?? usualStatus;
  const text = json?.text ?? JSON.stringify(body);
  // What was made once for all, as bytes, is not held by those who are sent it.
  const isCounted = !json?.reservation && typeof text === 'string' && text.length >= COUNTED_LENGTH;
  const isOfRead = req.method === 'GET' || req.method === 'HEAD';
  const held = isCounted ? budget[isOfRead ? 'reserve' : 'count'](owner, text.length) : null;
  const reservation = json?.reservation ?? held;
  for (const [header, value] of Object.entries(headers)) res.setHeader(header, value);
  if (reservation) return sendLongJson(res, status, text, reservation);
  sendJsonText(res, status, text);
}

/**
 * Before a body is read: where what it holds could not be stored, that would be work for nothing.
 * @throws {AppError} `overloaded`.
 */
function requireRoomToStore(deps: Deps, row: Endpoint, req: IncomingMessage, { caller }: AuthContext): void {
  const writer =
    row === endpoints.createLogs ? deps.requestWriter : row === endpoints.createSpans ? deps.spanWriter : null;
  if (!caller || !writer || writer.hasRoom(caller.scope.org_id)) return;
  throw overloaded(req, STORING_MOST);
}

/** Logs are priced when they come. */
function preparing(deps: Deps, row: Endpoint, { caller }: AuthContext): (() => Promise<unknown>) | undefined {
  return row === endpoints.createLogs && caller ? () => deps.prices.of(caller.scope) : undefined;
}

interface AuthContext {
  readonly caller?: Caller;
  readonly admin?: AdminScope;
  readonly codeHash?: Buffer;
}

/** Whose share of the budgets a call takes. */
function ownerOf({ caller }: AuthContext): string {
  return caller?.scope.org_id ?? 'admin';
}

async function authorize(deps: Deps, row: Endpoint, req: IncomingMessage): Promise<AuthContext> {
  if (row.auth === 'none') return {};
  if (row.auth === 'admin') {
    const admin = await deps.adminGuard.authenticate(req);
    deps.readiness.requireStarted();
    return { admin };
  }
  if (row.auth === 'code') {
    deps.readiness.requireStarted();
    const refusal = deps.attempts.requireAllowed(deps.addressOf(req), readBearerToken(req) ?? '');
    if (refusal) await refusal;
    return { codeHash: readSignInCode(req) };
  }
  deps.readiness.requireStarted();
  const caller = await deps.authenticator.authenticate(req);
  if (row.auth !== 'any key') requireScope(caller, row.auth);
  return { caller };
}

function parse(schema: z.ZodType, value: unknown, subject: string): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw fromZodError(parsed.error, subject);
}
