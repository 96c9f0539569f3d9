/** The search part of our URLs: `?status=error&tag=env:prod&tag=team:a`, the same form as the REST API's. */

/** Parameters by name; one that is given more than once is a list. */
export type SearchParams = { [name: string]: string | string[] };

/** A name given more than once becomes a list. */
export function parseSearchParams(search: string): SearchParams {
  const params = new URLSearchParams(search);
  const names = new Set(params.keys());
  // The router copies by assignment, which would change a prototype.
  names.delete('__proto__');
  return Object.fromEntries(
    [...names].map((name) => {
      const values = params.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? '') : values];
    }),
  );
}

/** Leaves out what has no value. Keeps `:` and `/` readable: they need no escape in a query. */
export function stringifySearchParams(search: Record<string, unknown>): string {
  const { leftOut, ...read } = search;
  const params = new URLSearchParams();
  append(params, read);
  // What a page could not read stays as it was, unless the name has a value now.
  if (typeof leftOut === 'object' && leftOut !== null) {
    const open = Object.entries(leftOut).filter(([name]) => !params.has(name));
    append(params, Object.fromEntries(open));
  }
  const text = params.toString().replaceAll('%3A', ':').replaceAll('%2F', '/');
  return text === '' ? '' : `?${text}`;
}

function append(params: URLSearchParams, search: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(search)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (typeof item === 'string' || typeof item === 'number') params.append(name, String(item));
    }
  }
}
