/** Every read of the API, by every filter there is, as targets of GET: what the plans of queries are looked at for. */
import {
  type FieldType,
  type QueryField,
  QUERY_FIELDS,
  QUERY_PRESENCE,
  QUERY_PRESETS,
  type QueryFieldName,
  VALUE_FIELDS,
} from '#shared/query/fields';
import { formatTerm } from '#shared/query/terms';
import type { RequestFilters, RequestSummary } from '#shared/request';
import { SERIES_GROUPS } from '#shared/stats';
import { PROCEDURES, ROUTES, type Target } from './authorizationRows.ts';

/** A GET, and what it shows in a test. */
export interface ReadCall {
  readonly name: string;
  /** Path and query. */
  readonly path: string;
}

/** What is read, and what somebody has. */
export interface ReadSample {
  readonly target: Target;
  /** A request with as many fields as one has. */
  readonly request: RequestSummary;
  /** The newest request began before it. */
  readonly until: Date;
}

/**
 * What is asked of an organization: of its latest requests the one that says most of itself.
 * @param get answers the body of a GET with a key of that organization.
 */
export async function findReadSample(get: (path: string) => Promise<unknown>, until: Date): Promise<ReadSample> {
  const requests = (await get('/api/v1/requests?payload=false&limit=200')) as RequestSummary[]; // As the contract says.
  const countFields = (request: RequestSummary) => Object.values(request).filter((value) => value !== null).length;
  const [request] = requests.toSorted((a, b) => countFields(b) - countFields(a));
  if (!request) throw new Error('There are no requests to read.');
  const { id, user_id, session_id, trace_id } = request;
  const target = {
    org_id: id,
    request_id: id,
    span_id: id,
    key_id: id,
    job_id: id,
    view_id: id,
    price_id: id,
    user_id: user_id ?? NOBODY,
    session_id: session_id ?? NOBODY,
    trace_id: trace_id ?? NOBODY,
  };
  return { target, request, until };
}

type NamedFilters = readonly [name: string, filters: RequestFilters];

const NOBODY = 'no-such-value';

/**
 * Every procedure and every route that reads, once; the list of requests and their totals by every filter; and everything
 * else by filters of each kind, or also by every filter.
 */
export function listReadCalls(sample: ReadSample, breadth: 'some' | 'all'): ReadCall[] {
  const every = filtersOf(sample);
  const kinds = every.filter(([name]) => KINDS.has(name));
  const most = breadth === 'all' ? every : kinds;
  const by = (filters: readonly NamedFilters[], input: (filters: RequestFilters) => readonly [string, object]) =>
    filters.map(([name, each]) => {
      const [procedure, given] = input(each);
      return procedureCall(procedure, given, name);
    });
  return [
    ...readProcedures(sample.target),
    ...readRoutes(sample.target),
    ...['requests.list', 'stats.totals'].flatMap((procedure) => by(every, (filters) => [procedure, filters])),
    ...['traces.list', 'sessions.list', 'users.list'].flatMap((procedure) =>
      by(most, (filters) => [procedure, filters]),
    ),
    ...['stats.facets', 'stats.strip'].flatMap((procedure) => by(most, (filters) => [procedure, { filters }])),
    ...['-latency', 'cost', '-tokens', 'time'].flatMap((sort) =>
      by(kinds, (filters) => ['requests.list', { ...filters, sort }]),
    ),
    ...by(kinds, (filters) => ['requests.newer', { id: sample.target.request_id, filters }]),
    ...by(kinds, (filters) => ['savings.get', filters]),
    ...VALUE_FIELDS.map((field) => procedureCall('requests.values', { field, filters: {} }, field)),
    ...by(kinds, (filters) => ['requests.values', { field: 'user', prefix: 'a', filters }]),
    ...SERIES_GROUPS.map((group) => procedureCall('stats.series', { group, time_zone: 'Asia/Kolkata' }, group)),
    ...by(kinds, (filters) => ['stats.series', { filters: { ...lastDays(sample, 7), ...filters }, group: 'model' }]),
    ...groupFields().map((field) => procedureCall('stats.groups', { by: field, sort: 'cost' }, field)),
    ...by(kinds, (filters) => ['stats.groups', { by: 'user', filters }]),
    ...reports(sample),
    ...(['csv', 'jsonl', 'openai'] as const).map((format) => exportCall(format, { q: 'status:aborted' })),
    ...kinds.filter(([name]) => name.endsWith(NOBODY)).map(([, filters]) => exportCall('jsonl', filters)),
  ];
}

/** Filters of each kind. */
const KINDS: ReadonlySet<string> = new Set([
  'nothing',
  'provider',
  `provider ${NOBODY}`,
  'user_id',
  `user_id ${NOBODY}`,
  'environment',
  `environment ${NOBODY}`,
  'tag',
  `tag ${NOBODY}`,
  'status error',
  `hash ${NOBODY}`,
  'release:',
  `release ${NOBODY}`,
  `latency ${NOBODY}`,
  'a day three weeks ago',
  'a time when nothing was',
]);

/** By each filter of requests, each field and presence of the query language, times, words, and several at once. */
function filtersOf(sample: ReadSample): NamedFilters[] {
  const { request } = sample;
  const model = request.model;
  return [
    ['nothing', {}],
    ...equalities(request),
    ...(['success', 'error', 'aborted', 'incomplete'] as const).map((status): NamedFilters => [
      `status ${status}`,
      { status },
    ]),
    ...Object.entries(request.tags)
      .slice(0, 1)
      .map(([key, value]): NamedFilters => ['tag', { tag: [`${key}:${value}`] }]),
    [`tag ${NOBODY}`, { tag: [`team:${NOBODY}`] }],
    ['a day three weeks ago', { ...lastDays(sample, 21), to: daysBefore(sample, 20) }],
    ['a time when nothing was', { from: '2001-01-01T00:00:00Z', to: '2001-02-01T00:00:00Z' }],
    ...queries(request).map(([name, q]): NamedFilters => [name, { q }]),
    ['a model and an environment', { model, environment: request.environment ?? NOBODY }],
    ['three that never meet', { model, status: 'aborted', user_id: NOBODY }],
  ];
}

function equalities(request: RequestSummary): NamedFilters[] {
  const names = ['model', 'provider', 'prompt_slug', 'trace_id', 'user_id', 'session_id', 'environment'] as const;
  return names.flatMap((name) => {
    const value = request[name];
    const known: NamedFilters[] = value === null ? [] : [[name, { [name]: value }]];
    return [...known, [`${name} ${NOBODY}`, { [name]: NOBODY }]];
  });
}

/** What nobody has, by the type of a field. */
const MISSING: Readonly<Record<FieldType, string>> = {
  text: NOBODY,
  words: '"nobody wrote this"',
  count: '>999999999',
  duration: '>9h',
  money: '>900',
  time: '<2001-01-01',
};

function queries(request: RequestSummary): (readonly [string, string])[] {
  const fields = Object.entries<QueryField>(QUERY_FIELDS) as [QueryFieldName, QueryField][]; // Its own keys.
  return [
    ...fields.flatMap(([name, field]): (readonly [string, string])[] => {
      if (field.values) return field.values.map((value) => [`${name}:${value}`, `${name}:${value}`]);
      if (field.isHash) return [[`${name} ${NOBODY}`, `${name}:${'0'.repeat(32)}`]];
      const known = knownValue(request, name);
      return [
        ...(known === null ? [] : [[`${name}:`, formatTerm({ field: name, value: known })] as const]),
        [`${name} ${NOBODY}`, `${name}:${MISSING[field.type]}`],
        ...(field.type === 'text' ? [[`${name} no-such-*`, `${name}:no-such-*`] as const] : []),
      ];
    }),
    ...Object.keys(QUERY_PRESENCE).flatMap((what) => [
      [`has:${what}`, `has:${what}`] as const,
      [`-has:${what}`, `-has:${what}`] as const,
    ]),
    ...Object.keys(QUERY_PRESETS).map((preset) => [`is:${preset}`, `is:${preset}`] as const),
    ...[request.request_hash, request.prefix_hash].flatMap((hash, index) =>
      hash === null ? [] : [[index === 0 ? 'hash:' : 'prefix:', `${index === 0 ? 'hash' : 'prefix'}:${hash}`] as const],
    ),
    ['any value of a tag', 'tag.team:*'],
    ['a pattern of a tag', 'tag.team:no-such-*'],
    ['metadata', `meta.region:${NOBODY}`],
    ['words', 'parcel'],
    ['words that nobody wrote', 'qzxwvkjy'],
    ['words and a status', 'parcel status:error'],
    ['either of two fields', 'status:error OR latency:>30s'],
    ['neither of two fields', '-env:production -provider:openai'],
  ];
}

/** The value that a request has in a field whose name is that of its column, or nearly so. */
function knownValue(request: RequestSummary, name: QueryFieldName): string | null {
  const columns: Readonly<Record<string, string | null>> = {
    model: request.model,
    provider: request.provider,
    env: request.environment,
    user: request.user_id,
    session: request.session_id,
    trace: request.trace_id,
    prompt: request.prompt_slug,
    release: request.release,
    name: request.name,
    endpoint: request.endpoint,
    finish: request.finish_reason,
    id: request.id,
  };
  return columns[name] ?? null;
}

function reports({ request, until }: ReadSample): ReadCall[] {
  const report = (by: string, a: string, b: string) =>
    procedureCall('releases.report', { by, a, b }, `${by}, ${a}, ${b}`);
  return [
    report('release', request.release ?? NOBODY, 'no-such-release'),
    report('model', request.model, NOBODY),
    report('env', request.environment ?? NOBODY, 'no-such-environment'),
    report('provider', request.provider, NOBODY),
    report('prompt', request.prompt_slug ?? NOBODY, 'no-such-prompt'),
    report('query', 'status:error', 'latency:>9h'),
    report('period', `..${new Date(until.getTime() - 7 * DAY_MS).toISOString()}`, '7d'),
    ...(['release', 'prompt', 'model', 'env', 'provider'] as const).map((by) =>
      procedureCall('releases.choices', { by }, by),
    ),
  ];
}

const DAY_MS = 86_400_000;
const daysBefore = ({ until }: ReadSample, days: number) => new Date(until.getTime() - days * DAY_MS).toISOString();
const lastDays = (sample: ReadSample, days: number) => ({ from: daysBefore(sample, days) });
const groupFields = () => [...SERIES_GROUPS, 'tag.team'];

function procedureCall(procedure: string, input: object | undefined, about = ''): ReadCall {
  const query = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`;
  return { name: about === '' ? procedure : `${procedure}, ${about}`, path: `/trpc/${procedure}${query}` };
}

function exportCall(format: string, filters: RequestFilters): ReadCall {
  const query = new URLSearchParams({ format });
  for (const [name, value] of Object.entries(filters)) for (const each of [value].flat()) query.append(name, each);
  return { name: `export ${format}, ${query}`, path: `/api/v1/requests/export?${query}` };
}

/** Calls that end in a 404 for want of such a row read it by its id all the same. */
function readProcedures(target: Target): ReadCall[] {
  return Object.entries(PROCEDURES)
    .filter(([name, { auth }]) => auth === 'read' || auth === 'any key' || name.endsWith('.list'))
    .map(([name, { input }]) => procedureCall(name, input?.(target) as object | undefined)); // As the rows give it.
}

/** But for exports, of which a part is asked for: everything takes minutes. */
function readRoutes(target: Target): ReadCall[] {
  return Object.entries(ROUTES)
    .filter(([route, { auth }]) => route.startsWith('GET ') && ['read', 'manage', 'any key'].includes(auth))
    .filter(([route]) => !route.endsWith('/export'))
    .map(([route, { path }]) => ({ name: route, path: path?.(target) ?? route.slice('GET '.length) }));
}
