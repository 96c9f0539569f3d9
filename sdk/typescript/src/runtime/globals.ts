/**
 * Values that a process has once. They hang on `globalThis`, so that the ESM and the CJS build, or two copies of the package, have one
 * context and one queue. Each module that owns such a value names it itself.
 */
const GLOBALS_KEY = Symbol.for('promptlab.state.v1');

/** The value of that name in this process, made by `create` on first use. Called when modules load, so it never throws. */
export function processGlobal<V>(name: string, create: () => V): V {
  const holder = globalThis as unknown as Record<symbol, Record<string, unknown> | undefined>;
  try {
    const slots = (holder[GLOBALS_KEY] ??= {});
    // A name belongs to one module, which always asks for the same type.
    return (slots[name] ??= create()) as V;
  } catch {
    // A frozen `globalThis`: then each copy of the package has its own.
    return create();
  }
}
