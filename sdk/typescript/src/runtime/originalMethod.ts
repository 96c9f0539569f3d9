/** The method of an object as it is without a wrapper that a Proxy around the object shows. */

export type Method = (this: unknown, ...args: unknown[]) => unknown;

/**
 * How to find the method at each call, or undefined where there is none. Read through a Proxy of another library, `owner[name]` is that
 * library's wrapper, which calls what is set on the object itself: a wrapper of ours that called it would be called by it. A property
 * of the object's own is what was set there; else the prototype is asked each time, so that one that is patched later is heard.
 */
export function findOriginal(owner: object, name: string): (() => Method) | undefined {
  const own = Object.getOwnPropertyDescriptor(owner, name);
  const shown: unknown = own && 'value' in own ? own.value : Reflect.get(owner, name);
  if (typeof shown !== 'function') return undefined;
  const known = shown as Method;
  if (own) return () => known;
  return () => {
    const prototype: unknown = Object.getPrototypeOf(owner);
    const inherited: unknown = prototype === null ? undefined : Reflect.get(prototype as object, name, owner);
    return typeof inherited === 'function' ? (inherited as Method) : known;
  };
}

/** Makes a wrapper look like what it wraps. */
export function likeOriginal(wrapper: Method, original: Method): void {
  Object.defineProperty(wrapper, 'name', { value: original.name, configurable: true });
  Object.defineProperty(wrapper, 'length', { value: original.length, configurable: true });
}
