/** A JSON value as the rows of a tree, of which only those that are open exist; and finding words in it. Pure. */
import { ExactNumber, stringifyExactJson } from '#shared/exactJson';

/** Names of members and places in lists, from the root down; empty for the root. */
export type JsonPath = readonly (string | number)[];

/** A line of the tree. */
export interface JsonRow {
  /** A JSON pointer, such as `/choices/0`: names the row for as long as the value is shown. */
  readonly id: string;
  readonly path: JsonPath;
  readonly depth: number;
  /** Of a member; null for the value itself. */
  readonly name: string | number | null;
  readonly value: unknown;
  /** Members of a list or an object; null for what has none. */
  readonly size: number | null;
  /** Its members are shown; of a long text, all of it. */
  readonly isOpen: boolean;
  /** Set on the row after the last member that is shown: so many are not. */
  readonly hidden: number;
}

/** Members of one list or object that are shown at first, and by each click on "more". */
export const MEMBERS_SHOWN = 500;

/** Which rows are open. Rows that nobody touched are open down to `depth`. */
export interface OpenRows {
  /** What was opened or closed by hand. */
  readonly byId: ReadonlyMap<string, boolean>;
  /** Members that are shown, where it is not MEMBERS_SHOWN. */
  readonly shown: ReadonlyMap<string, number>;
  /** Levels that are open at first, of what has few members. */
  readonly depth: number;
}

/** A list or an object of more members starts closed. */
const MOST_OPEN = 100;

/** The rows that are in view, from top to bottom. */
export function toJsonRows(root: unknown, open: OpenRows): JsonRow[] {
  const rows: JsonRow[] = [];
  const add = (value: unknown, path: JsonPath, id: string): void => {
    const members = membersOf(value);
    const size = members?.length ?? null;
    const isUsuallyOpen = path.length < open.depth && size !== null && size <= MOST_OPEN;
    const isOpen = size !== 0 && (open.byId.get(id) ?? isUsuallyOpen);
    const row = { id, path, depth: path.length, name: path.at(-1) ?? null, value, size, isOpen, hidden: 0 };
    rows.push(row);
    if (!isOpen || members === null) return;
    const shown = open.shown.get(id) ?? MEMBERS_SHOWN;
    for (const [name, member] of members.slice(0, shown)) add(member, [...path, name], `${id}/${escapeName(name)}`);
    const hidden = members.length - shown;
    if (hidden > 0) rows.push({ ...row, id: `${id}/~more`, depth: row.depth + 1, size: null, isOpen: false, hidden });
  };
  add(root, [], '');
  return rows;
}

/** Names and values of a list or an object; null for everything else. */
export function membersOf(value: unknown): readonly (readonly [name: string | number, value: unknown])[] | null {
  if (Array.isArray(value)) return value.map((member: unknown, index) => [index, member] as const);
  const isObject = typeof value === 'object' && value !== null && !(value instanceof ExactNumber);
  return isObject ? Object.entries(value) : null;
}

/** `response.choices[0]["odd name"]`, as code writes it. */
export function formatPath(path: JsonPath): string {
  const written = path.map((name) => {
    if (typeof name === 'number') return `[${name}]`;
    return /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
  });
  return written.join('').replace(/^\./, '');
}

/** What a list or an object holds, in a few words: `"role": "user", "content": "Hi"`. */
export function previewOf(value: unknown, room = 80): string {
  const words: string[] = [];
  let length = 0;
  for (const [name, member] of membersOf(value)?.slice(0, 8) ?? []) {
    const size = membersOf(member)?.length;
    const said =
      size === undefined ? shortLeaf(member) : Array.isArray(member) ? `[${size}]` : size === 0 ? '{}' : '{…}';
    const word = typeof name === 'number' ? said : `${name}: ${said}`;
    length += word.length + 2;
    words.push(word);
    if (length > room) break;
  }
  return words.join(', ');
}

function shortLeaf(value: unknown): string {
  if (typeof value !== 'string') return stringifyExactJson(value) ?? 'undefined';
  return JSON.stringify(value.length > 32 ? `${value.slice(0, 31)}…` : value);
}

/** Ids of the rows whose name or value holds the words, in any case, in the order of the tree; at most `limit`. */
export function findInJson(root: unknown, words: string, limit: number): string[] {
  const wanted = words.toLowerCase();
  const found: string[] = [];
  const look = (value: unknown, name: string | number | null, id: string): void => {
    if (found.length >= limit) return;
    const members = membersOf(value);
    const isNamed = typeof name === 'string' && name.toLowerCase().includes(wanted);
    const said = members !== null ? '' : typeof value === 'string' ? value : (stringifyExactJson(value) ?? '');
    if (isNamed || said.toLowerCase().includes(wanted)) found.push(id);
    for (const [member, inner] of members ?? []) look(inner, member, `${id}/${escapeName(member)}`);
  };
  if (wanted !== '') look(root, null, '');
  return found;
}

/** The rows that must be open, and how far, for a row to be there. */
export function openFor(root: unknown, id: string, open: OpenRows): OpenRows {
  const byId = new Map(open.byId);
  const shown = new Map(open.shown);
  let parent = '';
  let value = root;
  for (const name of id.split('/').slice(1)) {
    const members = membersOf(value) ?? [];
    const index = members.findIndex(([member]) => escapeName(member) === name);
    byId.set(parent, true);
    if (index >= (shown.get(parent) ?? MEMBERS_SHOWN)) shown.set(parent, index + 1);
    value = members[index]?.[1];
    parent += `/${name}`;
  }
  return { ...open, byId, shown };
}

/** As JSON pointers escape it. */
function escapeName(name: string | number): string {
  return typeof name === 'number' ? String(name) : name.replaceAll('~', '~0').replaceAll('/', '~1');
}
