/** What the test of authorization calls: each route and each procedure, with who may and what another organization gets. */
import type { ApiKeyScope } from '#shared/apiKey';
import { aLogInput, aSpanInput } from './factories.ts';
import { aLogsExport, anOtlpRecord, anOtlpSpan, aTraceExport } from './otlp.ts';

/** What a call needs; a scope where it is a key with that scope. */
export type Auth = 'none' | 'admin' | 'code' | 'any key' | ApiKeyScope;

/** What organization A owns, and what a call is aimed at. */
export interface Target {
  /** The id of organization A itself. */
  readonly org_id: string;
  readonly request_id: string;
  readonly span_id: string;
  readonly session_id: string;
  readonly user_id: string;
  readonly trace_id: string;
  readonly key_id: string;
  readonly job_id: string;
  readonly view_id: string;
  readonly price_id: string;
}

/** What is expected of one route or procedure. */
export interface Row {
  readonly auth: Auth;
  /** What B gets when it aims at what A owns: its own rows only, or nothing. */
  readonly other: 'own' | 404 | 'n/a';
  readonly path?: (target: Target) => string;
  readonly input?: (target: Target) => unknown;
}

const IDS_OF_BOTH = { traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174' };

/** Each route of the REST API. A route that is not here fails the build, and so does a row whose route is gone. */
export const ROUTES: Readonly<Record<string, Row>> = {
  'GET /health': { auth: 'none', other: 'n/a' },
  'GET /readyz': { auth: 'none', other: 'n/a' },
  'GET /api/v1/sign-in': { auth: 'code', other: 'n/a' },
  'POST /api/v1/sign-in': { auth: 'code', other: 'n/a' },
  'POST /api/v1/admin/organizations': { auth: 'admin', other: 'n/a', input: () => ({ name: 'New' }) },
  'GET /api/v1/admin/organizations': { auth: 'admin', other: 'n/a' },
  'POST /api/v1/admin/organizations/:org_id/api-keys': {
    auth: 'admin',
    other: 'n/a',
    path: ({ org_id }) => `/api/v1/admin/organizations/${org_id}/api-keys`,
    input: () => ({ name: 'New' }),
  },
  'GET /api/v1/admin/organizations/:org_id/api-keys': {
    auth: 'admin',
    other: 'n/a',
    path: ({ org_id }) => `/api/v1/admin/organizations/${org_id}/api-keys`,
  },
  'DELETE /api/v1/admin/api-keys/:key_id': {
    auth: 'admin',
    other: 'n/a',
    path: ({ key_id }) => `/api/v1/admin/api-keys/${key_id}`,
  },
  'POST /api/v1/logs': { auth: 'ingest', other: 'own', input: ({ org_id }) => ({ ...aLogInput(), org_id }) },
  'POST /api/v1/spans': {
    auth: 'ingest',
    other: 'own',
    input: ({ trace_id, org_id }) => ({ spans: [{ ...aSpanInput({ trace_id }), org_id }] }),
  },
  // A and B send the same ids, which are nobody's secret.
  'POST /v1/traces': { auth: 'ingest', other: 'own', input: () => aTraceExport([anOtlpSpan(IDS_OF_BOTH)]) },
  'POST /v1/logs': { auth: 'ingest', other: 'own', input: () => aLogsExport([anOtlpRecord(IDS_OF_BOTH)]) },
  'POST /v1/metrics': { auth: 'ingest', other: 'own', input: () => ({ resourceMetrics: [] }) },
  'POST /api/otel/v1/traces': { auth: 'ingest', other: 'own', input: () => aTraceExport([anOtlpSpan(IDS_OF_BOTH)]) },
  'POST /api/otel/v1/logs': { auth: 'ingest', other: 'own', input: () => aLogsExport([anOtlpRecord(IDS_OF_BOTH)]) },
  'POST /api/otel/v1/metrics': { auth: 'ingest', other: 'own', input: () => ({ resourceMetrics: [] }) },
  'POST /api/public/otel/v1/traces': {
    auth: 'ingest',
    other: 'own',
    input: () => aTraceExport([anOtlpSpan(IDS_OF_BOTH)]),
  },
  'GET /api/v1/requests': { auth: 'read', other: 'own' },
  'GET /api/v1/requests/export': { auth: 'read', other: 'own', path: () => '/api/v1/requests/export?format=jsonl' },
  'GET /api/v1/requests/:request_id': {
    auth: 'read',
    other: 404,
    path: ({ request_id }) => `/api/v1/requests/${request_id}`,
  },
  'DELETE /api/v1/requests/:request_id': {
    auth: 'manage',
    other: 404,
    path: ({ request_id }) => `/api/v1/requests/${request_id}`,
  },
  'DELETE /api/v1/requests': { auth: 'manage', other: 'own', path: () => '/api/v1/requests?model=nothing' },
  'GET /api/v1/jobs': { auth: 'read', other: 'own' },
  'GET /api/v1/jobs/:job_id': { auth: 'read', other: 404, path: ({ job_id }) => `/api/v1/jobs/${job_id}` },
  'DELETE /api/v1/jobs/:job_id': { auth: 'manage', other: 404, path: ({ job_id }) => `/api/v1/jobs/${job_id}` },
  'GET /api/v1/requests/:request_id/cost': {
    auth: 'read',
    other: 404,
    path: ({ request_id }) => `/api/v1/requests/${request_id}/cost`,
  },
  'GET /api/v1/models': { auth: 'read', other: 'own' },
  'GET /api/v1/prices': { auth: 'read', other: 'own' },
  'GET /api/v1/prices/builtin': { auth: 'read', other: 'own' },
  'POST /api/v1/prices': { auth: 'manage', other: 'own', input: () => ({ model: 'x', rates: { input: '1' } }) },
  'POST /api/v1/prices/reprice': { auth: 'manage', other: 'own', input: () => ({ filters: { model: 'nothing' } }) },
  'PUT /api/v1/prices/:price_id': {
    auth: 'manage',
    other: 404,
    path: ({ price_id }) => `/api/v1/prices/${price_id}`,
    input: () => ({ model: 'x', rates: { input: '1' } }),
  },
  'DELETE /api/v1/prices/:price_id': {
    auth: 'manage',
    other: 404,
    path: ({ price_id }) => `/api/v1/prices/${price_id}`,
  },
  'GET /api/v1/savings': { auth: 'read', other: 'own' },
  'GET /api/v1/views': { auth: 'read', other: 'own' },
  'POST /api/v1/views': { auth: 'manage', other: 'own', input: () => ({ name: 'New', search: {} }) },
  'PUT /api/v1/views/:view_id': {
    auth: 'manage',
    other: 404,
    path: ({ view_id }) => `/api/v1/views/${view_id}`,
    input: () => ({ name: 'Renamed', search: {} }),
  },
  'DELETE /api/v1/views/:view_id': {
    auth: 'manage',
    other: 404,
    path: ({ view_id }) => `/api/v1/views/${view_id}`,
  },
  'GET /api/v1/traces': { auth: 'read', other: 'own' },
  'GET /api/v1/traces/:trace_id': { auth: 'read', other: 404, path: ({ trace_id }) => `/api/v1/traces/${trace_id}` },
  'GET /api/v1/spans/:span_id': { auth: 'read', other: 404, path: ({ span_id }) => `/api/v1/spans/${span_id}` },
  'GET /api/v1/data-health': { auth: 'read', other: 'own' },
  'GET /api/v1/stats': { auth: 'read', other: 'own' },
  'GET /api/v1/stats/series': { auth: 'read', other: 'own' },
  'GET /api/v1/stats/groups': { auth: 'read', other: 'own', path: () => '/api/v1/stats/groups?by=model' },
  'GET /api/v1/compare': {
    auth: 'read',
    other: 'own',
    path: () => '/api/v1/compare?by=query&a=status:error&b=has:user',
  },
  'GET /api/v1/openapi.json': { auth: 'none', other: 'n/a' },
  'GET /api/v1/session': { auth: 'any key', other: 'own' },
  'POST /api/v1/api-keys': {
    auth: 'manage',
    other: 'own',
    input: () => ({ name: 'New', scopes: ['manage'] }),
  },
  'GET /api/v1/api-keys': { auth: 'manage', other: 'own' },
  'DELETE /api/v1/api-keys/:key_id': {
    auth: 'manage',
    other: 404,
    path: ({ key_id }) => `/api/v1/api-keys/${key_id}`,
  },
};

/** The same for tRPC. */
export const PROCEDURES: Readonly<Record<string, Row>> = {
  'session.get': { auth: 'any key', other: 'own' },
  'requests.list': { auth: 'read', other: 'own', input: ({ org_id }) => ({ orgId: org_id, org_id }) },
  'requests.newer': { auth: 'read', other: 'own', input: ({ request_id }) => ({ id: request_id, filters: {} }) },
  'requests.values': { auth: 'read', other: 'own', input: ({ org_id }) => ({ field: 'user', filters: {}, org_id }) },
  'requests.get': { auth: 'read', other: 404, input: ({ request_id, org_id }) => ({ id: request_id, org_id }) },
  'requests.delete': { auth: 'manage', other: 404, input: ({ request_id }) => ({ id: request_id }) },
  'requests.deleteMany': { auth: 'manage', other: 'own', input: ({ request_id }) => ({ ids: [request_id] }) },
  'requests.deleteMatching': { auth: 'manage', other: 'own', input: () => ({ filters: { model: 'nothing' } }) },
  'jobs.list': { auth: 'read', other: 'own' },
  'jobs.get': { auth: 'read', other: 404, input: ({ job_id }) => ({ id: job_id }) },
  'jobs.cancel': { auth: 'manage', other: 404, input: ({ job_id }) => ({ id: job_id }) },
  'requests.log': { auth: 'ingest', other: 'own', input: ({ org_id }) => ({ logs: [{ ...aLogInput(), org_id }] }) },
  'traces.get': { auth: 'read', other: 404, input: ({ trace_id, org_id }) => ({ trace_id, org_id }) },
  'prices.list': { auth: 'read', other: 'own' },
  'prices.builtin': { auth: 'read', other: 'own', input: () => ({}) },
  'prices.models': { auth: 'read', other: 'own' },
  'prices.explain': { auth: 'read', other: 404, input: ({ request_id }) => ({ id: request_id }) },
  'prices.create': { auth: 'manage', other: 'own', input: () => ({ model: 'x', rates: { input: '1' } }) },
  'prices.reprice': { auth: 'manage', other: 'own', input: () => ({ filters: { model: 'nothing' } }) },
  'prices.save': {
    auth: 'manage',
    other: 404,
    input: ({ price_id }) => ({ id: price_id, price: { model: 'x', rates: { input: '1' } } }),
  },
  'prices.delete': { auth: 'manage', other: 404, input: ({ price_id, org_id }) => ({ id: price_id, org_id }) },
  'savings.get': { auth: 'read', other: 'own', input: ({ org_id }) => ({ org_id }) },
  'views.list': { auth: 'read', other: 'own' },
  'views.create': { auth: 'manage', other: 'own', input: () => ({ name: 'New', search: {} }) },
  'views.save': {
    auth: 'manage',
    other: 404,
    input: ({ view_id }) => ({ id: view_id, view: { name: 'Renamed', search: {} } }),
  },
  'views.delete': { auth: 'manage', other: 404, input: ({ view_id, org_id }) => ({ id: view_id, org_id }) },
  'traces.span': { auth: 'read', other: 404, input: ({ span_id, org_id }) => ({ id: span_id, org_id }) },
  'traces.list': { auth: 'read', other: 'own', input: ({ org_id }) => ({ org_id }) },
  'sessions.list': { auth: 'read', other: 'own', input: ({ org_id }) => ({ org_id }) },
  'sessions.get': { auth: 'read', other: 404, input: ({ session_id, org_id }) => ({ session_id, org_id }) },
  'users.list': { auth: 'read', other: 'own', input: ({ org_id }) => ({ org_id }) },
  'users.largest': { auth: 'read', other: 'own', input: ({ org_id }) => ({ org_id, sort: 'cost' }) },
  'users.get': { auth: 'read', other: 404, input: ({ user_id, org_id }) => ({ user_id, org_id }) },
  'stats.totals': { auth: 'read', other: 'own', input: ({ org_id }) => ({ org_id }) },
  'stats.facets': { auth: 'read', other: 'own', input: () => ({ filters: { user_id: 'of A' } }) },
  'stats.groups': { auth: 'read', other: 'own', input: () => ({ by: 'model' }) },
  'stats.series': { auth: 'read', other: 'own', input: () => ({}) },
  'stats.strip': { auth: 'read', other: 'own', input: () => ({}) },
  'releases.report': { auth: 'read', other: 'own', input: () => ({ by: 'query', a: 'status:error', b: 'has:user' }) },
  'releases.choices': { auth: 'read', other: 'own', input: ({ org_id }) => ({ by: 'model', org_id }) },
  'dataHealth.get': { auth: 'read', other: 'own' },
  'apiKeys.list': { auth: 'read', other: 'own' },
  'apiKeys.create': {
    auth: 'manage',
    other: 'own',
    input: () => ({ name: 'New', scopes: ['manage'] }),
  },
  'apiKeys.delete': { auth: 'manage', other: 404, input: ({ key_id, org_id }) => ({ id: key_id, org_id }) },
};
