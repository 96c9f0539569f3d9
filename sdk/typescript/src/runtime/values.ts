/** What kind of value it is: nothing that a caller or a provider hands over may be taken for granted. */

/** Any text, the empty one too. Not used where it is asked for each piece of a stream. */
export function isString(value: unknown): value is string {
  return typeof value === 'string';
}

/** A list counts as well. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** No list: something with names. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return isObject(value) && !Array.isArray(value);
}

const NOTHING: Record<string, unknown> = Object.freeze({});

/** The value where it has names, else an empty object, which nobody writes to. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : NOTHING;
}

/** A text that says something. */
export function nonEmptyString(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A text, or a number in words. */
export function wordOf(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : nonEmptyString(value);
}

/** What a text holds that is a JSON object; anything else as it is. */
export function parseJsonText(value: unknown): unknown {
  if (!isString(value) || !value.trimStart().startsWith('{')) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Milliseconds to three decimals, never below zero. */
export function toMicroseconds(ms: number): number {
  return Math.max(0, Math.round(ms * 1_000) / 1_000);
}

/** True for an object that is of no class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Sets a key as data, whatever its name (`__proto__` too). */
export function setOwn<V>(target: Record<string, V>, key: string, value: V): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    target[key] = value;
  }
}
