/** The ambient trace of a call, where the runtime can carry one over `await`. Read when the call is made, never later. */
import { guard } from '../runtime/guard.js';
import { findProcess, globals } from '../runtime/runtime.js';
import { processGlobal } from '../runtime/globals.js';
import type { SpanContent, SpanFields } from './types.js';

/** What is read synchronously when a tracked call is made. */
export interface AmbientSpan {
  readonly traceId: string;
  /** The span that calls made now hang under. */
  readonly spanId: string;
  readonly fields: SpanFields;
  /** The span itself. Missing where another version of this SDK made it. */
  readonly owner?: { setContent(content: SpanContent): void };
}

/** The two methods of AsyncLocalStorage that every runtime has. */
interface ContextStore {
  run<R>(value: AmbientSpan, fn: () => R): R;
  getStore(): AmbientSpan | undefined;
}

type StoreClass = new () => ContextStore;
type Hooks = { AsyncLocalStorage?: StoreClass };

const HOOKS = 'node:async_hooks';

/** The store of this process; null where the runtime has none. Exported for tests. @internal */
export const context = processGlobal('context', (): { store: ContextStore | null | undefined } => ({
  store: undefined,
}));

declare const module: object | undefined;

/** The trace around the code that runs now. */
export function currentSpan(): AmbientSpan | undefined {
  return findStore()?.getStore();
}

/** Runs `fn` inside a span; without a store it just runs. */
export function runInSpan<R>(span: AmbientSpan, fn: () => R): R {
  const store = guard('find the context', findStore);
  return store ? store.run(span, fn) : fn();
}

/** Looked for once; null where the runtime has none. */
export function findStore(): ContextStore | null {
  if (context.store === undefined) {
    const found = findStoreClass();
    context.store = found ? new found() : null;
  }
  return context.store;
}

function findStoreClass(): StoreClass | undefined {
  try {
    const hooks = findProcess()?.getBuiltinModule?.(HOOKS) as Hooks | undefined;
    const found = hooks?.AsyncLocalStorage ?? (globals.AsyncLocalStorage as StoreClass | undefined);
    return found ?? requireHooks()?.AsyncLocalStorage;
  } catch {
    return undefined;
  }
}

/**
 * For Node before 20.16, where Node itself runs our CommonJS. Spelled so that no bundler follows it; an `import()` with a name that is
 * computed makes webpack warn, and Miniflare refuse the program.
 */
function requireHooks(): Hooks | undefined {
  if (typeof module !== 'object') return undefined;
  return (Reflect.get(module, 'require') as ((name: string) => Hooks) | undefined)?.call(module, HOOKS);
}
