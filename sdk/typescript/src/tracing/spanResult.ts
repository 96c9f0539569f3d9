/** Keeps a span open until what its function returned has ended: a promise, a stream, a generator, a runner. */
import { watchUnconsumed } from '../runtime/unconsumedStreams.js';
import { guard } from '../runtime/guard.js';
import { runInSpan, type AmbientSpan } from './context.js';
import { defineHiddenProperty } from '../runtime/hiddenProperty.js';
import { processGlobal } from '../runtime/globals.js';
import { isObject } from '../runtime/values.js';

/** A recorded call, as far as a trace wants to know of it. */
interface SettlingCall {
  /** Runs when the call is over; `failure` where it failed. */
  onSettled(run: (failure?: { thrown: unknown }) => void): void;
}

/** Recorded calls by the promise or stream that the caller has. */
export const settlingCalls = processGlobal('settlingCalls', () => new WeakMap<object, SettlingCall>());

/** Given a `failure` where it failed, and a `value` where it ended with one that is whole. */
type End = (failure?: { thrown: unknown }, value?: unknown) => void;
type Method = (...args: unknown[]) => unknown;

/**
 * Calls `end` once the result is over, and gives back what the caller is to have: the very same result, but for a plain
 * promise, which `await` takes without a look at its `then`: for that, one that ends as it does.
 */
export function followResult(result: unknown, end: End, span: AmbientSpan): unknown {
  if (!isObject(result)) {
    end(undefined, result);
    return result;
  }
  const call = settlingCalls.get(result);
  if (call) call.onSettled((failure) => end(failure));
  else if (isPlainPromise(result)) return followPromise(result, end, span);
  else if (typeof result.then === 'function') followThenable(result, end, span);
  else if (typeof result.next === 'function') followIterator(result, end, span);
  else if (isRunner(result)) followRunner(result, end);
  else if (typeof iteratorOf(result) === 'function' || typeof result.getReader === 'function')
    followIterable(result, end, span);
  else end(undefined, result);
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
  const watch = watchUnconsumed(thenable, endOf(end));
  defineHiddenProperty(thenable, 'then', (onValue?: unknown, onError?: unknown) =>
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
  const watch = watchUnconsumed(iterator, endOf(end), Infinity);
  const finish: End = (failure) => {
    watch.stop();
    end(failure);
  };
  for (const name of ['next', 'return', 'throw'] as const) {
    const original = iterator[name];
    if (typeof original !== 'function') continue;
    defineHiddenProperty(iterator, name, (...args: unknown[]) => {
      const onResult = (result: unknown): unknown => {
        if (name === 'return' || (isObject(result) && result.done === true)) finish();
        return result;
      };
      const onError = (thrown: unknown): never => {
        finish({ thrown });
        throw thrown;
      };
      let result: unknown;
      try {
        result = runInSpan(span, () => Reflect.apply(original as Method, iterator, args));
      } catch (thrown) {
        return onError(thrown);
      }
      return result instanceof Promise ? result.then(onResult, onError) : onResult(result);
    });
  }
}

/**
 * Asked for its outcome only once it is over: before, that would count as handling its failure, and one that the caller
 * overlooks would stay unseen.
 */
function followRunner(runner: Runner, end: End): void {
  const onEnd = (): void =>
    void runner.done().then(
      () => end(),
      (thrown: unknown) => end({ thrown }),
    );
  if (runner.ended === true) onEnd();
  else runner.on('end', () => guard('end a span', onEnd));
}

function followIterable(iterable: Record<string, unknown>, end: End, span: AmbientSpan): void {
  const watch = watchUnconsumed(iterable, endOf(end));
  const follow = (name: PropertyKey, onMade: (made: Record<string, unknown>) => void): void => {
    const original = Reflect.get(iterable, name) as unknown;
    if (typeof original !== 'function') return;
    defineHiddenProperty(iterable, name, (...args: unknown[]) => {
      const made = Reflect.apply(original as Method, iterable, args);
      if (isObject(made)) guard('follow a stream', () => onMade(made));
      return made;
    });
  };
  follow(Symbol.asyncIterator, (iterator) => {
    watch.stop();
    followIterator(iterator, end, span);
  });
  // How servers read a `ReadableStream`. A reader that is let go of rejects as well, but leaves the stream to the next.
  follow('getReader', ({ closed }) => {
    watch.waitForCollection();
    const finish: End = (failure) => {
      watch.stop();
      end(failure);
    };
    void (closed as Promise<void>).then(
      () => finish(),
      (thrown: unknown) => iterable.locked === true && finish({ thrown }),
    );
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
interface Runner {
  readonly ended?: unknown;
  on(event: string, run: () => void): void;
  done(): Promise<void>;
}

function isRunner(value: Record<string, unknown>): value is Record<string, unknown> & Runner {
  return typeof value.on === 'function' && typeof value.done === 'function';
}
