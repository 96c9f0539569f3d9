/** What the address of the Requests page says: filters, page and open request. Reload and Back give the same view. */
import { z } from 'zod';
import { Cursor, RequestId } from '#shared/primitives';
import { RequestFilters, type ListRequestsInput } from '#shared/request';
import { startOfRange, TIME_RANGES, type TimeRange } from '../../lib/time.ts';
import { FILTER_FIELDS, FILTER_LABELS, type FilterField } from './requestFields.ts';

export const RequestsSearch = RequestFilters.extend({
  /** A time range that moves with the clock; `from` and `to` are fixed times. */
  range: z.enum(Object.keys(TIME_RANGES) as [TimeRange, ...TimeRange[]]).optional(),
  cursor: Cursor.optional(),
  /** The request that is open beside the list. */
  id: RequestId.optional(),
});
export type RequestsSearch = z.infer<typeof RequestsSearch>;

export type ActiveFilter = { readonly field: keyof RequestsSearch; readonly label: string; readonly value: string };

/** Reads the address. A part that makes no sense is left out: a mistyped link still opens the list. */
export function parseRequestsSearch(raw: Record<string, unknown>): RequestsSearch {
  const candidate = typeof raw.tag === 'string' ? { ...raw, tag: [raw.tag] } : raw;
  const parsed = RequestsSearch.safeParse(candidate);
  if (parsed.success) return withOneTime(parsed.data);
  const wrong = new Set(parsed.error.issues.map((issue) => issue.path[0]));
  const rest = Object.entries(candidate).filter(([name]) => !wrong.has(name));
  return withOneTime(RequestsSearch.safeParse(Object.fromEntries(rest)).data ?? {});
}

/** The same for the router, which goes on with what it was not told to leave: what was left out is named as nothing. */
export function validateRequestsSearch(raw: Record<string, unknown>): RequestsSearch {
  const taken = parseRequestsSearch(raw);
  const leftOut = Object.keys(raw).filter((name) => !Object.hasOwn(taken, name));
  return { ...Object.fromEntries(leftOut.map((name) => [name, undefined])), ...taken };
}

/** A range that moves counts rather than fixed times beside it; of times in the wrong order the first. */
function withOneTime(search: RequestsSearch): RequestsSearch {
  const { from, to, ...rest } = search;
  if (rest.range !== undefined) return rest;
  const isReversed = from !== undefined && to !== undefined && Date.parse(from) > Date.parse(to);
  return isReversed ? { ...rest, from } : search;
}

/** What the server is asked for. */
export function toFilters(search: RequestsSearch, now: number): RequestFilters {
  const { range, cursor: _cursor, id: _id, ...filters } = search;
  return range ? { ...filters, from: startOfRange(range, now) } : filters;
}

export function toListInput(search: RequestsSearch, now: number, limit: number): ListRequestsInput {
  return { ...toFilters(search, now), ...(search.cursor ? { cursor: search.cursor } : {}), limit, sort: '-time' };
}

/** Everything that narrows the list, one entry for each value. */
export function activeFilters(search: RequestsSearch): ActiveFilter[] {
  const named = FILTER_FIELDS.flatMap((field) =>
    [search[field] ?? []].flat().map((value) => ({ field, label: FILTER_LABELS[field], value })),
  );
  const others: ActiveFilter[] = [];
  if (search.status) others.push({ field: 'status', label: 'Status', value: search.status });
  if (search.q) others.push({ field: 'q', label: 'Query', value: search.q });
  if (search.range) others.push({ field: 'range', label: 'Time', value: TIME_RANGES[search.range].label });
  if (search.from) others.push({ field: 'from', label: 'From', value: search.from });
  if (search.to) others.push({ field: 'to', label: 'Until', value: search.to });
  return [...others, ...named];
}

/** Narrows the list to a value. The page starts anew and the open request closes: the list is what one wants to see. */
export function withFilter(search: RequestsSearch, field: FilterField, value: string): RequestsSearch {
  const filters = firstPage(search);
  if (field !== 'tag') return { ...filters, [field]: value };
  return { ...filters, tag: [...new Set([...(search.tag ?? []), value])] };
}

export function withoutFilter(search: RequestsSearch, { field, value }: ActiveFilter): RequestsSearch {
  const filters = firstPage(search);
  const tags = field === 'tag' ? filters.tag?.filter((tag) => tag !== value) : undefined;
  delete filters[field];
  return tags && tags.length > 0 ? { ...filters, tag: tags } : filters;
}

/** The same filters on their first page, with nothing open. */
export function firstPage(search: RequestsSearch): RequestsSearch {
  const { cursor: _cursor, id: _id, ...filters } = search;
  return filters;
}
