/**
 * `track()`: replaces the methods that call a model on the client's own resource objects; on the client itself `withOptions`,
 * whose clones are tracked too, and `makeRequest`, whose retries are counted. Nothing else.
 */
import { findResource, TRACKED_METHODS, type TrackedMethod } from '../providers/openai/methods.js';
import { stripExtras } from '../record/callExtras.js';
import { guard } from '../runtime/guard.js';
import { defineHiddenProperty } from '../runtime/hiddenProperty.js';
import { observeResult } from '../providers/openai/promise/apiPromise.js';
import { countRetries } from '../providers/openai/promise/retries.js';
import type { ObservedCall } from '../record/observedCall.js';
import { stripUnknownClient } from './unknownClient.js';
import { isStream, observeStream } from '../providers/openai/streams/streamObserver.js';
import type { Recorder } from './recorder.js';
import { wrapMethod, type Method } from '../runtime/wrapMethod.js';
import { warnOnce } from '../runtime/warn.js';
import { isObject } from '../runtime/values.js';

/** Marks a tracked client; registered, so that two copies of this package see each other's mark. */
const TRACKED = Symbol.for('promptlab.tracked');

/** True where a `track()` of any copy of this package was here before. */
export function isTracked(client: object): boolean {
  return Object.hasOwn(client, TRACKED);
}

/** What the patched methods need of an instance. */
export type CallSink = Pick<
  Recorder,
  'isEnabled' | 'keepsTagsOnWire' | 'beginCall' | 'pollObserver' | 'runAsSpan' | 'remember' | 'noteClient'
>;

/** For a client whose instance could not even be made: our parameters still stay off the wire. */
export const STRIP_ONLY: CallSink = {
  isEnabled: false,
  keepsTagsOnWire: false,
  beginCall: () => undefined,
  pollObserver: () => undefined,
  runAsSpan: (_, fn) => fn(),
  remember() {},
  noteClient() {},
};

/** Patches the client in place. Never throws: a client of an unknown shape is left as it is. */
export function patchClient(client: object, sink: CallSink): void {
  if (isTracked(client)) {
    if ((client as { [TRACKED]?: unknown })[TRACKED] === sink) return;
    warnOnce('tracked', 'This client is tracked already; these options change nothing.');
    return;
  }
  defineHiddenProperty(client, TRACKED, sink);
  let isAnyFound = false;
  for (const method of TRACKED_METHODS) {
    const isFound = guard(`track ${method.endpoint}`, () => patchMethod(client, method, sink));
    // Where ours failed, that was said already.
    isAnyFound ||= isFound !== false;
  }
  if (!isAnyFound) guard('look at an unknown client', () => stripUnknownClient(client, sink));
  guard('count retries', () => countRetries(client));
  guard('track withOptions', () => patchWithOptions(client, sink));
  guard('look at a client', () => sink.noteClient(client));
}

/** True where the client has the method. */
function patchMethod(client: object, method: TrackedMethod, sink: CallSink): boolean {
  const owner = findResource(client, method);
  const run = RUN_BY_ROLE[method.role];
  const patched =
    owner && wrapMethod(owner, method.method, (call, self, args) => run({ client, method, sink, call, self, args }));
  if (!patched) return false;
  if (Object.getOwnPropertyDescriptor(owner, method.method)?.value !== patched) {
    warnOnce(
      'not patched',
      'Another library keeps this client from being tracked; call track() before it wraps the client.',
    );
  }
  return true;
}

interface TrackedCall {
  readonly client: object;
  readonly method: TrackedMethod;
  readonly sink: CallSink;
  readonly call: Method;
  readonly self: unknown;
  readonly args: readonly unknown[];
}

const RUN_BY_ROLE: Readonly<Record<TrackedMethod['role'], (call: TrackedCall) => unknown>> = {
  call: runCall,
  poll: runPoll,
  runner: runRunner,
};

/** One call of a model: ours before, the library's own work, ours after. Only the library's can throw. */
function runCall({ client, method, sink, call, self, args }: TrackedCall): unknown {
  const wireArgs = guard('read the parameters', () => withoutExtras(args, sink)) ?? args;
  const begun = guard('begin a record', () =>
    sink.isEnabled ? sink.beginCall(client, method, args[0], wireArgs[0]) : undefined,
  );
  if (!begun) return Reflect.apply(call, self, wireArgs) as unknown;

  const { recorder, wireParams, hidesUsage } = begun;
  let result: unknown;
  try {
    result = Reflect.apply(call, self, wireParams === wireArgs[0] ? wireArgs : [wireParams, ...wireArgs.slice(1)]);
  } catch (thrown) {
    guard('record an error', () => recorder.fail(thrown));
    throw thrown;
  }
  const watched = guard('watch a call', () => ({
    result: observe(result, recorder, { sink, asked: hidesUsage ? wireParams : undefined, signal: signalOf(args[1]) }),
  }));
  return watched ? watched.result : result;
}

/** A request about an earlier answer: recorded only where it ends a background response. */
function runPoll({ sink, call, self, args }: TrackedCall): unknown {
  const result = Reflect.apply(call, self, args) as unknown;
  const poll = guard('find a background response', () => sink.pollObserver(args[0]));
  if (!poll) return result;
  const watched = guard('watch a poll', () => ({
    result: observe(result, poll, { sink: undefined, asked: undefined, signal: undefined }),
  }));
  return watched ? watched.result : result;
}

/** A loop of calls and tools: each call is recorded by its own method, and all hang under one span. */
function runRunner({ method, sink, call, self, args }: TrackedCall): unknown {
  const run = () => Reflect.apply(call, self, args) as unknown;
  if (guard('look for a key', () => sink.isEnabled) !== true) return run();
  // The library's own throw must pass, ours must not: so it is known whose it is.
  let outcome: { value: unknown } | { thrown: unknown } | undefined;
  const runOnce = (): unknown => {
    try {
      const value = run();
      outcome = { value };
      return value;
    } catch (thrown) {
      outcome = { thrown };
      throw thrown;
    }
  };
  try {
    return sink.runAsSpan({ name: method.method, params: args[0] }, runOnce);
  } catch (thrown) {
    if (outcome === undefined) return run();
    if ('thrown' in outcome) throw thrown;
    return outcome.value;
  }
}

interface Observing {
  /** Undefined where the answer belongs to an earlier call. */
  readonly sink: CallSink | undefined;
  /** The parameters that ask for token counts on our account. */
  readonly asked: unknown;
  readonly signal: AbortSignal | undefined;
}

function observe(result: unknown, call: ObservedCall, { sink, asked, signal }: Observing): unknown {
  sink?.remember(result, call, 'promise');
  return observeResult(result, call, {
    onAnswer(answer) {
      sink?.remember(answer, call, 'answer');
      if (isStream(answer)) observeStream(answer, call, { hidesUsage: isObject(asked), signal });
      else if (!call.hasStream) call.succeed(answer);
    },
    onDerived(answer) {
      sink?.remember(answer, call, 'answer');
    },
    onRaw() {
      // A caller who reads the raw answer would see the chunk of usage, so none is asked for: the body is not yet written.
      if (isObject(asked)) delete asked.stream_options;
    },
  });
}

function signalOf(options: unknown): AbortSignal | undefined {
  return isObject(options) && options.signal instanceof AbortSignal ? options.signal : undefined;
}

function withoutExtras(args: readonly unknown[], sink: CallSink): readonly unknown[] {
  const stripped = stripExtras(args[0], sink.keepsTagsOnWire);
  return stripped === args[0] ? args : [stripped, ...args.slice(1)];
}

/** A clone of a tracked client is tracked too. */
function patchWithOptions(client: object, sink: CallSink): void {
  wrapMethod(client, 'withOptions', (call, self, args) => {
    const clone = Reflect.apply(call, self, args);
    guard('track a clone', () => isObject(clone) && patchClient(clone, sink));
    return clone;
  });
}
