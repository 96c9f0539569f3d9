/**
 * Lists and objects from flattened names such as `0.message.tool_calls.1.tool_call.id`. The memory it takes grows with the
 * attributes that came and never with the numbers in their names: indexes order a list, they do not size it.
 */
import type { JsonValue } from '#shared/primitives';

export interface TreeEntry {
  /** What stands behind the prefix. */
  readonly path: string;
  readonly value: JsonValue;
}

/** More than any history of messages that is one call; the rest is left out. */
const MOST_ENTRIES = 10_000;
const MOST_PARTS = 16;
/** Names that mean something to JavaScript; nobody's attribute needs them. */
const REFUSED = new Set(['__proto__', 'constructor', 'prototype']);

type Node = Map<string, Node | Leaf>;
interface Leaf {
  readonly value: JsonValue;
}

/** `isCut`: there were more entries, or deeper names, than we keep. An object all of whose names are indexes is a list. */
export function buildTree(entries: readonly TreeEntry[]): { readonly tree: JsonValue; readonly isCut: boolean } {
  const root: Node = new Map();
  let isCut = entries.length > MOST_ENTRIES;
  for (const { path, value } of isCut ? entries.slice(0, MOST_ENTRIES) : entries) {
    const parts = path.split('.', MOST_PARTS + 1);
    if (parts.length > MOST_PARTS) isCut = true;
    else if (!parts.some((part) => REFUSED.has(part))) place(root, parts, value);
  }
  return { tree: toJson(root), isCut };
}

/** True where the name goes on with an index. */
export function isIndexed(path: string): boolean {
  return /^\d{1,9}(?:\.|$)/.test(path);
}

function place(root: Node, parts: readonly string[], value: JsonValue): void {
  let node = root;
  for (const [depth, part] of parts.entries()) {
    const found = node.get(part);
    if (depth === parts.length - 1) {
      // What has names below it says more than a value of its own.
      if (!(found instanceof Map)) node.set(part, { value });
      return;
    }
    const next: Node = found instanceof Map ? found : new Map();
    if (next !== found) node.set(part, next);
    node = next;
  }
}

function toJson(node: Node): JsonValue {
  const entries = [...node].map(([part, below]) => [part, below instanceof Map ? toJson(below) : below.value] as const);
  if (entries.length > 0 && entries.every(([part]) => /^\d{1,9}$/.test(part))) {
    return entries.toSorted(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value);
  }
  return Object.fromEntries(entries);
}
