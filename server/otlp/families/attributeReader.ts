/**
 * The attributes of one span or log record, read by name. It remembers what was read, so that the rest can be kept as
 * metadata, and notes what was wrong. Nothing that an attribute holds makes it throw.
 */
import { ExactNumber, parseExactJson, stringifyExactJson } from '#shared/exactJson';
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { MappingNote } from '../mapping.ts';
import type { Attributes } from '../span.ts';
import { buildTree, isIndexed, type TreeEntry } from './indexedTree.ts';

/** Far above any call, as in shared/request.ts; what is larger is no count. */
const MOST_TOKENS = 1e9;
/** Deeper JSON stays the text it came as: a log may be nested 64 levels deep, and this stands within one. */
const MOST_DEPTH = 40;

/** The attributes of one span by name and type; what nobody has asked for is left in the end. */
export class AttributeReader {
  readonly notes = new Set<MappingNote>();
  readonly #attributes: Attributes;
  readonly #used = new Set<string>();
  /** The first part of each name: a family none of whose parts is here has nothing to read. */
  readonly #firstParts = new Set<string>();

  constructor(attributes: Attributes) {
    this.#attributes = attributes;
    for (const name of attributes.keys()) {
      const dot = name.indexOf('.');
      this.#firstParts.add(dot === -1 ? name : name.slice(0, dot));
    }
  }

  /** True where a name begins with one of these parts, such as `gen_ai`. */
  holds(...firstParts: readonly string[]): boolean {
    return firstParts.some((part) => this.#firstParts.has(part));
  }

  /** False where no name has the first part of the prefix: most families are not there, and need no walk. */
  #mayHold(prefix: string): boolean {
    return this.#firstParts.has(prefix.slice(0, prefix.indexOf('.')));
  }

  has(name: string): boolean {
    return this.#attributes.has(name);
  }

  /** True where a name begins with the prefix, which may end within a part. */
  hasBelow(prefix: string): boolean {
    if (!this.#mayHold(prefix)) return false;
    for (const name of this.#attributes.keys()) if (name.startsWith(prefix)) return true;
    return false;
  }

  /** True where a name is like this. */
  hasLike(pattern: RegExp): boolean {
    for (const name of this.#attributes.keys()) if (pattern.test(name)) return true;
    return false;
  }

  /** Undefined: not there. */
  value(name: string): JsonValue | undefined {
    const value = this.#attributes.get(name);
    if (value !== undefined) this.#used.add(name);
    return value;
  }

  /** The first of these names that says something, as a text: numbers and truth values too. */
  text(...names: readonly string[]): string | null {
    let found: string | null = null;
    for (const name of names) {
      const text = toText(this.value(name));
      found ??= text;
    }
    return found;
  }

  /** A finite number of the first of these names that has one. */
  number(...names: readonly string[]): number | null {
    let found: number | null = null;
    for (const name of names) {
      const number = toNumber(this.value(name));
      found ??= number;
    }
    return found;
  }

  /** A count of tokens: a whole number of at least 0, however it is written. What is none is noted. */
  count(...names: readonly string[]): number | null {
    let found: number | null = null;
    for (const name of names) {
      const count = this.toCount(this.value(name));
      found ??= count;
    }
    return found;
  }

  toCount(value: JsonValue | undefined): number | null {
    if (value === undefined || value === null || value === '') return null;
    const number = toNumber(value);
    if (number === null || number < 0 || !Number.isInteger(number) || number > MOST_TOKENS) {
      this.notes.add('bad_token_count');
      return null;
    }
    return number;
  }

  boolean(name: string): boolean | null {
    const value = this.value(name);
    if (typeof value !== 'string') return typeof value === 'boolean' ? value : null;
    // Python writes `True`.
    const word = value.toLowerCase();
    return word === 'true' ? true : word === 'false' ? false : null;
  }

  /** JSON, whether it came as text or as a structure. A text that is no JSON stays a text. Null where there is none. */
  json(...names: readonly string[]): JsonValue {
    let found: JsonValue = null;
    for (const name of names) {
      const value = this.value(name);
      if (found !== null || value === undefined || value === null || value === '') continue;
      found = typeof value === 'string' ? this.parse(value) : toShallow(value);
    }
    return found;
  }

  /** JSON of which texts stand in quotes too. */
  quoted(...names: readonly string[]): JsonValue {
    const value = this.json(...names);
    return typeof value === 'string' ? unquote(value) : value;
  }

  /** A list or an object from its text; the text where it is neither, or is cut off, or is nested too deeply. */
  parse(text: string): JsonValue {
    if (!/^\s*[[{]/.test(text)) return text;
    let parsed: JsonValue;
    try {
      parsed = parseExactJson(text) as JsonValue; // JSON has no other values.
    } catch {
      // The limit of an exporter for the length of an attribute; prose in brackets is none.
      if (/^\s*(?:\[\s*[{["]|\{\s*")/.test(text) && !/[\]}]\s*$/.test(text)) this.notes.add('truncated');
      return text;
    }
    return isShallow(parsed, MOST_DEPTH) ? parsed : text;
  }

  /** What stands below a prefix such as `llm.input_messages.`, whose next part is an index: a list of trees. */
  list(prefix: string): JsonValue[] {
    const tree = this.tree(prefix, isIndexed);
    return Array.isArray(tree) ? tree : [];
  }

  /** What stands below a prefix, by its dotted path, as lists and objects. An empty list where there is nothing. */
  tree(prefix: string, isWanted: (rest: string) => boolean = () => true): JsonValue {
    if (!this.#mayHold(prefix)) return [];
    const entries: TreeEntry[] = [];
    for (const [name, value] of this.#attributes) {
      if (!name.startsWith(prefix)) continue;
      const path = name.slice(prefix.length);
      if (!isWanted(path)) continue;
      this.#used.add(name);
      entries.push({ path, value });
    }
    if (entries.length === 0) return [];
    const { tree, isCut } = buildTree(entries);
    if (isCut) this.notes.add('too_many_attributes');
    return tree;
  }

  /** What stands below a prefix, each under the rest of its name, dots included. */
  below(prefix: string): JsonObject {
    return Object.fromEntries(this.entriesBelow(prefix));
  }

  /** The same as pairs of name and value. */
  entriesBelow(prefix: string): [string, JsonValue][] {
    if (!this.#mayHold(prefix)) return [];
    const entries: [string, JsonValue][] = [];
    for (const [name, value] of this.#attributes) {
      if (!name.startsWith(prefix) || name.length === prefix.length) continue;
      this.#used.add(name);
      entries.push([name.slice(prefix.length), value]);
    }
    return entries;
  }

  /** Leaves what stands below a prefix out of the rest: vectors, headers that may hold credentials. */
  ignoreBelow(prefix: string): void {
    for (const name of this.#attributes.keys()) if (name.startsWith(prefix)) this.#used.add(name);
  }

  /** What nobody has read and says something, under the names it came with. */
  rest(): JsonObject {
    const entries: [string, JsonValue][] = [];
    for (const [name, value] of this.#attributes) {
      if (!this.#used.has(name) && value !== null && value !== '') entries.push([name, value]);
    }
    return Object.fromEntries(entries);
  }
}

/** Null for what says nothing, and for lists and objects. */
export function toText(value: JsonValue | undefined): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return value instanceof ExactNumber ? value.literal : null;
}

/** The text within the quotes of JSON; the text itself where it has none. */
export function unquote(text: string): string {
  if (!text.startsWith('"')) return text;
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'string' ? parsed : text;
  } catch {
    return text;
  }
}

/** A finite number, also from a text that is one. */
export function toNumber(value: JsonValue | undefined): number | null {
  const plain = value instanceof ExactNumber ? value.toNumber() : value;
  if (typeof plain === 'number') return Number.isFinite(plain) ? plain : null;
  if (typeof plain !== 'string' || !/^\s*-?\d+(\.\d+)?([eE][+-]?\d+)?\s*$/.test(plain)) return null;
  const parsed = Number(plain);
  return Number.isFinite(parsed) ? parsed : null;
}

/** What is nested too deeply as the text it would be. */
function toShallow(value: JsonValue): JsonValue {
  return isShallow(value, MOST_DEPTH) ? value : stringifyExactJson(value);
}

/** True where it is nested at most `depth` levels; looks no deeper, so that nothing overflows. */
function isShallow(value: JsonValue, depth: number): boolean {
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return true;
  if (depth === 0) return false;
  for (const member of Array.isArray(value) ? value : Object.values(value)) {
    if (!isShallow(member, depth - 1)) return false;
  }
  return true;
}
