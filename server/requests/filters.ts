/** RequestFilters as a WHERE clause: the one translation that lists, totals and exports share. */
import { columnOf, isColumnField } from '#shared/query/fields';
import { exactTermOf } from '#shared/query/exactTerm';
import { parseQuery, type Query } from '#shared/query/parseQuery';
import { COLUMN_FILTERS, type RequestFilters } from '#shared/request';
import { Span } from '#shared/trace';
import type { OrgScope } from '#server/auth/orgScope';
import type { Parameters } from '#server/db/sql';
import { AppError } from '#server/errors';
import type { RequestRow } from './entity.ts';
import { querySql } from './querySql.ts';

type ColumnFilter = keyof typeof COLUMN_FILTERS;

/** Filters that are an equality with the column of their name: a filter without a column does not compile. */
const EQUALITIES: readonly (ColumnFilter & keyof RequestRow)[] = Object.keys(COLUMN_FILTERS) as ColumnFilter[]; // Its keys.

/** Filters as the server passes them on. */
export interface FoundFilters extends RequestFilters {
  /** Only these requests: those that hold the words that were looked for. */
  readonly ids?: readonly string[];
  /** More that must match, besides `q`. */
  readonly terms?: readonly Query[];
}

/** The terms that must all match. */
export function termsOf({ q, terms = [] }: FoundFilters): readonly Query[] {
  const query = q === undefined ? null : parseQuery(q).query;
  return [...(query === null ? [] : query.kind === 'and' ? query.of : [query]), ...terms];
}

/**
 * The condition on `requests r`, bound to the organization of the scope.
 * @throws {AppError} `invalid_value` where `from` is later than `to`.
 */
export function whereFilters(parameters: Parameters, scope: OrgScope, filters: FoundFilters): string {
  const conditions = [`r.org_id = ${parameters.bind(scope.org_id)}`];
  if (filters.ids) conditions.push(`r.id = ANY(${parameters.bind(filters.ids)})`);
  for (const name of EQUALITIES) {
    const value = filters[name];
    if (value !== undefined) conditions.push(`r.${name} = ${parameters.bind(value)}`);
  }
  // The partial index on what failed is used only when the planner can see that success is left out.
  if (filters.status !== undefined && filters.status !== 'success') conditions.push("r.status <> 'success'");
  // A condition each: one object would keep only the last of two values asked of the same key.
  for (const tag of filters.tag ?? []) {
    conditions.push(`r.tags @> ${parameters.bind(JSON.stringify(Object.fromEntries([splitTag(tag)])))}::jsonb`);
  }
  const { from, to } = readRange(filters);
  if (from !== null) conditions.push(`r.started_at >= ${parameters.bind(from)}::timestamptz`);
  if (to !== null) conditions.push(`r.started_at < ${parameters.bind(to)}::timestamptz`);
  for (const term of termsOf(filters)) conditions.push(querySql(parameters, scope, term));
  return conditions.join(' AND ');
}

/** Columns with an index of their own that is in the order of time, what leaves fewest first. */
export const WALKED_COLUMNS = [
  'trace_id',
  'session_id',
  'user_id',
  'prompt_slug',
  'status',
  'model',
  'release',
] as const satisfies readonly (ColumnFilter | 'release')[];
export type WalkedColumn = (typeof WALKED_COLUMNS)[number];

/** The value that a filter of its own asks of such a column; undefined where none does. */
export function givenValue(filters: RequestFilters, column: WalkedColumn): string | undefined {
  // A release is asked for by the query language alone.
  return column === 'release' ? undefined : filters[column];
}

/** The column and the one value of it that a term asks for, such as `user:ada`; null of any other term. */
export function walkedValue(term: Query): { readonly column: WalkedColumn; readonly value: string } | null {
  const exact = exactTermOf(term);
  if (exact === null || !isColumnField(exact.field)) return null;
  const name = columnOf(exact.field);
  const column = WALKED_COLUMNS.find((each) => each === name);
  return column === undefined ? null : { column, value: exact.value };
}

/** How a list that is walked in the order of time is narrowed by an index, before its filters are asked row by row. */
export interface WalkSql {
  /** The condition on `requests r`: the organization, the range of time, and at most one column or hash. */
  readonly where: string;
  /** True where that is all that the filters ask: then nothing is walked in vain. */
  readonly isWhole: boolean;
  /** True where it is more than the organization. */
  readonly isNarrow: boolean;
}

/** The part of `whereFilters` that an index answers row after row in the order of the list. */
export function whereWalked(parameters: Parameters, scope: OrgScope, filters: FoundFilters): WalkSql {
  const terms = termsOf(filters);
  const conditions = [`r.org_id = ${parameters.bind(scope.org_id)}`];
  const [from, to] = [toUtc(filters.from), toUtc(filters.to)];
  if (from !== null) conditions.push(`r.started_at >= ${parameters.bind(from)}::timestamptz`);
  if (to !== null) conditions.push(`r.started_at < ${parameters.bind(to)}::timestamptz`);
  const times = terms.filter((term) => term.kind === 'time');
  for (const time of times) conditions.push(querySql(parameters, scope, time));
  const hash = terms.find((term) => term.kind === 'text' && (term.field === 'hash' || term.field === 'prefix'));
  if (hash) conditions.push(querySql(parameters, scope, hash));
  const named = terms.map(walkedValue);
  const asked = WALKED_COLUMNS.map((name) => {
    const term = named.find((each) => each?.column === name);
    return { name, value: givenValue(filters, name) ?? term?.value ?? null };
  }).find(({ name, value }) => !hash && value !== null && !(name === 'status' && value === 'success'));
  if (asked) {
    const { name, value } = asked;
    conditions.push(`r.${name} = ${parameters.bind(value)}`);
    if (name === 'status') conditions.push("r.status <> 'success'");
  }
  const given = Object.entries(filters).filter(
    ([name, value]) =>
      value !== undefined && !['from', 'to', 'q', 'terms'].includes(name) && !(name === 'tag' && value.length === 0),
  );
  return {
    where: conditions.join(' AND '),
    isWhole: given.length + terms.length === times.length + (asked || hash ? 1 : 0),
    isNarrow: conditions.length > 1,
  };
}

/**
 * A relation `r` of the requests that match, for who reads all of them: as an index in the order of time leads to them, whose
 * filters are asked row by row. Where few are expected to match, the planner would take a bitmap of all and sort what is left;
 * one that outgrows its memory looks at the rows of others on the same pages (docs/decisions/043).
 */
export function inOrderSql(parameters: Parameters, scope: OrgScope, filters: FoundFilters): string {
  const { ids, ...others } = filters;
  if (ids) return namedSql(parameters, scope, others, ids);
  const { where } = whereWalked(parameters, scope, filters);
  return `(SELECT r.* FROM (
      SELECT r.* FROM requests r WHERE ${where} ORDER BY r.started_at DESC, r.id DESC OFFSET 0
    ) r WHERE ${whereFilters(parameters, scope, filters)}) r`;
}

/**
 * A relation `r` of those of some requests that match. They are read by their keys; behind OFFSET a filter cannot become an
 * index that is read beside: for thirty requests, 36,000 entries of their model took 20 ms.
 */
export function namedSql(
  parameters: Parameters,
  scope: OrgScope,
  filters: FoundFilters,
  ids: readonly string[],
): string {
  return `(SELECT r.* FROM (
      SELECT r.* FROM requests r WHERE r.org_id = ${parameters.bind(scope.org_id)} AND r.id = ANY(${parameters.bind(ids)}) OFFSET 0
    ) r WHERE ${whereFilters(parameters, scope, filters)}) r`;
}

/** Filters by what a request has and a span has not; the status of a span is another, and queries ask for requests. */
const OF_REQUESTS_ALONE: readonly (keyof RequestFilters)[] = [
  'q',
  ...EQUALITIES.filter((name) => name === 'status' || !Object.hasOwn(Span.shape, name)),
];

/** The same condition on spans, called `r` as well; null where it names something that spans do not have. */
export function whereSpanFilters(parameters: Parameters, scope: OrgScope, filters: RequestFilters): string | null {
  if (OF_REQUESTS_ALONE.some((name) => filters[name] !== undefined)) return null;
  return whereFilters(parameters, scope, filters);
}

/** True where nothing narrows the list. */
export function isUnfiltered(filters: FoundFilters): boolean {
  if (filters.ids || filters.terms) return false;
  return Object.values(filters).every(
    (value) => value === undefined || value === '' || (Array.isArray(value) && value.length === 0),
  );
}

/**
 * The times that a filter asks for; null where it has none.
 * @throws {AppError} `invalid_value` where `from` is later than `to`.
 */
export function readRange(filters: Pick<RequestFilters, 'from' | 'to'>): { from: string | null; to: string | null } {
  const [from, to] = [toUtc(filters.from), toUtc(filters.to)];
  if (from !== null && to !== null && from > to) {
    throw new AppError('invalid_value', '`from` must not be later than `to`.', { param: 'from' });
  }
  return { from, to };
}

/** In UTC: Postgres knows no offsets beyond 16 hours, ISO-8601 does. */
function toUtc(time: string | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}

/** `env:prod` as `['env', 'prod']`; a value may hold colons. */
function splitTag(tag: string): [string, string] {
  const colon = tag.indexOf(':');
  return [tag.slice(0, colon), tag.slice(colon + 1)];
}
