/**
 * What the address of any page says, read once for all of them: reload, Back and a shared link give the same view. A part
 * that cannot be read is left out, is never sent to the server, and stays in the address until something else is asked for,
 * so that the page can say which part that was. Old links are read as what they mean today.
 */
import type { RequestId } from '#shared/primitives';
import type { RequestFilters } from '#shared/request';
import { parseQuery } from '#shared/query/parseQuery';
import { formatTerm } from '#shared/query/terms';
import { boundsOf, readTime } from './timeRange.ts';

/** The parameters of an address, each checked. All are optional: a page that needs one has a usual value. */
export interface PageSearch {
  /** A text of the query language. */
  readonly q?: string;
  /** The time (`timeRange.ts`); shared by all pages. */
  readonly t?: string;
  /** The environment that all pages are narrowed to. */
  readonly env?: string;
  /** A column, with a minus for the largest first; missing: the newest first. */
  readonly sort?: string;
  /** The request that is open beside the list, and what is shown of it. */
  readonly id?: RequestId;
  readonly tab?: string;
  readonly view?: string;
  /** Where a page of a list begins or ends: an opaque place in it. */
  readonly after?: string;
  readonly before?: string;
  /** Names of columns, joined by commas, where they are not the usual ones. */
  readonly cols?: string;
  readonly density?: string;
  /** A saved view, from which the rest of the address may differ. */
  readonly v?: string;
  /** Of a trace: the selected step, and how the steps are shown. */
  readonly step?: string;
  readonly mode?: string;
  /** Of the analytics: what the charts are told apart by, and with which time the numbers are compared. */
  readonly by?: string;
  readonly vs?: string;
  /** Requests to compare, two to four of them, joined by commas. */
  readonly ids?: string;
  /** Two groups of requests to compare; `by` is what tells them apart. */
  readonly a?: string;
  readonly b?: string;
  /** What could not be read, by name. It is written into the address as it was, and never as `leftOut`. */
  readonly leftOut?: LeftOut;
}
type LeftOutParts = Map<string, string | readonly string[]>;

type Part = Exclude<keyof PageSearch, 'leftOut'>;

/** Parameters by name, as the address has them. */
export type LeftOut = { readonly [name: string]: string | readonly string[] };

/** The parameters as the address has them: a name given twice is a list. */
export type RawSearch = { readonly [name: string]: unknown };

const isLine = (text: string, longest = 256) =>
  // oxlint-disable-next-line no-control-regex -- what a name must not hold
  text.length <= longest && text.trim() === text && text.isWellFormed() && !/[\u0000-\u001f\u007f]/.test(text);
const isWord = (text: string) => /^[a-z][a-z0-9_]{0,39}$/i.test(text);

/** What each part may be; an empty part says nothing. */
const PARTS: Readonly<Record<Part, (text: string) => boolean>> = {
  q: (text) => parseQuery(text).problem === null,
  t: (text) => readTime(text) !== null,
  env: (text) => isLine(text),
  // Those of the list of requests, and what users are ranked by.
  sort: (text) => /^(-?(time|latency|cost|tokens)|-(requests|errors))$/.test(text),
  id: isRequestId,
  tab: isWord,
  view: isWord,
  after: isCursor,
  before: isCursor,
  cols: (text) => /^[a-z_]{1,30}(,[a-z_]{1,30}){0,29}$/.test(text),
  density: isWord,
  v: (text) => /^[\w-]{1,64}$/.test(text),
  step: (text) => isLine(text),
  mode: isWord,
  by: (text) => isLine(text),
  vs: isWord,
  a: (text) => isLine(text, 1_000),
  b: (text) => isLine(text, 1_000),
  ids: (text) => text.split(',').length <= 4 && text.split(',').every((id) => isRequestId(id.trim().toLowerCase())),
};
const PART_NAMES = Object.keys(PARTS) as Part[];

/** Filters of older links, which are terms of the query today. */
const OLD_FILTERS: Readonly<Record<string, string>> = {
  status: 'status',
  model: 'model',
  provider: 'provider',
  prompt_slug: 'prompt',
  trace_id: 'trace',
  user_id: 'user',
  session_id: 'session',
  environment: 'env',
};
const OLD_NAMES = new Set([...Object.keys(OLD_FILTERS), 'tag', 'range', 'from', 'to', 'cursor']);

/** Reads an address. */
export function readSearch(raw: RawSearch): PageSearch {
  const search = {} as { -readonly [Name in Part]?: string };
  // A Map: an address may have a part of any name, `__proto__` too.
  const leftOut: LeftOutParts = new Map(Object.entries(ownLeftOut(raw.leftOut)));
  for (const name of PART_NAMES) {
    const value = Object.hasOwn(raw, name) ? raw[name] : undefined;
    const text = typeof value === 'string' ? value.trim() : value;
    if (text === undefined || text === '') continue;
    if (typeof text === 'string' && PARTS[name](text)) search[name] = text;
    else if (isText(value)) leftOut.set(name, value);
  }
  for (const [name, value] of Object.entries(raw)) {
    if (Object.hasOwn(PARTS, name) || !isText(value) || value === '') continue;
    if (!OLD_NAMES.has(name)) leftOut.set(name, value);
  }
  readOldLink(raw, search, leftOut);
  if (search.before !== undefined && search.after !== undefined) delete search.before;
  if (search.id !== undefined) search.id = search.id.toLowerCase();
  // One name cannot stand for both in an address.
  for (const name of PART_NAMES) if (search[name] !== undefined) leftOut.delete(name);
  const known = search as PageSearch; // Each part was checked, the id too.
  return leftOut.size === 0 ? known : { ...known, leftOut: Object.fromEntries(leftOut) };
}

/**
 * The same for the router, which goes on with what it was not told to leave: a name that is not taken is named as nothing.
 */
export function validateSearch(raw: Record<string, unknown>): PageSearch {
  const taken = readSearch(raw);
  const others = Object.keys(raw).filter((name) => !Object.hasOwn(taken, name));
  return { ...Object.fromEntries(others.map((name) => [name, undefined])), ...taken };
}

/** `range=2h, foo=bar` of what could not be read; null where all could. */
export function sayLeftOut({ leftOut }: PageSearch): string | null {
  if (leftOut === undefined) return null;
  const parts = Object.entries(leftOut).flatMap(([name, value]) =>
    [value].flat().map((text) => `${name}=${text.length > 60 ? `${text.slice(0, 60)}…` : text}`),
  );
  return parts.join(', ');
}

/** What the pages share: it travels with each link of the navigation. */
export function sharedSearch({ t, env }: PageSearch): PageSearch {
  return { ...(t !== undefined && { t }), ...(env !== undefined && { env }) };
}

/**
 * The address with other parts, undefined for one that goes. A place in the list is lost with any change of what is listed;
 * what could not be read before is forgotten.
 */
export function changeSearch(
  search: PageSearch,
  changes: { [Name in Part]?: PageSearch[Name] | undefined },
): PageSearch {
  const { leftOut: _leftOut, after: _after, before: _before, ...rest } = search;
  const names = Object.keys(changes) as Part[];
  const keepsPlace = names.every((name) => !LISTED.has(name));
  const next = { ...(keepsPlace ? search : rest), ...changes };
  return Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined && value !== ''));
}
/** The address of the beginning of a list. What could not be read is said as before. */
export function withoutPlace({ after: _after, before: _before, ...rest }: PageSearch): PageSearch {
  return rest;
}

/** What decides which rows are listed and in which order. */
const LISTED: ReadonlySet<Part> = new Set(['q', 't', 'env', 'sort', 'v', 'after', 'before']);

/** What the server is asked for: the query, the time and the environment. */
export function toFilters({ q, t, env }: PageSearch, now: number): RequestFilters {
  const range = t === undefined ? null : readTime(t);
  return {
    ...(q !== undefined && { q }),
    ...(range !== null && boundsOf(range, now)),
    ...(env !== undefined && { environment: env }),
  };
}

/** True where the list is narrowed at all. */
export function isNarrowed({ q, t, env }: PageSearch): boolean {
  return q !== undefined || t !== undefined || env !== undefined;
}

/** Whether a text of an address is the id of a request. */
export function isRequestId(text: string): text is RequestId {
  return /^[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i.test(text);
}

/** A place in a list is a JSON list in base64url; one that was cut when it was copied is none any more. */
function isCursor(text: string): boolean {
  if (text.length > 512) return false;
  try {
    return Array.isArray(JSON.parse(atob(text.replaceAll('-', '+').replaceAll('_', '/'))));
  } catch {
    return false;
  }
}

function isText(value: unknown): value is string | readonly string[] {
  return typeof value === 'string' || (Array.isArray(value) && value.every((one) => typeof one === 'string'));
}

/** Ours, from the address that is being changed; an address can name it too, but only as text. */
function ownLeftOut(value: unknown): LeftOut {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as LeftOut) : {}; // Made by readSearch.
}

/** Writes the parts of an older link into `q`, `t` and `after`; a newer part beside them counts. */
function readOldLink(raw: RawSearch, search: { -readonly [Name in Part]?: string }, leftOut: LeftOutParts): void {
  const terms: string[] = [];
  const take = (name: string, value: unknown, term: string | null) => {
    if (term !== null && parseQuery(term).problem === null) terms.push(term);
    else if (isText(value) && value !== '') leftOut.set(name, value);
  };
  for (const [name, field] of Object.entries(OLD_FILTERS)) {
    if (!Object.hasOwn(raw, name) || raw[name] === undefined) continue;
    const value = raw[name];
    const isGood = typeof value === 'string' && value !== '' && isLine(value);
    take(name, value, isGood ? formatTerm({ field, value }) : null);
  }
  if (Object.hasOwn(raw, 'tag') && isText(raw.tag)) {
    const tags = [raw.tag].flat();
    const wrong = tags.filter((tag) => !/^[^:]+:.+$/s.test(tag) || tag.includes('\0'));
    for (const tag of tags) if (!wrong.includes(tag)) take('tag', tag, tagTerm(tag));
    if (wrong.some((tag) => tag !== '')) leftOut.set('tag', wrong);
  }
  const q = joined(search.q, terms);
  if (parseQuery(q).problem === null) {
    if (q !== '') search.q = q;
  } else {
    for (const name of [...Object.keys(OLD_FILTERS), 'tag']) if (isText(raw[name])) leftOut.set(name, raw[name]);
  }
  readOldTime(raw, search, leftOut);
  const { cursor } = raw;
  if (!Object.hasOwn(raw, 'cursor') || !isText(cursor) || cursor === '') return;
  if (typeof cursor === 'string' && isCursor(cursor)) search.after ??= cursor;
  else leftOut.set('cursor', cursor);
}

/** What was asked before keeps its meaning beside the terms: an OR in it is bracketed. */
function joined(q: string | undefined, terms: readonly string[]): string {
  if (q === undefined || terms.length === 0) return q ?? terms.join(' ');
  return [/(^|\s)OR(\s|$)/.test(q) ? `(${q})` : q, ...terms].join(' ');
}

function tagTerm(tag: string): string {
  const colon = tag.indexOf(':');
  return formatTerm({ field: `tag.${tag.slice(0, colon)}`, value: tag.slice(colon + 1) });
}

/** A range that moves with the clock counts rather than fixed times beside it; of times in the wrong order the first. */
function readOldTime(raw: RawSearch, search: { -readonly [Name in Part]?: string }, leftOut: LeftOutParts): void {
  const ends = { from: '', to: '' };
  for (const name of ['from', 'to'] as const) {
    const value = Object.hasOwn(raw, name) ? raw[name] : undefined;
    if (!isText(value) || value === '') continue;
    if (typeof value === 'string' && readTime(name === 'from' ? `${value}..` : `..${value}`)) ends[name] = value;
    else leftOut.set(name, value);
  }
  const range = Object.hasOwn(raw, 'range') ? raw.range : undefined;
  const isRange = typeof range === 'string' && ['1h', '24h', '7d', '30d'].includes(range);
  if (isText(range) && range !== '' && !isRange) leftOut.set('range', range);
  if (search.t !== undefined) {
    // The newer part counts, and what stands beside it is said.
    const unused = { ...ends, range: isRange ? range : '' };
    for (const [name, value] of Object.entries(unused)) if (value !== '') leftOut.set(name, value);
    return;
  }
  if (isRange) search.t = range;
  else if (ends.from !== '' || ends.to !== '') {
    const both = `${ends.from}..${ends.to}`;
    if (readTime(both)) search.t = both;
    else {
      search.t = `${ends.from}..`;
      leftOut.set('to', ends.to);
    }
  }
}
