import type { RequestSummary } from '#shared/request';

/** The columns that hold a field's values. */
const COLUMNS: ReadonlyMap<string, keyof RequestSummary> = new Map([
  ['model', 'model'],
  ['provider', 'provider'],
  ['env', 'environment'],
  ['user', 'user_id'],
  ['session', 'session_id'],
  ['trace', 'trace_id'],
  ['prompt', 'prompt_slug'],
  ['release', 'release'],
  ['name', 'name'],
  ['endpoint', 'endpoint'],
  ['finish', 'finish_reason'],
  ['tier', 'service_tier'],
]);

/** What the rows in view have in a field of the query language, for completing. */
export function valuesInView(rows: readonly RequestSummary[], field: string): string[] {
  const column = COLUMNS.get(field);
  if (column === undefined) return [];
  const values = rows.map((row) => row[column]).filter((value) => typeof value === 'string' && value !== '');
  return [...new Set(values as string[])].toSorted(); // By the filter.
}
