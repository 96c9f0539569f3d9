/** The public API on one page: each endpoint of `shared/endpoints.ts` is one call of a service. */
import type { z } from 'zod';
import type { Endpoint, Endpoints } from '#shared/endpoints';
import type { JsonObject } from '#shared/primitives';
import { LogBatchInput, type LogBatchResult, type StoredRequest } from '#shared/request';
import { SpanBatchInput } from '#shared/trace';
import { createApiKeyAsAdmin, deleteApiKeyAsAdmin, listApiKeysAsAdmin } from '#server/apiKeys/service';
import type { Caller } from '#server/auth/authenticate';
import type { AdminScope } from '#server/auth/orgScope';
import type { Deps } from '#server/deps';
import { fromZodError } from '#server/errors';
import { checkReadiness, health } from '#server/http/health';
import { acceptLog, acceptLogs, type StoredLog } from '#server/ingest/acceptLogs';
import { acceptSpans } from '#server/ingest/acceptSpans';
import { createOrganization, listOrganizations } from '#server/organizations/service';
import { getRequest, listFullRequests, listSummaries } from '#server/requests/service';
import { getTotals } from '#server/stats/service';
import { getTrace } from '#server/traces/service';
import { Answer } from './answer.ts';

type Proof<Auth extends Endpoint['auth']> = Auth extends 'none'
  ? { readonly deps: Deps; readonly url: string }
  : Auth extends 'admin'
    ? { readonly deps: Deps; readonly url: string; readonly admin: AdminScope }
    : { readonly deps: Deps; readonly url: string; readonly caller: Caller };

type Parsed<Row, Part extends string> =
  Row extends Record<Part, infer Schema extends z.ZodType> ? z.output<Schema> : undefined;

type Input<Row> = {
  readonly params: Parsed<Row, 'params'>;
  readonly query: Parsed<Row, 'query'>;
  readonly body: Row extends { isBodyRaw: true } ? JsonObject : Parsed<Row, 'body'>;
};

type Output<Row extends Endpoint> = z.input<Row['output']>;

/** One function an endpoint; a wrong name, a missing row or a wrong answer does not compile. */
type Handlers = {
  readonly [Name in keyof Endpoints]: (
    proof: Proof<Endpoints[Name]['auth']>,
    input: Input<Endpoints[Name]>,
  ) => Promise<Output<Endpoints[Name]> | Answer<Output<Endpoints[Name]>>> | Output<Endpoints[Name]>;
};

export const handlers: Handlers = {
  getHealth: () => health(),
  getReadiness: ({ deps }) => checkReadiness(deps),
  createOrganization: ({ deps, admin }, { body }) => createOrganization(deps, admin, body),
  listOrganizations: ({ deps, admin }) => listOrganizations(deps, admin),
  createApiKey: ({ deps, admin }, { params, body }) =>
    createApiKeyAsAdmin(deps, admin, { ...body, org_id: params.org_id }),
  listApiKeys: ({ deps, admin }, { params }) => listApiKeysAsAdmin(deps, admin, params.org_id),
  deleteApiKey: ({ deps, admin }, { params }) => deleteApiKeyAsAdmin(deps, admin, params.key_id),
  createLogs: ({ deps, caller }, { body }) =>
    Object.hasOwn(body, 'logs')
      ? acceptLogs(deps, caller.scope, parseEnvelope(LogBatchInput, body).logs).then(batchAnswer)
      : acceptLog(deps, caller.scope, body).then((stored) => logAnswer(deps, caller, stored)),
  createSpans: ({ deps, caller }, { body }) =>
    acceptSpans(deps, caller.scope, parseEnvelope(SpanBatchInput, body).spans).then(batchAnswer),
  listRequests: async ({ deps, caller, url }, { query }) => {
    const { limit, offset, cursor, payload, ...filters } = query;
    const list = payload === 'true' ? listFullRequests : listSummaries;
    const { requests, next_cursor } = await list(deps, caller.scope, filters, { limit, offset, cursor });
    return new Answer(requests, { headers: next_cursor === null ? {} : nextPage(url, next_cursor) });
  },
  getRequest: ({ deps, caller }, { params }) => getRequest(deps, caller.scope, params.request_id),
  getTrace: ({ deps, caller }, { params }) => getTrace(deps, caller.scope, params.trace_id),
  getStats: ({ deps, caller }, { query }) => getTotals(deps, caller.scope, query),
};

/** 201 with the log as it was stored; 200 with the one that was there before, which may say something else. */
async function logAnswer(
  deps: Deps,
  caller: Caller,
  { id, json, isDuplicate, isConflict }: StoredLog,
): Promise<Answer<z.output<typeof StoredRequest>>> {
  if (!isDuplicate) return Answer.ofJson(json);
  const stored = await getRequest(deps, caller.scope, id);
  return new Answer(isConflict ? { ...stored, conflict: true } : stored, {
    status: 200,
    headers: { 'X-PromptLab-Duplicate': 'true', ...(isConflict ? { 'X-PromptLab-Conflict': 'true' } : {}) },
  });
}

/** 201 all stored, 207 some rejected, 400 all rejected; the verdicts are in the body. */
function batchAnswer(result: LogBatchResult): Answer<LogBatchResult> {
  const isAllRejected = result.rejected > 0 && result.rejected === result.results.length;
  return new Answer(result, { status: isAllRejected ? 400 : result.rejected > 0 ? 207 : 201 });
}

/** The batch around the items; the items themselves are parsed one by one. */
function parseEnvelope<Schema extends z.ZodType>(schema: Schema, body: JsonObject): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw fromZodError(parsed.error, 'The batch');
}

/** RFC 8288. The link is relative to the host, so that it is right behind any proxy. */
function nextPage(url: string, cursor: string): Record<string, string> {
  const [path = '', search = ''] = url.split('?');
  const query = new URLSearchParams(search);
  query.delete('offset');
  query.set('cursor', cursor);
  return { 'X-Next-Cursor': cursor, Link: `<${path}?${query.toString()}>; rel="next"` };
}
