/** RequestFilters as statistics need them: what they ask of time, and of what else, told apart. Pure. */
import { DAY_MS } from '#shared/durations';
import { columnOf, isColumnField } from '#shared/query/fields';
import { exactTermOf, isOfFew } from '#shared/query/exactTerm';
import { parseQuery, type Query } from '#shared/query/parseQuery';
import { formatValue } from '#shared/query/tokens';
import type { RequestFilters } from '#shared/request';
import type { FoundFilters } from '#server/requests/filters';
import { type Dimension, DIMENSIONS } from '#server/rollups/rollUp';

export interface StatsFilter {
  /** Without `q`, `from` and `to`. */
  readonly plain: FoundFilters;
  /** All of these must match. */
  readonly terms: readonly Query[];
  /** Milliseconds: at or after, and before. Null: without an end. */
  readonly from: number | null;
  readonly to: number | null;
}

/** `now`: what ages such as `started:2h` count from. */
export function parseStatsFilter({ q, from, to, ...plain }: RequestFilters, now: Date): StatsFilter {
  const query = q === undefined ? null : parseQuery(q).query;
  const terms: Query[] = [];
  const range = { from: [from ? Date.parse(from) : -Infinity], to: [to ? Date.parse(to) : Infinity] };
  for (const term of query === null ? [] : conjuncts(query)) {
    if (term.kind === 'time') addTime(range, term, now);
    else terms.push(term);
  }
  const [first, last] = [Math.max(...range.from), Math.min(...range.to)];
  return { plain, terms, from: Number.isFinite(first) ? first : null, to: Number.isFinite(last) ? last : null };
}

/** What all must match. A range, such as `started:a..b`, is two terms, also beside others. */
function conjuncts(query: Query): readonly Query[] {
  return query.kind === 'and' ? query.of.flatMap(conjuncts) : [query];
}

/** Times are stored in whole milliseconds. */
function addTime(
  range: { from: number[]; to: number[] },
  { operator, value }: Extract<Query, { kind: 'time' }>,
  now: Date,
): void {
  if ('agoMs' in value) {
    (operator.startsWith('<') ? range.to : range.from).push(now.getTime() - value.agoMs);
    return;
  }
  const at = Date.parse(value.at);
  if (operator === '>') range.from.push(at + 1);
  else if (operator === '>=') range.from.push(at);
  else if (operator === '<') range.to.push(at);
  else if (operator === '<=') range.to.push(at + 1);
  else {
    range.from.push(at);
    range.to.push(at + DAY_MS);
  }
}

/** What a rollup may tell apart: a dimension, or the user. */
export type RollupKey = Dimension | 'user_id';

/** The dimension of the rollups that a field of the query language is; undefined where it is none. */
export function dimensionOf(field: string): Dimension | undefined {
  const column = isColumnField(field) ? columnOf(field) : null;
  return DIMENSIONS.find((each) => each === column);
}

/** The key by which a field of the query language is told apart in a rollup; undefined where in none. */
export function rollupKeyOf(field: string): RollupKey | undefined {
  return field === 'user' ? 'user_id' : dimensionOf(field);
}

/** Which keys of the rollups the filter asks of; null where it asks of something else as well. */
export function askedKeys({ plain, terms }: StatsFilter): ReadonlySet<RollupKey> | null {
  const found = new Set<RollupKey>();
  for (const [name, value] of Object.entries(plain)) {
    if (value === undefined || (name === 'tag' && value.length === 0)) continue;
    const key = name === 'user_id' ? name : DIMENSIONS.find((each) => each === name);
    if (!key) return null;
    found.add(key);
  }
  for (const field of terms.flatMap(fieldsOf)) {
    const key = field === null ? undefined : rollupKeyOf(field);
    if (!key) return null;
    found.add(key);
  }
  return found;
}

/** The user that the filter asks for, where it is one alone. */
export function userOf({ plain, terms }: StatsFilter): string | null {
  if (plain.user_id !== undefined) return plain.user_id;
  return terms.map(exactTermOf).find((term) => term?.field === 'user')?.value ?? null;
}

/** The dimensions for which the filter asks exactly one value. */
export function valuesOf({ plain, terms }: StatsFilter): ReadonlyMap<Dimension, string> {
  const values = new Map<Dimension, string>();
  for (const term of terms.map(exactTermOf)) {
    const dimension = term && dimensionOf(term.field);
    if (dimension) values.set(dimension, term.value);
  }
  for (const dimension of DIMENSIONS) {
    const value = plain[dimension];
    if (value !== undefined) values.set(dimension, value);
  }
  return values;
}

/** The filter without what it asks of one field, which a facet leaves out: else it could offer nothing but what is set. */
export function withoutField({ plain, terms, ...range }: StatsFilter, field: string): StatsFilter {
  const column = isColumnField(field) ? columnOf(field) : null;
  const { tag, ...rest } = plain;
  return {
    ...range,
    plain: {
      ...Object.fromEntries(Object.entries(rest).filter(([name]) => name !== column)),
      ...(tag && field !== 'tag' ? { tag } : {}),
    },
    terms: terms.filter((term) => !fieldsOf(term).every((each) => each === field)),
  };
}

/** True where a condition reads payloads, which costs a hundred times as much a row. */
export function readsPayloads({ terms }: StatsFilter): boolean {
  const asks = (query: Query): boolean => {
    switch (query.kind) {
      case 'and':
      case 'or':
        return query.of.some(asks);
      case 'not':
        return asks(query.of);
      case 'words':
      case 'meta':
        return true;
      case 'has':
        return ['tools', 'metadata', 'response', 'called'].includes(query.what);
      case 'text':
        return ['tool', 'called'].includes(query.field);
      case 'number':
      case 'time':
      case 'tag':
        return false;
    }
  };
  return terms.some(asks);
}

/** True where an index leads to few rows: those of one user, session or trace. */
export function isSelective({ plain, terms }: StatsFilter): boolean {
  if (plain.user_id ?? plain.session_id ?? plain.trace_id ?? plain.ids) return true;
  return terms.some(isOfFew);
}

/** The fields that a query asks of; null for what has no name of its own. A prompt with its version is more than its slug. */
function fieldsOf(query: Query): (string | null)[] {
  switch (query.kind) {
    case 'and':
    case 'or':
      return query.of.flatMap(fieldsOf);
    case 'not':
      return fieldsOf(query.of);
    case 'text':
      return [query.field === 'prompt' && formatValue(query.value).includes('@') ? null : query.field];
    case 'number':
      return [query.field];
    case 'tag':
      return ['tag'];
    case 'has':
      return [['prompt', 'env', 'user'].includes(query.what) ? query.what : null];
    case 'words':
    case 'meta':
    case 'time':
      return [null];
  }
}
