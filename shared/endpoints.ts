/** The public REST API, one row an endpoint: the routes, their checks and the documentation are made from this table. */
import { z } from 'zod';
import { ApiKey, type ApiKeyScope, CreateApiKeyInput, CreatedApiKey, Deleted } from './apiKey.ts';
import { type EndpointExample, EXAMPLES } from './endpointExamples.ts';
import { ExportQuery, FilterQuery, GroupQuery, ListQuery, TraceQuery } from './endpointQueries.ts';
import { dataHealthEndpoints } from './dataHealthEndpoints.ts';
import { Job, JobId } from './job.ts';
import { CreateOrganizationInput, Organization, Session } from './organization.ts';
import { priceEndpoints } from './priceEndpoints.ts';
import { releaseEndpoints } from './releaseEndpoints.ts';
import { otlpEndpoints } from './otlpEndpoints.ts';
import { savingsEndpoints } from './savingsEndpoints.ts';
import { viewEndpoints } from './viewEndpoints.ts';
import { ApiKeyId, Identifier, JsonObject, OrgId, RequestId } from './primitives.ts';
import { LogBatchInput, LogBatchResult, LoggedRequest, LogInput, RequestSummary, StoredRequest } from './request.ts';
import { SignedIn, SignInOffer } from './signIn.ts';
import { statsEndpoints } from './statsEndpoints.ts';
import { SpanBatchInput, SpanDetail, TraceDetail, TraceSummary } from './trace.ts';

export interface Endpoint {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** Express path below the base path. */
  readonly path: string;
  /** Who may call it: anybody, an operator, who has the code of a sign-in link, any valid key, or a key with that scope. */
  readonly auth: 'none' | 'admin' | 'code' | 'any key' | ApiKeyScope;
  /** The heading it stands under in the reference. */
  readonly tag:
    | 'Logging'
    | 'OpenTelemetry'
    | 'Reading'
    | 'Deleting'
    | 'API keys'
    | 'Prices'
    | 'Saved views'
    | 'Administration'
    | 'Server';
  readonly summary: string;
  /** Shown in the reference, and each is called by a test. */
  readonly examples?: readonly EndpointExample[];
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** True where the handler checks the body itself, item by item. */
  readonly isBodyRaw?: boolean;
  /** What it takes by OTLP/HTTP: its bodies, answers and failures are in the encoding of the request, and have no handler. */
  readonly otlp?: 'traces' | 'logs' | 'metrics';
  readonly output: z.ZodType;
  /** Media types of the answer. Missing: JSON. */
  readonly contentTypes?: readonly string[];
  /**
   * Whether the answer is made while it is sent, piece by piece, and never in memory whole (server/jsonStream.ts): what
   * has no bound of its own is `always` streamed. Missing: it is one value.
   */
  readonly streamed?: 'always' | 'sometimes';
  readonly status: number;
  /** Other statuses that carry the same output, and when. */
  readonly otherStatuses?: Readonly<Record<number, string>>;
}

export const Health = z.object({ status: z.literal('ok'), version: z.string() }).meta({ id: 'Health' });
export const Readiness = z.object({ status: z.literal('ready') }).meta({ id: 'Readiness' });

export const endpoints = {
  createLogs: {
    method: 'post',
    path: '/api/v1/logs',
    auth: 'ingest',
    tag: 'Logging',
    examples: EXAMPLES.createLogs,
    summary: 'Log one model call, or a batch of up to 1,000 as {"logs":[…]}. A 2xx means it is committed.',
    body: z.union([LogInput, LogBatchInput]),
    isBodyRaw: true,
    output: z.union([StoredRequest, LogBatchResult]),
    streamed: 'sometimes', // The stored request, where it was there before.
    status: 201,
    otherStatuses: {
      200: 'A single log whose id was stored before: the stored request, with X-PromptLab-Duplicate: true; `conflict` where it says something else.',
      207: 'A batch of which some logs were rejected.',
      400: 'A batch of which all logs were rejected.',
    },
  },
  createSpans: {
    method: 'post',
    path: '/api/v1/spans',
    auth: 'ingest',
    tag: 'Logging',
    examples: EXAMPLES.createSpans,
    summary: 'Log steps of traces that are no model calls, as {"spans":[…]}.',
    body: SpanBatchInput,
    isBodyRaw: true,
    output: LogBatchResult,
    status: 201,
    otherStatuses: { 207: 'Some spans were rejected.', 400: 'All spans were rejected.' },
  },
  getHealth: {
    method: 'get',
    path: '/health',
    auth: 'none',
    tag: 'Server',
    summary: 'Whether the process answers. Never asks the database.',
    output: Health,
    status: 200,
  },
  getReadiness: {
    method: 'get',
    path: '/readyz',
    auth: 'none',
    tag: 'Server',
    summary: 'Whether it can store and read. 503 while starting, draining, or without a database.',
    output: Readiness,
    status: 200,
  },
  getOpenApi: {
    method: 'get',
    path: '/api/v1/openapi.json',
    auth: 'none',
    tag: 'Server',
    summary: 'This API as an OpenAPI 3.1 document. A page to read and try it is at /reference.',
    output: JsonObject,
    status: 200,
  },
  getSignInOffer: {
    method: 'get',
    path: '/api/v1/sign-in',
    auth: 'code',
    tag: 'API keys',
    summary: 'Which organization the code of a sign-in link would open. The code stays good.',
    output: SignInOffer,
    status: 200,
  },
  signIn: {
    method: 'post',
    path: '/api/v1/sign-in',
    auth: 'code',
    tag: 'API keys',
    summary: 'Exchange the code of a sign-in link for an API key. A code is good once, for an hour.',
    output: SignedIn,
    status: 200,
  },
  createOrganization: {
    method: 'post',
    path: '/api/v1/admin/organizations',
    auth: 'admin',
    tag: 'Administration',
    examples: EXAMPLES.createOrganization,
    summary: 'Create an organization.',
    body: CreateOrganizationInput,
    output: Organization,
    status: 201,
  },
  listOrganizations: {
    method: 'get',
    path: '/api/v1/admin/organizations',
    auth: 'admin',
    tag: 'Administration',
    summary: 'List all organizations, oldest first.',
    output: z.array(Organization),
    status: 200,
  },
  createApiKey: {
    method: 'post',
    path: '/api/v1/admin/organizations/:org_id/api-keys',
    auth: 'admin',
    tag: 'Administration',
    examples: EXAMPLES.createApiKey,
    summary: 'Create an API key. The answer is the only one that ever shows it.',
    params: z.object({ org_id: OrgId }),
    body: CreateApiKeyInput,
    output: CreatedApiKey,
    status: 201,
  },
  listApiKeys: {
    method: 'get',
    path: '/api/v1/admin/organizations/:org_id/api-keys',
    auth: 'admin',
    tag: 'Administration',
    summary: 'List the API keys of an organization, newest first.',
    params: z.object({ org_id: OrgId }),
    output: z.array(ApiKey),
    status: 200,
  },
  deleteApiKey: {
    method: 'delete',
    path: '/api/v1/admin/api-keys/:key_id',
    auth: 'admin',
    tag: 'Administration',
    summary: 'Delete an API key. It stops working at once.',
    params: z.object({ key_id: ApiKeyId }),
    output: Deleted,
    status: 200,
  },
  listRequests: {
    method: 'get',
    path: '/api/v1/requests',
    auth: 'read',
    tag: 'Reading',
    examples: EXAMPLES.listRequests,
    summary:
      'List requests, newest first or in the order of `sort`. The next page is in the headers X-Next-Cursor and Link; a page of many bytes ends before `limit`. By latency, cost or tokens the latest 20,000 that match are sorted; where there are more, X-Sorted-Back-To says back to when. Where the time for a search was up, X-Searched-Back-To says how far it looked, and the next page goes on from there, also after one without rows.',
    query: ListQuery,
    output: z.array(z.union([LoggedRequest, RequestSummary.extend({ org_id: OrgId })])),
    streamed: 'always',
    status: 200,
  },
  exportRequests: {
    method: 'get',
    path: '/api/v1/requests/export',
    auth: 'read',
    tag: 'Reading',
    examples: EXAMPLES.exportRequests,
    summary:
      'All requests that match a filter as a file, newest first. An answer that ends early is cut off, and never looks whole; how many were written, and left out, is in the trailers X-Exported-Requests and X-Skipped-Requests.',
    query: ExportQuery,
    output: z.string(),
    contentTypes: ['text/csv', 'application/jsonl'],
    streamed: 'always',
    status: 200,
  },
  getRequest: {
    method: 'get',
    path: '/api/v1/requests/:request_id',
    auth: 'read',
    tag: 'Reading',
    examples: EXAMPLES.getRequest,
    summary: 'Read one request.',
    params: z.object({ request_id: RequestId }),
    output: LoggedRequest,
    streamed: 'always',
    status: 200,
  },
  deleteRequest: {
    method: 'delete',
    path: '/api/v1/requests/:request_id',
    auth: 'manage',
    tag: 'Deleting',
    summary: 'Delete one request. It is gone from lists and totals when this answers.',
    params: z.object({ request_id: RequestId }),
    output: Deleted,
    status: 200,
  },
  deleteRequests: {
    method: 'delete',
    path: '/api/v1/requests',
    auth: 'manage',
    tag: 'Deleting',
    examples: EXAMPLES.deleteRequests,
    summary:
      'Delete all requests that match a filter, and the spans that it matches, as a job. Without a filter it needs `all=true`.',
    query: FilterQuery.extend({
      all: z.enum(['true', 'false']).default('false').describe('`true`: really every request of the organization.'),
    }),
    output: Job,
    status: 202,
  },
  listJobs: {
    method: 'get',
    path: '/api/v1/jobs',
    auth: 'read',
    tag: 'Deleting',
    summary: 'List the latest jobs of your organization, newest first.',
    output: z.array(Job),
    status: 200,
  },
  getJob: {
    method: 'get',
    path: '/api/v1/jobs/:job_id',
    auth: 'read',
    tag: 'Deleting',
    summary: 'Read one job: how far it is, and how it ended.',
    params: z.object({ job_id: JobId }),
    output: Job,
    status: 200,
  },
  cancelJob: {
    method: 'delete',
    path: '/api/v1/jobs/:job_id',
    auth: 'manage',
    tag: 'Deleting',
    summary: 'Ask a job to stop. What it has done stays done.',
    params: z.object({ job_id: JobId }),
    output: Job,
    status: 200,
  },
  listTraces: {
    method: 'get',
    path: '/api/v1/traces',
    auth: 'read',
    tag: 'Reading',
    examples: EXAMPLES.listTraces,
    summary:
      'List traces, those that began last first: each one a step of which matches the filter. The next page is in X-Next-Cursor and Link; X-Searched-Back-To says where the search ended, if it ended early.',
    query: GroupQuery,
    output: z.array(TraceSummary),
    status: 200,
  },
  getTrace: {
    method: 'get',
    path: '/api/v1/traces/:trace_id',
    auth: 'read',
    tag: 'Reading',
    examples: EXAMPLES.getTrace,
    summary:
      'Read one trace: its totals, and a page of its requests and spans. The next page is in X-Next-Cursor and Link.',
    params: z.object({ trace_id: Identifier }),
    query: TraceQuery,
    output: TraceDetail,
    streamed: 'always',
    status: 200,
  },
  getSpan: {
    method: 'get',
    path: '/api/v1/spans/:span_id',
    auth: 'read',
    tag: 'Reading',
    examples: EXAMPLES.getSpan,
    summary: 'Read one span, with its input and output.',
    params: z.object({ span_id: RequestId }),
    output: SpanDetail,
    streamed: 'always',
    status: 200,
  },
  ...statsEndpoints,
  getSession: {
    method: 'get',
    path: '/api/v1/session',
    auth: 'any key',
    tag: 'API keys',
    summary: 'The organization and the scopes of the key that asks.',
    output: Session,
    status: 200,
  },
  createOwnApiKey: {
    method: 'post',
    path: '/api/v1/api-keys',
    auth: 'manage',
    tag: 'API keys',
    examples: EXAMPLES.createOwnApiKey,
    summary: 'Create an API key of your organization. The answer is the only one that ever shows it.',
    body: CreateApiKeyInput,
    output: CreatedApiKey,
    status: 201,
  },
  listOwnApiKeys: {
    method: 'get',
    path: '/api/v1/api-keys',
    auth: 'manage',
    tag: 'API keys',
    summary: 'List the API keys of your organization, newest first.',
    output: z.array(ApiKey),
    status: 200,
  },
  deleteOwnApiKey: {
    method: 'delete',
    path: '/api/v1/api-keys/:key_id',
    auth: 'manage',
    tag: 'API keys',
    summary: 'Delete an API key of your organization. It stops working at once.',
    params: z.object({ key_id: ApiKeyId }),
    output: Deleted,
    status: 200,
  },
  ...otlpEndpoints,
  ...dataHealthEndpoints,
  ...viewEndpoints,
  ...priceEndpoints,
  ...releaseEndpoints,
  ...savingsEndpoints,
} as const satisfies Record<string, Endpoint>;

export type Endpoints = typeof endpoints;
