/** `track()`: replaces the methods that call a model on the client's own resource objects, and nothing else. */
import { stripExtras, type CallExtras } from './callExtras.js';
import { contain } from './contain.js';
import { defineHidden } from './hidden.js';
import type { CallRecorder } from './callRecorder.js';
import { isObject } from './openai/assembler.js';
import { observeResult } from './openai/apiPromise.js';
import { findResource, TRACKED_METHODS, type TrackedMethod } from './openai/methods.js';
import { isStream, observeStream } from './openai/streamObserver.js';
import type { PromptLab } from './promptLab.js';

/** Marks a tracked client; registered, so that two copies of this package see each other's mark. */
const TRACKED = Symbol.for('promptlab.tracked');

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** True where a `track()` of any copy of this package was here before. */
export function isTracked(client: object): boolean {
  return Object.hasOwn(client, TRACKED);
}

/** Patches the client in place. Never throws: a client of an unknown shape is left as it is. */
export function patchClient(client: object, lab: PromptLab): void {
  if (isTracked(client)) return;
  defineHidden(client, TRACKED, true);
  for (const method of TRACKED_METHODS) {
    contain(`track ${method.endpoint}`, () => patchMethod(client, method, lab));
  }
  contain('track withOptions', () => patchWithOptions(client, lab));
}

function patchMethod(client: object, method: TrackedMethod, lab: PromptLab): void {
  const owner = findResource(client, method);
  const original = owner?.[method.method];
  if (!owner || typeof original !== 'function') return;
  const call = original as Method;
  const patched: Method = function (...args) {
    return callTracked({ client, method, lab, call, self: this, args });
  };
  likeOriginal(patched, call);
  defineHidden(owner, method.method, patched);
}

interface TrackedCall {
  readonly client: object;
  readonly method: TrackedMethod;
  readonly lab: PromptLab;
  readonly call: Method;
  readonly self: unknown;
  readonly args: readonly unknown[];
}

/** One call of a tracked method: ours before, the library's own work, ours after. Only the library's can throw. */
function callTracked({ client, method, lab, call, self, args }: TrackedCall): unknown {
  if (method.role === 'poll') return callPoll({ client, method, lab, call, self, args });
  const wireArgs = contain('read the parameters', () => withoutExtras(args, lab)) ?? args;
  const begun = lab.isEnabled
    ? contain('begin a record', () => lab.beginCall(client, method, args[0], wireArgs[0]))
    : undefined;
  if (!begun) return Reflect.apply(call, self, wireArgs) as unknown;

  const { recorder, wireParams, hidesUsage } = begun;
  let result: unknown;
  try {
    result = Reflect.apply(call, self, wireParams === wireArgs[0] ? wireArgs : [wireParams, ...wireArgs.slice(1)]);
  } catch (thrown) {
    contain('record an error', () => recorder.fail(thrown));
    throw thrown;
  }
  return contain('watch a call', () => observe(result, recorder, lab, { hidesUsage, options: args[1] })) ?? result;
}

/** A request about an earlier answer: recorded only where it ends a background response. */
function callPoll({ lab, call, self, args }: TrackedCall): unknown {
  const result = Reflect.apply(call, self, args) as unknown;
  const recorder = contain('find a background response', () => lab.findBackground(args[0]));
  if (!recorder) return result;
  return contain('watch a poll', () => lab.observePoll(result, recorder)) ?? result;
}

function observe(
  result: unknown,
  recorder: CallRecorder,
  lab: PromptLab,
  { hidesUsage, options }: { hidesUsage: boolean; options: unknown },
): unknown {
  const signal = isObject(options) && options.signal instanceof AbortSignal ? options.signal : undefined;
  if (isObject(result)) lab.rememberCall(result, recorder);
  return observeResult(result, recorder, {
    onAnswer(answer) {
      if (isObject(answer)) lab.rememberResult(answer, recorder);
      if (isStream(answer)) observeStream(answer, recorder, { hidesUsage, signal });
      else if (!recorder.hasStream) recorder.succeed(answer);
    },
    onDerived(answer) {
      if (isObject(answer)) lab.rememberResult(answer, recorder);
    },
  });
}

function withoutExtras(args: readonly unknown[], lab: PromptLab): readonly unknown[] {
  const stripped = stripExtras(args[0], lab.keepsTagsOnWire);
  return stripped === args[0] ? args : [stripped, ...args.slice(1)];
}

/** A clone of a tracked client is tracked too. */
function patchWithOptions(client: object, lab: PromptLab): void {
  const original = (client as { withOptions?: unknown }).withOptions;
  if (typeof original !== 'function') return;
  const patched: Method = function (...args) {
    const clone = Reflect.apply(original, this, args) as unknown;
    contain('track a clone', () => isObject(clone) && patchClient(clone, lab));
    return clone;
  };
  likeOriginal(patched, original as Method);
  defineHidden(client, 'withOptions', patched);
}

function likeOriginal(patched: Method, original: Method): void {
  Object.defineProperty(patched, 'name', { value: original.name, configurable: true });
  Object.defineProperty(patched, 'length', { value: original.length, configurable: true });
}

/**
 * The first parameter of a call with our extras added, for each overload; all else of the client's type stays.
 * Structural on purpose: no types of `openai` are imported, so two copies of it can never disagree.
 */
type WithExtras<F> = F extends {
  (body: infer A, ...rest: infer RA): infer XA;
  (body: infer B, ...rest: infer RB): infer XB;
  (body: infer C, ...rest: infer RC): infer XC;
}
  ? {
      (body: A & CallExtras, ...rest: RA): XA;
      (body: B & CallExtras, ...rest: RB): XB;
      (body: C & CallExtras, ...rest: RC): XC;
    }
  : never;

type ExtrasAt<T, Path extends string, M extends string> = Path extends `${infer Head}.${infer Rest}`
  ? T extends { [K in Head]: infer Inner }
    ? { readonly [K in Head]: ExtrasAt<Inner, Rest, M> }
    : unknown
  : T extends { [K in Path]: { [K2 in M]: infer F } }
    ? { readonly [K in Path]: { readonly [K2 in M]: WithExtras<F> } }
    : unknown;

/** A client whose model calls also take `CallExtras`. Assignable to the type it came from. */
export type Tracked<T> = T &
  ExtrasAt<T, 'chat.completions', 'create'> &
  ExtrasAt<T, 'completions', 'create'> &
  ExtrasAt<T, 'responses', 'create'> &
  ExtrasAt<T, 'embeddings', 'create'> &
  ExtrasAt<T, 'moderations', 'create'> &
  ExtrasAt<T, 'images', 'generate'> &
  ExtrasAt<T, 'images', 'edit'> &
  ExtrasAt<T, 'images', 'createVariation'> &
  ExtrasAt<T, 'audio.transcriptions', 'create'> &
  ExtrasAt<T, 'audio.translations', 'create'> &
  ExtrasAt<T, 'audio.speech', 'create'>;
