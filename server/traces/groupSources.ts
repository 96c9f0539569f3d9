/** Which rows are walked to find the traces, sessions or users that a filter asks for, and by which index. Pure. */
import { parseQuery, type Query } from '#shared/query/parseQuery';
import type { QueryFieldName, QueryPresence } from '#shared/query/fields';
import type { RequestFilters } from '#shared/request';
import type { OrgScope } from '#server/auth/orgScope';
import { existsInGroupSql, type GroupSource, type GroupWalk } from '#server/db/groupWalk';
import type { Parameters } from '#server/db/sql';
import {
  givenValue,
  readRange,
  WALKED_COLUMNS,
  type WalkedColumn,
  walkedValue,
  whereFilters,
  whereSpanFilters,
} from '#server/requests/filters';
import { querySql } from '#server/requests/querySql';

/** What a query may ask of a span; a span has the columns of these names. */
const SPAN_FIELDS: ReadonlySet<QueryFieldName> = new Set<QueryFieldName>([
  'env',
  'user',
  'session',
  'trace',
  'parent',
  'release',
  'name',
  'status',
  'latency',
  'started',
]);
const SPAN_PRESENCE: ReadonlySet<QueryPresence> = new Set<QueryPresence>(['error', 'trace', 'user', 'session', 'tags']);

/** Steps of a trace that are looked at to say how it went: as many as its sums count. */
export const SUMMED_ROWS = 1_000;

interface Asked {
  readonly org_id: string;
  readonly filters: RequestFilters;
  /** Values that a filter or a plain term of the query asks for, by column. */
  readonly values: ReadonlyMap<WalkedColumn, string>;
  readonly query: Query | null;
}

/** What to walk for a list of traces: a trace is listed where a step of it matches, and stands at the first that does. */
export function walkTraces(parameters: Parameters, scope: OrgScope, filters: RequestFilters): GroupWalk {
  const asked = readAsked(scope, filters);
  // That nothing failed is said of the whole trace, and not of a step.
  const isSuccess = asked.values.get('status') === 'success';
  const rest = isSuccess ? withoutStatus(asked) : asked;
  const spans = spanSource(parameters, scope, rest);
  return {
    ...walkOf(filters, scope),
    group: 'trace_id',
    decidedBy: 'first',
    sources: [requestSource(parameters, scope, rest), ...(spans ? [spans] : [])],
    ...(isSuccess && { condition: hasNoFailure(parameters, scope) }),
  };
}

/** What to walk for a list of sessions or users: one stands at the latest of its requests that match. */
export function walkRequestGroups(
  parameters: Parameters,
  scope: OrgScope,
  group: 'session_id' | 'user_id',
  filters: RequestFilters,
): GroupWalk {
  const sources = [requestSource(parameters, scope, readAsked(scope, filters))];
  return { ...walkOf(filters, scope), group, decidedBy: 'last', sources };
}

/** True where the words of payloads are read: fewer rows are walked then. */
export function readsPayloads({ q }: RequestFilters): boolean {
  const isHeavy = (query: Query): boolean => {
    if (query.kind === 'and' || query.kind === 'or') return query.of.some(isHeavy);
    if (query.kind === 'not') return isHeavy(query.of);
    return query.kind === 'words' || query.kind === 'meta' || query.kind === 'has';
  };
  const query = q === undefined ? null : parseQuery(q).query;
  return query !== null && isHeavy(query);
}

/** @throws {AppError} `invalid_value` where `from` is later than `to`. */
function walkOf(filters: RequestFilters, { org_id }: OrgScope): Pick<GroupWalk, 'org_id' | 'from' | 'to'> {
  return { org_id, ...readRange(filters) };
}

function readAsked({ org_id }: OrgScope, filters: RequestFilters): Asked {
  const query = filters.q === undefined ? null : parseQuery(filters.q).query;
  const values = new Map<WalkedColumn, string>();
  for (const part of plainParts(query)) {
    const asked = walkedValue(part);
    if (asked) values.set(asked.column, asked.value);
  }
  for (const column of WALKED_COLUMNS) {
    const value = givenValue(filters, column);
    if (value !== undefined) values.set(column, value);
  }
  return { org_id, filters, values, query };
}

/** What all of the query's matches have in common. */
function plainParts(query: Query | null): readonly Query[] {
  if (query === null) return [];
  return query.kind === 'and' ? query.of.flatMap(plainParts) : [query];
}

function withoutStatus(asked: Asked): Asked {
  const isStatus = (query: Query) => query.kind === 'text' && query.field === 'status';
  const { status: _status, ...filters } = asked.filters;
  const values = new Map([...asked.values].filter(([column]) => column !== 'status'));
  const kept = plainParts(asked.query).filter((part) => !isStatus(part));
  const [first] = kept;
  const query = first === undefined ? null : kept.length === 1 ? first : ({ kind: 'and', of: kept } as const);
  return { ...asked, filters, values, query };
}

function requestSource(parameters: Parameters, scope: OrgScope, { filters, values, query }: Asked): GroupSource {
  const { q: _q, from: _from, to: _to, ...plain } = filters;
  const matches = [whereFilters(parameters, scope, plain)];
  if (query) matches.push(querySql(parameters, scope, query));
  const source = { table: 'requests', matches: matches.join(' AND ') } as const;
  // The index of status holds those alone that did not succeed.
  const column = WALKED_COLUMNS.find((name) => name !== 'status' && values.has(name));
  const value = column && values.get(column);
  if (column && value !== undefined) return { ...source, prefix: { column, value } };
  const status = values.get('status');
  if (status === undefined || status === 'success') return source;
  return { ...source, prefix: { column: 'status', value: status }, partial: "r.status <> 'success'" };
}

/** Null where the filter asks for what no span has. */
function spanSource(parameters: Parameters, scope: OrgScope, { filters, values, query }: Asked): GroupSource | null {
  const { q: _q, from: _from, to: _to, status, ...plain } = filters;
  if (query && !isOfSpans(query)) return null;
  const where = whereSpanFilters(parameters, scope, plain);
  if (where === null) return null;
  const matches = [where];
  if (status !== undefined) matches.push(`r.status = ${parameters.bind(status)}`);
  if (query) matches.push(querySql(parameters, scope, query));
  const source = { table: 'spans', matches: matches.join(' AND ') } as const;
  const trace = values.get('trace_id');
  if (trace !== undefined) return { ...source, prefix: { column: 'trace_id', value: trace } };
  if (values.get('status') === 'error') return { ...source, partial: "r.status = 'error'" };
  // What a trace hands to its steps stands at its root too, and the index holds those alone.
  const inherited = (['session_id', 'user_id'] as const).find((name) => values.has(name));
  const value = inherited && values.get(inherited);
  if (!inherited || value === undefined) return source;
  return { ...source, prefix: { column: inherited, value }, partial: 'r.parent_id IS NULL' };
}

function isOfSpans(query: Query): boolean {
  switch (query.kind) {
    case 'and':
    case 'or':
      return query.of.every(isOfSpans);
    case 'not':
      return isOfSpans(query.of);
    case 'text':
    case 'number':
      return SPAN_FIELDS.has(query.field);
    case 'time':
    case 'tag':
      return true;
    case 'has':
      return SPAN_PRESENCE.has(query.what);
    case 'words':
    case 'meta':
      return false;
  }
}

/** The condition that none of the first SUMMED_ROWS model calls, and as many spans, has failed. */
function hasNoFailure(parameters: Parameters, { org_id }: OrgScope): string {
  const rows = { org_id: parameters.bind(org_id), group: 'trace_id', name: 'found.name', limit: SUMMED_ROWS } as const;
  const failed = (table: 'requests' | 'spans') => existsInGroupSql({ ...rows, table }, "r.status = 'error'");
  return `NOT ${failed('requests')} AND NOT ${failed('spans')}`;
}
