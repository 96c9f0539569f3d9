/** Whether a member would be computed by being read: what a caller wrote must run exactly as often as without us. */

const { __lookupGetter__: lookupGetter } = Object.prototype as unknown as {
  __lookupGetter__?: (this: object, name: PropertyKey) => unknown;
};

/** True where reading some member may run code: a getter of its own, or whatever a class brings along. */
export function hasAccessors(owner: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(owner);
  if (prototype !== Object.prototype && prototype !== null) return true;
  for (const name in owner) if (isAccessor(owner, name)) return true;
  return false;
}

/** True for a getter, of the object itself or of its class. Costs nothing that counts: asked for each member of each call. */
export function isAccessor(owner: object, name: PropertyKey): boolean {
  if (lookupGetter) return lookupGetter.call(owner, name) !== undefined;
  return Object.getOwnPropertyDescriptor(owner, name)?.get !== undefined;
}
