/** Puts ours before a method of an object, which is called as it is without a wrapper that a Proxy around the object shows. */
import { defineHiddenProperty } from './hiddenProperty.js';

export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** In place of the method: what it is to be called with, and what to make of that. */
export type Run = (call: Method, self: unknown, args: readonly unknown[]) => unknown;

/** What stands in place of the method now, or undefined where the object has none of that name. */
export function wrapMethod(owner: object, name: string, run: Run): Method | undefined {
  const original = findOriginal(owner, name);
  if (!original) return undefined;
  // Looks like the method, with all that it carries: a test asks its mock for its calls, where it was put.
  const wrapper = new Proxy(original(), { apply: (_, self, args: unknown[]) => run(original(), self, args) });
  defineHiddenProperty(owner, name, wrapper);
  return wrapper;
}

/**
 * How to find the method at each call, or undefined where there is none. Read through a Proxy of another library, `owner[name]` is that
 * library's wrapper, which calls what is set on the object itself: a wrapper of ours that called it would be called by it. A property
 * of the object's own is what was set there; else the prototype is asked each time, so that one that is patched later is heard.
 */
function findOriginal(owner: object, name: string): (() => Method) | undefined {
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
