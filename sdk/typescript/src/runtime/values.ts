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

/** Sets a key as data, whatever its name (`__proto__` too). */
export function setOwn<V>(target: Record<string, V>, key: string, value: V): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    target[key] = value;
  }
}
