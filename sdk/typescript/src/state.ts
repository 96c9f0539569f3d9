/**
 * The one place for what a process shares. It hangs on `globalThis`, so that the ESM and the CJS build,
 * or two copies of the package, have one context and one queue.
 */
import type { PromptLab } from './promptLab.js';
import type { SpanHost } from './trace.js';
import type { SpanFields } from './traceTypes.js';
import type { RecordId } from './uuid.js';

/** What is read synchronously when a tracked call is made. */
export interface AmbientSpan {
  readonly traceId: string;
  /** The step that calls made now hang under. */
  readonly spanId: string;
  readonly fields: SpanFields;
}

/** The two methods of AsyncLocalStorage that every runtime has. */
export interface ContextStore {
  run<R>(value: AmbientSpan, fn: () => R): R;
  getStore(): AmbientSpan | undefined;
}

/** Where a logged result can be found again. */
export interface LoggedAt {
  /** A text, or what becomes one when it is asked for. */
  readonly id: string | RecordId;
  readonly baseUrl: string;
}

/** A recorded call, as far as a trace wants to know of it. */
export interface SettlingCall {
  /** Runs when the call is over; `failure` where it failed. */
  onSettled(run: (failure?: { thrown: unknown }) => void): void;
}

interface SharedState {
  /** Recorded calls by the promise or stream that the caller has. */
  readonly calls: WeakMap<object, SettlingCall>;
  /** Instances made by `track()` and by the module's own functions, by what they send and where. */
  readonly instances: Map<string, PromptLab>;
  /** The first instance that was made. */
  defaultInstance: PromptLab | undefined;
  /** Who records the steps of `trace()`: the first instance that records anything. */
  spanHost: SpanHost | undefined;
  readonly warnedCauses: Set<string>;
  contextStore: ContextStore | null | undefined;
  /** By the provider's id, for results that a helper rebuilt. Bounded; oldest out. */
  readonly loggedIds: Map<string, LoggedAt>;
  /** Keys of tracked clients, for the texts of errors. Bounded; oldest out. */
  readonly clientKeys: Set<string>;
}

const STATE_KEY = Symbol.for('promptlab.state.v1');

/** The process's shared state, made on first use. */
export function sharedState(): SharedState {
  const holder = globalThis as unknown as Record<symbol, SharedState | undefined>;
  return (holder[STATE_KEY] ??= {
    calls: new WeakMap(),
    instances: new Map(),
    defaultInstance: undefined,
    spanHost: undefined,
    warnedCauses: new Set(),
    contextStore: undefined,
    loggedIds: new Map(),
    clientKeys: new Set(),
  });
}
