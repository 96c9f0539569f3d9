/** RequestFilters as a WHERE clause: the one translation that lists, totals and exports share. */
import type { RequestFilters } from '#shared/request';
import type { OrgScope } from '#server/auth/orgScope';
import type { Parameters } from '#server/db/sql';

/** Filters that are an equality with the column of their name. */
const EQUALITIES = [
  'model',
  'provider',
  'status',
  'prompt_slug',
  'trace_id',
  'user_id',
  'session_id',
  'environment',
] as const satisfies readonly (keyof RequestFilters)[];

/** The condition on `requests r`, bound to the organization of the scope. */
export function whereFilters(parameters: Parameters, scope: OrgScope, filters: RequestFilters): string {
  const conditions = [`r.org_id = ${parameters.bind(scope.org_id)}`];
  for (const name of EQUALITIES) {
    const value = filters[name];
    if (value !== undefined) conditions.push(`r.${name} = ${parameters.bind(value)}`);
  }
  // The partial index on what failed is used only when the planner can see that success is left out.
  if (filters.status !== undefined && filters.status !== 'success') conditions.push("r.status <> 'success'");
  if (filters.tag !== undefined && filters.tag.length > 0) {
    conditions.push(
      `r.tags @> ${parameters.bind(JSON.stringify(Object.fromEntries(filters.tag.map(splitTag))))}::jsonb`,
    );
  }
  if (filters.from !== undefined) conditions.push(`r.started_at >= ${parameters.bind(filters.from)}::timestamptz`);
  if (filters.to !== undefined) conditions.push(`r.started_at < ${parameters.bind(filters.to)}::timestamptz`);
  return conditions.join(' AND ');
}

/** True where nothing narrows the list. */
export function isUnfiltered(filters: RequestFilters): boolean {
  return Object.values(filters).every((value) => value === undefined || (Array.isArray(value) && value.length === 0));
}

/** `env:prod` as `['env', 'prod']`; a value may hold colons. */
function splitTag(tag: string): [string, string] {
  const colon = tag.indexOf(':');
  return [tag.slice(0, colon), tag.slice(colon + 1)];
}
