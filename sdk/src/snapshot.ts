/**
 * Copies any value into plain JSON at the moment of the call: later edits by the caller are not recorded, nothing odd
 * (streams, cycles, throwing getters) can break the record, and pictures become placeholders. Strings are shared, not copied.
 */
import { replaceBase64 } from './base64.js';
import { setOwn } from './clean.js';
import type { JsonValue } from './wire.js';

/** Limits of the wire contract, kept a little below it because the walk starts inside a record. */
const MAX_DEPTH = 56;
const MAX_KEYS = 990;
const MAX_KEY_LENGTH = 256;
const MAX_VALUES = 90_000;
/** Names whose values are credentials, in tool definitions and parameters. */
const SECRET_KEYS = new Set([
  'authorization',
  'proxy-authorization',
  'api-key',
  'api_key',
  'apikey',
  'x-api-key',
  'cookie',
  'set-cookie',
]);

export interface SnapshotOptions {
  /** Characters of one string. */
  readonly fieldLength: number;
  /** Replace the values of keys that name a credential. */
  readonly hideSecrets?: boolean;
}

/** Counts while walking; one budget may span the parts of one record. */
export class Snapshot {
  /** Rough bytes of the copies as JSON. */
  size = 0;
  /** True where anything was cut. */
  isTruncated = false;
  #values = 0;
  readonly #fieldLength: number;
  readonly #hideSecrets: boolean;
  readonly #path: object[] = [];

  constructor({ fieldLength, hideSecrets = false }: SnapshotOptions) {
    this.#fieldLength = fieldLength;
    this.#hideSecrets = hideSecrets;
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

  #text(value: string): string {
    let text = value.length > 256 ? replaceBase64(value) : value;
    if (text.length > this.#fieldLength) {
      this.isTruncated = true;
      const marker = `…[truncated, ${text.length} characters in all]`;
      text = text.slice(0, Math.max(0, this.#fieldLength - marker.length)) + marker;
    }
    this.size += text.length;
    return text;
  }

  #object(value: object): JsonValue | undefined {
    if (++this.#values > MAX_VALUES) {
      this.isTruncated = true;
      return '[truncated: too many values]';
    }
    if (this.#path.length >= MAX_DEPTH) {
      this.isTruncated = true;
      return '[truncated: too deep]';
    }
    if (this.#path.includes(value)) return '[circular]';
    this.#path.push(value);
    try {
      return Array.isArray(value) ? this.#array(value) : this.#record(value);
    } catch (thrown) {
      return `[unreadable: ${safeMessage(thrown)}]`;
    } finally {
      this.#path.pop();
    }
  }

  #array(values: readonly unknown[]): JsonValue[] {
    const copies: JsonValue[] = [];
    for (let i = 0; i < values.length; i++) {
      if (this.#values > MAX_VALUES) {
        this.isTruncated = true;
        copies.push(`[truncated: ${values.length - i} more]`);
        break;
      }
      if (typeof values[i] !== 'object') this.#values++;
      copies.push(this.#member(values, i) ?? null);
    }
    return copies;
  }

  #record(value: object): JsonValue | undefined {
    const prototype = Object.getPrototypeOf(value) as object | null;
    if (prototype !== Object.prototype && prototype !== null) {
      const special = this.#special(value);
      if (special !== NOT_SPECIAL) return special;
    } else if (typeof (value as { toJSON?: unknown }).toJSON === 'function') {
      return this.copy((value as { toJSON(key: string): unknown }).toJSON(''));
    }
    return this.#plain(value);
  }

  #plain(value: object): JsonValue {
    const copy: { [key: string]: JsonValue } = {};
    const keys = Object.keys(value);
    const count = Math.min(keys.length, MAX_KEYS);
    for (let i = 0; i < count; i++) {
      const key = keys[i] as string;
      this.size += key.length;
      this.#values++;
      const member =
        this.#hideSecrets && SECRET_KEYS.has(key.toLowerCase())
          ? '[removed: credential]'
          : this.#member(value as Record<string, unknown>, key);
      if (member !== undefined) setOwn(copy, key.length > MAX_KEY_LENGTH ? key.slice(0, MAX_KEY_LENGTH) : key, member);
    }
    if (keys.length > count) {
      this.isTruncated = true;
      setOwn(copy, '[truncated]', `${keys.length - count} more keys`);
    }
    return copy;
  }

  #member(owner: object, key: string | number): JsonValue | undefined {
    let member: unknown;
    try {
      member = (owner as Record<string | number, unknown>)[key];
    } catch (thrown) {
      return `[unreadable: ${safeMessage(thrown)}]`;
    }
    return this.copy(member);
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
    if (typeof (value as { toJSON?: unknown }).toJSON === 'function') {
      return this.copy((value as { toJSON(key: string): unknown }).toJSON(''));
    }
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

function safeMessage(thrown: unknown): string {
  try {
    return (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, 200);
  } catch {
    return 'unknown';
  }
}
