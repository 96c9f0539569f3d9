/** SQL of savings: relations of calls that share a hash, read from the indices of hashes alone where these know enough. Pure. */
import { isOfFew } from '#shared/query/exactTerm';
import type { Query } from '#shared/query/parseQuery';
import type { OrgScope } from '#server/auth/orgScope';
import type { Parameters } from '#server/db/sql';
import { type FoundFilters, inOrderSql, termsOf, whereFilters } from '#server/requests/filters';
import { HASH_SHARE, HASH_SHARES } from '#server/requests/querySql';

/** Calls with fewer input tokens are below what providers cache. */
export const LEAST_PREFIX_TOKENS = 1_024;
/** How long a prefix is surely kept by those who keep it shortest. */
const KEPT = '5 minutes';
/** True of requests `r` that were long enough for a cache, and took nothing from one. */
export const IS_UNCACHED = `coalesce(r.cached_input_tokens, 0) = 0 AND r.input_tokens >= ${LEAST_PREFIX_TOKENS}`;

/** Requests `r` that match, but for those whose hash no other has. */
export function repeatedCallsSql(parameters: Parameters, scope: OrgScope, filters: FoundFilters): string {
  if (isSelective(filters)) return inOrderSql(parameters, scope, filters);
  return `(${sameHashSql(parameters, scope, filters)}) same JOIN requests r
    ON r.org_id = ${parameters.bind(scope.org_id)} AND r.id = same.id AND ${whereFilters(parameters, scope, filters)}`;
}

/** The ids of the requests of a time whose hash another one has too. Index `requests_by_hash` alone. */
function sameHashSql(parameters: Parameters, scope: OrgScope, { from, to }: FoundFilters): string {
  const time = whereFilters(parameters, scope, { from, to });
  return `SELECT found.id FROM ${HASH_SHARES} CROSS JOIN LATERAL (
      WITH own AS MATERIALIZED (
        SELECT r.id, r.request_hash AS hash FROM requests r
        WHERE ${time} AND r.request_hash IS NOT NULL AND ${HASH_SHARE('r.request_hash')} = share.n
      )
      SELECT own.id FROM (SELECT hash FROM own GROUP BY hash HAVING count(*) > 1 OFFSET 0) twice JOIN own USING (hash)
    ) found`;
}

/** True where an index leads to few requests. */
function isSelective(filters: FoundFilters): boolean {
  const { ids, user_id, session_id, trace_id } = filters;
  return (ids ?? user_id ?? session_id ?? trace_id) !== undefined || termsOf(filters).some(isOfFew);
}

/** What calls without a cache add up to by prefix, model and provider, with their `tokens`. */
export function prefixSumsSql(parameters: Parameters, scope: OrgScope, filters: FoundFilters): string {
  const isOfIndex = isAnsweredByIndex(filters);
  const from = isOfIndex
    ? `requests r WHERE ${whereFilters(parameters, scope, filters)} AND ${HASH_SHARE('r.prefix_hash')} = share.n`
    : `${inOrderSql(parameters, scope, filters)} WHERE true`;
  const sums = sumPrefixesSql(`${from} AND r.status = 'success' AND r.prefix_hash IS NOT NULL`);
  return isOfIndex ? `SELECT own.* FROM ${HASH_SHARES} CROSS JOIN LATERAL (${sums} OFFSET 0) own` : sums;
}

/** By prefix, model and provider; first by spans of five minutes, in each of which one call would have written the prefix. */
function sumPrefixesSql(from: string): string {
  return `SELECT prefix_hash AS hash, model, provider, sum(least(uncached, calls - 1))::bigint AS requests,
      count(*) AS moments, sum(tokens) AS tokens, min(first_at) AS first_at, max(last_at) AS last_at
    FROM (
      SELECT r.prefix_hash, r.model, r.provider, count(*) AS calls, count(*) FILTER (WHERE ${IS_UNCACHED}) AS uncached,
        sum(r.input_tokens) FILTER (WHERE ${IS_UNCACHED}) AS tokens,
        min(r.started_at) FILTER (WHERE ${IS_UNCACHED}) AS first_at, max(r.started_at) FILTER (WHERE ${IS_UNCACHED}) AS last_at
      FROM ${from}
      GROUP BY r.prefix_hash, r.model, r.provider, date_bin(interval '${KEPT}', r.started_at, 'epoch'::timestamptz)
    ) moments WHERE uncached > 0 GROUP BY prefix_hash, model, provider HAVING sum(least(uncached, calls - 1)) > 0`;
}

/** What stands in `requests_by_prefix`. */
const IN_PREFIX_INDEX: ReadonlySet<string> = new Set(['from', 'to', 'model', 'provider', 'status']);

/** True where all that the filters ask of calls with a prefix stands in the index of prefixes. */
export function isAnsweredByIndex(filters: FoundFilters): boolean {
  const { q: _q, terms: _terms, ...plain } = filters;
  const isField = (term: Query) => term.kind === 'time' || (term.kind === 'text' && IN_PREFIX_INDEX.has(term.field));
  return (
    Object.entries(plain).every(([name, value]) => value === undefined || IN_PREFIX_INDEX.has(name)) &&
    termsOf(filters).every(isField)
  );
}
