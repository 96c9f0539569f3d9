/** Keeps a step open until what its function returned has ended: a promise, a stream, a generator, a runner. */
import { watchAbandoned } from './abandoned.js';
import { runInSpan } from './context.js';
import { defineHidden } from './hidden.js';
import { isObject } from './openai/assembler.js';
import { sharedState, type AmbientSpan } from './state.js';

type End = (failure?: { thrown: unknown }) => void;
type Method = (...args: unknown[]) => unknown;

/** Calls `end` once the result is over, and gives back what the caller is to have: the very same result. */
export function followResult(result: unknown, end: End, span: AmbientSpan): unknown {
  if (!isObject(result)) {
    end();
    return result;
  }
  const call = sharedState().calls.get(result);
  if (call) call.onSettled(end);
  else if (isPlainPromise(result)) return followPromise(result, end, span);
  else if (typeof result.then === 'function') followThenable(result, end, span);
  else if (typeof result.next === 'function') followIterator(result, end, span);
  else if (isRunner(result)) result.on('end', () => end());
  else if (typeof iteratorOf(result) === 'function') followIterable(result, end, span);
  else end();
  return result;
}

function followPromise(promise: Promise<unknown>, end: End, span: AmbientSpan): Promise<unknown> {
  return promise.then(
    (value) => followResult(value, end, span),
    (thrown: unknown) => {
      end({ thrown });
      throw thrown;
    },
  );
}

/** A promise without a class of its own, of any realm; `await` looks past a `then` that is put on such a one. */
function isPlainPromise(value: object): value is Promise<unknown> {
  return Object.prototype.toString.call(value) === '[object Promise]' && value.constructor?.name === 'Promise';
}

/** A thenable may only start its work when it is first awaited; so it is not awaited here, its `then` is watched. */
function followThenable(thenable: Record<string, unknown>, end: End, span: AmbientSpan): void {
  const then = thenable.then as Method;
  const watch = watchAbandoned(thenable, endOf(end));
  defineHidden(thenable, 'then', (onValue?: unknown, onError?: unknown) =>
    Reflect.apply(then, thenable, [
      (value: unknown) => {
        watch.stop();
        followResult(value, end, span);
        return typeof onValue === 'function' ? (onValue as Method)(value) : value;
      },
      (thrown: unknown) => {
        watch.stop();
        end({ thrown });
        if (typeof onError === 'function') return (onError as Method)(thrown);
        throw thrown;
      },
    ]),
  );
}

/** The body of a generator runs in its consumer's context, so each step is taken back into the span. */
function followIterator(iterator: Record<string, unknown>, end: End, span: AmbientSpan): void {
  const watch = watchAbandoned(iterator, endOf(end), Infinity);
  const finish: End = (failure) => {
    watch.stop();
    end(failure);
  };
  for (const name of ['next', 'return', 'throw'] as const) {
    const original = iterator[name];
    if (typeof original !== 'function') continue;
    defineHidden(iterator, name, (...args: unknown[]) => {
      const onResult = (step: unknown): unknown => {
        if (name === 'return' || (isObject(step) && step.done === true)) finish();
        return step;
      };
      const onError = (thrown: unknown): never => {
        finish({ thrown });
        throw thrown;
      };
      let step: unknown;
      try {
        step = runInSpan(span, () => Reflect.apply(original as Method, iterator, args));
      } catch (thrown) {
        return onError(thrown);
      }
      return step instanceof Promise ? step.then(onResult, onError) : onResult(step);
    });
  }
}

function followIterable(iterable: Record<string, unknown>, end: End, span: AmbientSpan): void {
  const original = iteratorOf(iterable) as Method;
  const watch = watchAbandoned(iterable, endOf(end));
  defineHidden(iterable, Symbol.asyncIterator, (...args: unknown[]) => {
    const iterator = Reflect.apply(original, iterable, args);
    watch.stop();
    if (isObject(iterator)) followIterator(iterator, end, span);
    return iterator;
  });
}

/** Made apart from what is watched, so that it holds nothing of it. */
function endOf(end: End): () => void {
  return () => end();
}

/** Arrays, maps and the like are values, not work in progress: only async iterables are. */
function iteratorOf(value: Record<string, unknown>): unknown {
  return (value as Record<symbol, unknown>)[Symbol.asyncIterator];
}

/** What `.stream()` and `.runTools()` return. */
function isRunner(
  value: Record<string, unknown>,
): value is Record<string, unknown> & { on(event: string, run: () => void): void } {
  return typeof value.on === 'function' && typeof value.done === 'function';
}
