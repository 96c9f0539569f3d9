/** The ambient trace of a call, where the runtime can carry one over `await`. Read when the call is made, never later. */
import { contain } from './contain.js';
import { findProcess, globals } from './runtime.js';
import { sharedState, type AmbientSpan, type ContextStore } from './state.js';

type StoreClass = new () => ContextStore;

/** The trace around the code that runs now. */
export function currentSpan(): AmbientSpan | undefined {
  return findStore()?.getStore();
}

/** Runs `fn` inside a span; without a store it just runs. */
export function runInSpan<R>(span: AmbientSpan, fn: () => R): R {
  const store = contain('find the context', findStore);
  return store ? store.run(span, fn) : fn();
}

function findStore(): ContextStore | null {
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
    const hooks = findProcess()?.getBuiltinModule?.('node:async_hooks') as
      | { AsyncLocalStorage?: StoreClass }
      | undefined;
    return hooks?.AsyncLocalStorage ?? (globals.AsyncLocalStorage as StoreClass | undefined);
  } catch {
    return undefined;
  }
}

/** Node before 20.16 has no other way than an import; its name is hidden from bundlers, its failure means: no store. */
async function loadStore(): Promise<void> {
  try {
    if (!findProcess()?.versions?.node) return;
    const name = 'node:async_hooks';
    const hooks = (await import(/* webpackIgnore: true */ /* @vite-ignore */ name)) as {
      AsyncLocalStorage?: StoreClass;
    };
    if (hooks.AsyncLocalStorage) sharedState().contextStore ??= new hooks.AsyncLocalStorage();
  } catch {
    // Explicit `trace_id` and `parentId` still work.
  }
}
