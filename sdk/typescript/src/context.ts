/** The ambient trace of a call, where the runtime can carry one over `await`. Read when the call is made, never later. */
import { contain } from './contain.js';
import { findProcess, globals } from './runtime.js';
import { sharedState, type AmbientSpan, type ContextStore } from './state.js';

type StoreClass = new () => ContextStore;
type Hooks = { AsyncLocalStorage?: StoreClass };

const HOOKS = 'node:async_hooks';

declare const module: object | undefined;

/** The trace around the code that runs now. */
export function currentSpan(): AmbientSpan | undefined {
  return findStore()?.getStore();
}

/** Runs `fn` inside a span; without a store it just runs. */
export function runInSpan<R>(span: AmbientSpan, fn: () => R): R {
  const store = contain('find the context', findStore);
  return store ? store.run(span, fn) : fn();
}

/** Found when an instance is made: where it must be loaded, it should be there for the first trace. */
export function findStore(): ContextStore | null {
  const state = sharedState();
  if (state.contextStore === undefined) {
    const found = findStoreClass();
    state.contextStore = found ? new found() : null;
    if (!found) void loadStore();
  }
  return state.contextStore;
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

/** For Node before 20.16: there where Node itself runs our CommonJS. Spelled so that no bundler follows it. */
function requireHooks(): Hooks | undefined {
  if (typeof module !== 'object') return undefined;
  return (Reflect.get(module, 'require') as ((name: string) => Hooks) | undefined)?.call(module, HOOKS);
}

/** For Node before 20.16 and a bundle; the name is hidden from bundlers, a failure means: no store. */
async function loadStore(): Promise<void> {
  try {
    if (!findProcess()?.versions?.node) return;
    const name = HOOKS;
    const hooks = (await import(/* webpackIgnore: true */ /* @vite-ignore */ name)) as Hooks;
    if (hooks.AsyncLocalStorage) sharedState().contextStore ??= new hooks.AsyncLocalStorage();
  } catch {
    // Explicit `trace_id` and `parentId` still work.
  }
}
