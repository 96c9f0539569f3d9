/**
 * Copies any value into plain JSON at the moment of the call: later edits by the caller are not recorded, nothing odd
 * (streams, cycles, throwing getters) can break the record, and pictures become placeholders. Strings are shared, not copied.
 */
import { isAccessor } from '../runtime/accessors.js';
import { replaceBase64 } from './redaction/base64.js';
import { cutText } from '../runtime/truncation.js';
import { isPlainObject, setOwn } from '../runtime/values.js';
import type { JsonObject, JsonValue } from '../wire.js';

/** Limits of the wire contract, kept a little below it because the walk starts inside a record. */
const MAX_DEPTH = 56;
const MAX_KEYS = 990;
const MAX_KEY_LENGTH = 256;
/** Longer lists hold numbers and texts. */
const MAX_CHECKED_ITEMS = 256;
/**
 * Values of one record, counted as the server counts them: items of lists and keys of objects. It takes 100,000; what is left
 * of them is for the fields beside the copies. Some are kept for the answer, whatever the input takes.
 */
const INPUT_VALUES = 89_000;
export const ANSWER_VALUES = 8_000;

export interface SnapshotOptions {
  /** Characters of one string. */
  readonly fieldLength: number;
  /** Values it may copy. */
  readonly values?: number;
}

/** Counts while walking; one spans all that a call sends. */
export class Snapshot {
  /**
   * True: getters and `toJSON()` are not called, since the library calls them when it writes the body; what they would give is left out.
   * The caller's code must run exactly as often as without us.
   */
  defers = false;
  /** True where something was left out for that reason. */
  hasDeferred = false;
  /** Rough bytes of the copies as JSON. */
  size = 0;
  /** True where anything was cut. */
  isTruncated = false;
  /** Below zero: something was left out. */
  valuesLeft: number;
  readonly #fieldLength: number;
  readonly #path: object[] = [];

  constructor({ fieldLength, values = INPUT_VALUES }: SnapshotOptions) {
    this.#fieldLength = fieldLength;
    this.valuesLeft = values;
  }

  /** The value as plain JSON. Never throws; undefined stays undefined. */
  copy(value: unknown): JsonValue | undefined {
    this.size += 4;
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'number':
        return Number.isFinite(value) ? value : String(value);
      case 'boolean':
        return value;
      case 'undefined':
        return undefined;
      case 'bigint':
        return this.#text(String(value));
      case 'symbol':
        return this.#text(String(value));
      case 'function':
        return `[function ${nameOf(value)}]`;
      case 'object':
        return value === null ? null : this.#object(value);
    }
  }

  /** A member of an object, or undefined where it is a getter and those are left out. */
  read(owner: object, name: string): unknown {
    return this.#isLeftOut(owner, name) ? this.#defer(undefined) : (owner as Record<string, unknown>)[name];
  }

  /** The members of an object but for some. Undefined where none is left. */
  copyWithout(value: object, isLeftOut: (key: string) => boolean): JsonObject | undefined {
    const keys = Object.keys(value).filter((key) => !isLeftOut(key));
    if (keys.length === 0) return undefined;
    this.size += 4;
    this.#path.push(value);
    const copy = this.#members(value, keys);
    this.#path.pop();
    return Object.keys(copy).length > 0 ? copy : undefined;
  }

  #text(value: string): string {
    let text = value.length > 256 ? replaceBase64(value) : value;
    if (text.length > this.#fieldLength) {
      this.isTruncated = true;
      text = cutText(text, this.#fieldLength);
    }
    this.size += text.length;
    return text;
  }

  #object(value: object): JsonValue | undefined {
    if (this.#path.length >= MAX_DEPTH) {
      this.isTruncated = true;
      return '[truncated: too deep]';
    }
    if (this.#path.includes(value)) return '[circular]';
    this.#path.push(value);
    try {
      return Array.isArray(value) ? this.#array(value) : this.#record(value);
    } catch (thrown) {
      return unreadable(thrown);
    } finally {
      this.#path.pop();
    }
  }

  #array(values: readonly unknown[]): JsonValue[] {
    const copies: JsonValue[] = [];
    for (let i = 0; i < values.length; i++) {
      if (--this.valuesLeft < 0) {
        this.isTruncated = true;
        copies.push(`[truncated: ${values.length - i} more]`);
        break;
      }
      const isDeferred = values.length <= MAX_CHECKED_ITEMS && this.#isLeftOut(values, i);
      copies.push(isDeferred ? this.#defer(COMPUTED) : (this.copy(values[i]) ?? null));
    }
    return copies;
  }

  #record(value: object): JsonValue | undefined {
    if (!isPlainObject(value)) {
      const special = this.#special(value);
      if (special !== NOT_SPECIAL) return special;
    } else if (hasToJson(value)) {
      return this.#toJson(value);
    }
    return this.#plain(value);
  }

  #plain(value: object): JsonObject {
    return this.#members(value, Object.keys(value));
  }

  #members(value: object, keys: readonly string[]): JsonObject {
    const copy: JsonObject = {};
    let count = 0;
    for (const key of keys) {
      if (count === MAX_KEYS || --this.valuesLeft < 0) {
        this.isTruncated = true;
        setOwn(copy, '[truncated]', `${keys.length - count} more keys`);
        break;
      }
      count++;
      this.size += key.length;
      let member: JsonValue | undefined;
      try {
        member = this.#isLeftOut(value, key)
          ? this.#defer(COMPUTED)
          : this.copy((value as Record<string, unknown>)[key]);
      } catch (thrown) {
        member = unreadable(thrown);
      }
      if (member !== undefined) setOwn(copy, key.length > MAX_KEY_LENGTH ? this.#cutKey(key) : key, member);
    }
    return copy;
  }

  #isLeftOut(owner: object, name: PropertyKey): boolean {
    return this.defers && isAccessor(owner, name);
  }

  #defer<P>(placeholder: P): P {
    this.hasDeferred = true;
    return placeholder;
  }

  #toJson(value: object): JsonValue | undefined {
    if (this.defers) return this.#defer(COMPUTED);
    return this.copy((value as { toJSON(key: string): unknown }).toJSON(''));
  }

  #cutKey(key: string): string {
    this.isTruncated = true;
    return cutText(key, MAX_KEY_LENGTH);
  }

  /** Instances of classes: the ones a caller may pass get a placeholder, the rest is read as JSON.stringify would. */
  #special(value: object): JsonValue | undefined | typeof NOT_SPECIAL {
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
    if (ArrayBuffer.isView(value)) return describeBytes(value);
    if (value instanceof ArrayBuffer) return `[ArrayBuffer ${value.byteLength} bytes]`;
    if (isBlob(value)) return describeBlob(value);
    if (value instanceof Map)
      return this.#plain(Object.fromEntries([...value].map(([key, item]) => [String(key), item])));
    if (value instanceof Set) return this.#array([...value]);
    if (value instanceof Error) return this.#plain({ name: value.name, message: value.message });
    if (value instanceof RegExp) return String(value);
    if (value instanceof URL) return this.#text(value.href);
    if (hasToJson(value)) return this.#toJson(value);
    const members = value as Record<string | symbol, unknown>;
    if (typeof members.then === 'function') return '[promise]';
    if (typeof members.pipe === 'function' || typeof members.getReader === 'function') return '[stream]';
    if (typeof members[Symbol.asyncIterator] === 'function') return '[stream]';
    if (typeof members.arrayBuffer === 'function') return `[${nameOf(value.constructor)}]`;
    if (value instanceof String || value instanceof Number || value instanceof Boolean)
      return this.copy(value.valueOf());
    return NOT_SPECIAL;
  }
}

const NOT_SPECIAL = Symbol('not special');
/** Stands for a value that only the library computes. */
export const COMPUTED = '[computed]';

/** True where JSON is not made of the members, but by a method. */
export function hasToJson(value: object): boolean {
  return typeof (value as { toJSON?: unknown }).toJSON === 'function';
}

function describeBytes(view: ArrayBufferView): string {
  const name = nameOf(view.constructor);
  if (name.startsWith('Float')) return `[${name} ${(view as Float32Array).length} values]`;
  return `[${name} ${view.byteLength} bytes]`;
}

/** By shape: some runtimes and libraries bring a class of their own. */
function isBlob(value: object): value is Blob {
  return (
    typeof (value as Partial<Blob>).arrayBuffer === 'function' && typeof (value as Partial<Blob>).size === 'number'
  );
}

function describeBlob(blob: Blob): string {
  const fileName = (blob as { name?: unknown }).name;
  const label = typeof fileName === 'string' ? `File ${fileName}` : 'Blob';
  return `[${label}${blob.type ? ` ${blob.type}` : ''} ${blob.size} bytes]`;
}

function nameOf(value: unknown): string {
  const name = (value as { name?: unknown } | null | undefined)?.name;
  return typeof name === 'string' && name !== '' ? name : 'anonymous';
}

function unreadable(thrown: unknown): string {
  try {
    return `[unreadable: ${(thrown instanceof Error ? thrown.message : String(thrown)).slice(0, 200)}]`;
  } catch {
    return '[unreadable]';
  }
}
