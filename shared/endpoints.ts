/** The public REST API, one row an endpoint: the routes, their checks and the documentation are made from this table. */
import { z } from 'zod';
import { ApiKey, type ApiKeyScope, CreateApiKeyInput, CreatedApiKey, Deleted } from './apiKey.ts';
import { CreateOrganizationInput, Organization } from './organization.ts';
import { ApiKeyId, Cursor, Identifier, LIMITS, OrgId, RequestId } from './primitives.ts';
import {
  LogBatchInput,
  LogBatchResult,
  LoggedRequest,
  LogInput,
  RequestFilters,
  RequestSummary,
  StoredRequest,
} from './request.ts';
import { StatsTotals } from './stats.ts';
import { SpanBatchInput, TraceDetail } from './trace.ts';

export interface Endpoint {
  readonly method: 'get' | 'post' | 'delete';
  /** Express path below the base path. */
  readonly path: string;
  /** Who may call it: nobody's proof, an operator's, or a key's scope. */
  readonly auth: 'none' | 'admin' | ApiKeyScope;
  readonly summary: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** True where the handler checks the body itself, item by item. */
  readonly isBodyRaw?: boolean;
  readonly output: z.ZodType;
  readonly status: number;
  /** Other statuses that carry the same output, and when. */
  readonly otherStatuses?: Readonly<Record<number, string>>;
}

const wholeNumber = (min: number, max: number) => {
  const rule = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^-?\d{1,15}$/, rule)
    .transform(Number)
    .pipe(z.number().min(min, rule).max(max, rule));
};

/** The filters as they come in a URL, where a tag may be repeated. */
const FilterQuery = z.object({
  ...RequestFilters.shape,
  tag: z.preprocess((value) => (typeof value === 'string' ? [value] : value), RequestFilters.shape.tag),
});

export const ListQuery = FilterQuery.extend({
  limit: wholeNumber(1, LIMITS.pageSize).default(50),
  offset: wholeNumber(0, 1_000_000).default(0),
  cursor: Cursor.optional(),
  payload: z.enum(['true', 'false']).default('true').describe('`false` leaves the words out.'),
});
export type ListQuery = z.output<typeof ListQuery>;

export const Health = z.object({ status: z.literal('ok'), version: z.string() }).meta({ id: 'Health' });
export const Readiness = z.object({ status: z.literal('ready') }).meta({ id: 'Readiness' });

export const endpoints = {
  createLogs: {
    method: 'post',
    path: '/api/v1/logs',
    auth: 'ingest',
    summary: 'Log one model call, or a batch of up to 1,000 as {"logs":[…]}. A 2xx means it is committed.',
    body: z.union([LogInput, LogBatchInput]),
    isBodyRaw: true,
    output: z.union([StoredRequest, LogBatchResult]),
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
    summary: 'Whether the process answers. Never asks the database.',
    output: Health,
    status: 200,
  },
  getReadiness: {
    method: 'get',
    path: '/readyz',
    auth: 'none',
    summary: 'Whether it can store and read. 503 while starting, draining, or without a database.',
    output: Readiness,
    status: 200,
  },
  createOrganization: {
    method: 'post',
    path: '/api/v1/admin/organizations',
    auth: 'admin',
    summary: 'Create an organization.',
    body: CreateOrganizationInput,
    output: Organization,
    status: 201,
  },
  listOrganizations: {
    method: 'get',
    path: '/api/v1/admin/organizations',
    auth: 'admin',
    summary: 'List all organizations, oldest first.',
    output: z.array(Organization),
    status: 200,
  },
  createApiKey: {
    method: 'post',
    path: '/api/v1/admin/organizations/:org_id/api-keys',
    auth: 'admin',
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
    summary: 'List the API keys of an organization, newest first.',
    params: z.object({ org_id: OrgId }),
    output: z.array(ApiKey),
    status: 200,
  },
  deleteApiKey: {
    method: 'delete',
    path: '/api/v1/admin/api-keys/:key_id',
    auth: 'admin',
    summary: 'Delete an API key. It stops working at once.',
    params: z.object({ key_id: ApiKeyId }),
    output: Deleted,
    status: 200,
  },
  listRequests: {
    method: 'get',
    path: '/api/v1/requests',
    auth: 'read',
    summary: 'List requests, newest first. The next page is in the headers X-Next-Cursor and Link.',
    query: ListQuery,
    output: z.array(z.union([LoggedRequest, RequestSummary.extend({ org_id: OrgId })])),
    status: 200,
  },
  getRequest: {
    method: 'get',
    path: '/api/v1/requests/:request_id',
    auth: 'read',
    summary: 'Read one request.',
    params: z.object({ request_id: RequestId }),
    output: LoggedRequest,
    status: 200,
  },
  getTrace: {
    method: 'get',
    path: '/api/v1/traces/:trace_id',
    auth: 'read',
    summary: 'Read one trace: its requests and spans.',
    params: z.object({ trace_id: Identifier }),
    output: TraceDetail,
    status: 200,
  },
  getStats: {
    method: 'get',
    path: '/api/v1/stats',
    auth: 'read',
    summary: 'Totals over the requests that match a filter.',
    query: FilterQuery,
    output: StatsTotals,
    status: 200,
  },
} as const satisfies Record<string, Endpoint>;

export type Endpoints = typeof endpoints;
