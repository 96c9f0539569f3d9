/** An own property that no enumeration shows, and that anyone may replace. */
export function defineHiddenProperty(target: object, name: PropertyKey, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, enumerable: false, writable: true });
}
