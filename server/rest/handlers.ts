/** The public API on one page: each endpoint of `shared/endpoints.ts` is one call of a service. */
import type { z } from 'zod';
import type { Endpoint, Endpoints } from '#shared/endpoints';
import type { OtlpEndpointName } from '#shared/otlpEndpoints';
import {
  createApiKey,
  createApiKeyAsAdmin,
  deleteApiKey,
  deleteApiKeyAsAdmin,
  listApiKeys,
  listApiKeysAsAdmin,
} from '#server/apiKeys/service';
import { getDataHealth } from '#server/dataHealth/service';
import { getSession } from '#server/session/service';
import type { Caller } from '#server/auth/authenticate';
import type { AdminScope } from '#server/auth/orgScope';
import type { Deps } from '#server/deps';
import { exportRequests } from '#server/exports/service';
import { checkReadiness, health } from '#server/http/health';
import type { AdmittedBody } from '#server/http/admittedBody';
import { getOpenApi } from '#server/openapi/service';
import { createOrganization, listOrganizations } from '#server/organizations/service';
import { cancelJob, getJob, listJobs } from '#server/jobs/service';
import { deleteMatchingRequests, deleteRequest, getRequest, listFullRequests } from '#server/requests/service';
import { getSignInOffer, signIn } from '#server/signIn/service';
import { getSeries, getTotals, listGroups } from '#server/stats/service';
import { getReleaseReport } from '#server/releases/service';
import { getSavings } from '#server/savings/service';
import {
  createPrice,
  deletePrice,
  explainCost,
  listPrices,
  listSeenModels,
  repriceRequests,
  savePrice,
  searchBuiltinPrices,
} from '#server/pricing/service';
import { createView, deleteView, listViews, saveView } from '#server/views/service';
import { getSpan, getTrace, listTraces } from '#server/traces/service';
import { ApiResponse, StreamedAnswer } from './apiResponse.ts';
import { receiveLogs, receiveSpans } from './receiveItems.ts';

type AuthContext<Auth extends Endpoint['auth']> = Auth extends 'none'
  ? { readonly deps: Deps; readonly url: string }
  : Auth extends 'admin'
    ? { readonly deps: Deps; readonly url: string; readonly admin: AdminScope }
    : Auth extends 'code'
      ? { readonly deps: Deps; readonly url: string; readonly codeHash: Buffer }
      : { readonly deps: Deps; readonly url: string; readonly caller: Caller };

type Parsed<Row, Part extends string> =
  Row extends Record<Part, infer Schema extends z.ZodType> ? z.output<Schema> : undefined;

type Input<Row> = {
  readonly params: Parsed<Row, 'params'>;
  readonly query: Parsed<Row, 'query'>;
  readonly body: Row extends { isBodyRaw: true } ? AdmittedBody : Parsed<Row, 'body'>;
};

type Output<Row extends Endpoint> = z.input<Row['output']>;

/** What `streamed` in the table says. */
type AnswerOf<Row extends Endpoint> = Row extends { streamed: 'always' }
  ? StreamedAnswer
  : Output<Row> | ApiResponse<Output<Row>> | (Row extends { streamed: 'sometimes' } ? StreamedAnswer : never);

/** One function an endpoint; a wrong name, a missing row or a wrong answer does not compile. OTLP is served by serveOtlp.ts. */
type Handlers = {
  readonly [Name in Exclude<keyof Endpoints, OtlpEndpointName>]: (
    auth: AuthContext<Endpoints[Name]['auth']>,
    input: Input<Endpoints[Name]>,
  ) => Promise<AnswerOf<Endpoints[Name]>> | AnswerOf<Endpoints[Name]>;
};

export const handlers: Handlers = {
  getHealth: () => health(),
  getReadiness: ({ deps }) => checkReadiness(deps),
  getSignInOffer: ({ deps, codeHash }) => getSignInOffer(deps, codeHash),
  signIn: ({ deps, codeHash }) => signIn(deps, codeHash),
  createOrganization: ({ deps, admin }, { body }) => createOrganization(deps, admin, body),
  listOrganizations: ({ deps, admin }) => listOrganizations(deps, admin),
  createApiKey: ({ deps, admin }, { params, body }) =>
    createApiKeyAsAdmin(deps, admin, { ...body, org_id: params.org_id }),
  listApiKeys: ({ deps, admin }, { params }) => listApiKeysAsAdmin(deps, admin, params.org_id),
  deleteApiKey: ({ deps, admin }, { params }) => deleteApiKeyAsAdmin(deps, admin, params.key_id),
  createLogs: ({ deps, caller }, { body }) => receiveLogs(deps, caller, body),
  createSpans: ({ deps, caller }, { body }) => receiveSpans(deps, caller, body),
  listRequests: async ({ deps, caller, url }, { query }) => {
    const { limit, offset, cursor, payload, sort, ...filters } = query;
    const page = { limit, offset, cursor, sort, withPayload: payload === 'true' };
    const { stream, next_cursor, sorted_back_to, searched_back_to } = await listFullRequests(
      deps,
      caller.scope,
      filters,
      page,
    );
    const headers = nextPage(url, next_cursor);
    if (sorted_back_to !== null) headers['X-Sorted-Back-To'] = sorted_back_to;
    if (searched_back_to !== null) headers['X-Searched-Back-To'] = searched_back_to;
    return new StreamedAnswer(stream, { headers });
  },
  exportRequests: ({ deps, caller }, { query: { format, columns, ids, ...filters } }) => {
    const file = exportRequests(deps, caller.scope, filters, { format, columns, ids });
    return new StreamedAnswer(file.stream, {
      contentType: file.contentType,
      headers: { 'Content-Disposition': `attachment; filename="${file.filename}"` },
      trailers: () => ({
        'X-Exported-Requests': String(file.counts.written),
        'X-Skipped-Requests': String(file.counts.skipped),
      }),
    });
  },
  getRequest: async ({ deps, caller }, { params }) =>
    new StreamedAnswer(await getRequest(deps, caller.scope, params.request_id)),
  listTraces: async ({ deps, caller, url }, { query }) => {
    const { traces, next_cursor, searched_back_to } = await listTraces(deps, caller.scope, query);
    const headers = nextPage(url, next_cursor);
    if (searched_back_to !== null) headers['X-Searched-Back-To'] = searched_back_to;
    return new ApiResponse(traces, { headers });
  },
  getTrace: async ({ deps, caller, url }, { params, query }) => {
    const { stream, next_cursor } = await getTrace(deps, caller.scope, { ...params, ...query });
    return new StreamedAnswer(stream, { headers: nextPage(url, next_cursor) });
  },
  getSpan: async ({ deps, caller }, { params }) =>
    new StreamedAnswer(await getSpan(deps, caller.scope, params.span_id)),
  deleteRequest: ({ deps, caller }, { params }) => deleteRequest(deps, caller.scope, params.request_id),
  deleteRequests: ({ deps, caller }, { query: { all, ...filters } }) =>
    deleteMatchingRequests(deps, caller.scope, { filters, all: all === 'true' }),
  listJobs: ({ deps, caller }) => listJobs(deps, caller.scope),
  getJob: ({ deps, caller }, { params }) => getJob(deps, caller.scope, params.job_id),
  cancelJob: ({ deps, caller }, { params }) => cancelJob(deps, caller.scope, params.job_id),
  getStats: ({ deps, caller }, { query }) => getTotals(deps, caller.scope, query),
  getStatsSeries: ({ deps, caller }, { query: { interval, group, time_zone, percentiles, ...filters } }) =>
    getSeries(deps, caller.scope, { filters, interval, group, time_zone, percentiles: percentiles === 'true' }),
  getStatsGroups: ({ deps, caller }, { query: { by, sort, limit, ...filters } }) =>
    listGroups(deps, caller.scope, { filters, by, sort, limit }),
  getReleaseReport: async ({ deps, caller }, { query: { by, a, b, fail_on, ...filters } }) => {
    const report = await getReleaseReport(deps, caller.scope, { by, a, b, fail_on, filters });
    // As an error, so that `curl --fail-with-body` ends with one.
    return report.failed?.length ? new ApiResponse(report, { status: 409 }) : report;
  },
  getSavings: ({ deps, caller }, { query }) => getSavings(deps, caller.scope, query),
  getOpenApi: ({ deps }) => ApiResponse.ofJson(getOpenApi(deps), null),
  getSession: ({ deps, caller }) => getSession(deps, caller),
  createOwnApiKey: ({ deps, caller }, { body }) => createApiKey(deps, caller, body),
  listOwnApiKeys: ({ deps, caller }) => listApiKeys(deps, caller.scope),
  deleteOwnApiKey: ({ deps, caller }, { params }) => deleteApiKey(deps, caller.scope, params.key_id),
  explainCost: ({ deps, caller }, { params }) => explainCost(deps, caller.scope, params.request_id),
  listBuiltinPrices: ({ deps, caller }, { query }) => searchBuiltinPrices(deps, caller.scope, query),
  listPrices: ({ deps, caller }) => listPrices(deps, caller.scope),
  createPrice: ({ deps, caller }, { body }) => createPrice(deps, caller.scope, body),
  savePrice: ({ deps, caller }, { params, body }) => savePrice(deps, caller.scope, params.price_id, body),
  deletePrice: ({ deps, caller }, { params }) => deletePrice(deps, caller.scope, params.price_id),
  repriceRequests: ({ deps, caller }, { body }) => repriceRequests(deps, caller.scope, body),
  listModels: ({ deps, caller }) => listSeenModels(deps, caller.scope),
  getDataHealth: ({ deps, caller }) => getDataHealth(deps, caller.scope),
  listViews: ({ deps, caller }) => listViews(deps, caller.scope),
  createView: ({ deps, caller }, { body }) => createView(deps, caller.scope, body),
  saveView: ({ deps, caller }, { params, body }) => saveView(deps, caller.scope, params.view_id, body),
  deleteView: ({ deps, caller }, { params }) => deleteView(deps, caller.scope, params.view_id),
};

/** RFC 8288. The link is relative to the host, so that it is right behind any proxy. Nothing after the last page. */
function nextPage(url: string, cursor: string | null): Record<string, string> {
  if (cursor === null) return {};
  const [path = '', search = ''] = url.split('?');
  const query = new URLSearchParams(search);
  query.delete('offset');
  query.set('cursor', cursor);
  return { 'X-Next-Cursor': cursor, Link: `<${path}?${query.toString()}>; rel="next"` };
}
