/**
 * Watches the promise of a call in place: the caller gets the library's own promise, with its class, its identity and its
 * methods. Nothing is subscribed to that would read the body, and a failure is "unhandled" exactly where it was before.
 */
import { stopWhenSettled, watchUnconsumed } from '../../../runtime/unconsumedStreams.js';
import type { ObservedCall } from '../../../record/observedCall.js';
import { guard, reportInternal } from '../../../runtime/guard.js';
import { defineHiddenProperty } from '../../../runtime/hiddenProperty.js';
import { unseenOf, watchRawResponse } from './rawResponse.js';
import { isObject } from '../../../runtime/values.js';

type Transform = (data: unknown, props: unknown) => unknown;

/** The parts of openai's APIPromise that all four majors have as plain properties. */
interface ApiPromise extends PromiseLike<unknown> {
  responsePromise: Promise<unknown>;
  parseResponse: (...args: unknown[]) => unknown;
  parsedPromise?: Promise<unknown>;
  parse(): Promise<unknown>;
  _thenUnwrap(transform: Transform): ApiPromise;
  asResponse(): Promise<Response>;
}

/** What the observer does with the parsed answer, with one that a helper made of it, and where the caller takes the HTTP response. */
export interface AnswerObserver {
  onAnswer(answer: unknown): void;
  onDerived(answer: unknown): void;
  onRaw(): void;
}

/** Watches `result`, whatever the method returned, and gives back what the caller is to have. */
export function observeResult(result: unknown, call: ObservedCall, observer: AnswerObserver): unknown {
  if (isApiPromise(result)) {
    const response = watchResponse(result, call);
    try {
      watchApiPromise(result, call, observer, response);
    } catch (thrown) {
      // Half watched: at least no failure may count as unhandled on our account.
      response.markUsed();
      throw thrown;
    }
    return result;
  }
  if (isObject(result) && typeof result.then === 'function') {
    return observeForeignPromise(result as unknown as PromiseLike<unknown>, call, observer);
  }
  observer.onAnswer(result);
  return result;
}

/**
 * Not openai's promise: a mock, a client of the same shape, or what another library made of it. A plain promise gets one more link, as
 * `.then` of the caller would be. One with methods of its own is what the caller must get: it is watched from the side.
 */
function observeForeignPromise(promise: PromiseLike<unknown>, call: ObservedCall, observer: AnswerObserver): unknown {
  const onAnswer = (answer: unknown): unknown => {
    guard('record an answer', () => observer.onAnswer(answer));
    return answer;
  };
  const onError = (thrown: unknown): void => {
    guard('record an error', () => call.fail(thrown));
  };
  if (isPlainPromise(promise)) {
    return promise.then(onAnswer, (thrown: unknown) => {
      onError(thrown);
      throw thrown;
    });
  }
  void promise.then(onAnswer, onError);
  return promise;
}

function isPlainPromise(promise: PromiseLike<unknown>): boolean {
  // A promise of any realm. Only names are looked at, not symbols: Node keeps the context of a promise under symbols.
  const isNative =
    Object.prototype.toString.call(promise) === '[object Promise]' && promise.constructor?.name === 'Promise';
  return isNative && Object.getOwnPropertyNames(promise).length === 0;
}

function isApiPromise(value: unknown): value is ApiPromise {
  return (
    isObject(value) &&
    isObject(value.responsePromise) &&
    typeof value.parseResponse === 'function' &&
    typeof value.parse === 'function' &&
    typeof value._thenUnwrap === 'function'
  );
}

/** Sees headers or failure before the caller does. `markUsed` tells that the caller will hear of a failure himself. */
function watchResponse(promise: ApiPromise, call: ObservedCall): { markUsed(): void } {
  let isUsed = false;
  const watched = promise.responsePromise.then(
    (props) =>
      guard('read the response', () => {
        call.noteResponse(props);
        // Nobody has asked for the answer yet, and maybe nobody will.
        if (!isUsed) stopWhenSettled(call, watchUnconsumed(promise, unseenOf(call)));
      }),
    (thrown: unknown) => {
      guard('record an error', () => call.fail(thrown));
      // Rethrown: a call that nobody looks at must end in one unhandledRejection, as without us.
      throw thrown;
    },
  );
  return {
    markUsed() {
      if (isUsed) return;
      isUsed = true;
      watched.catch(() => {});
    },
  };
}

function watchApiPromise(
  promise: ApiPromise,
  call: ObservedCall,
  observer: AnswerObserver,
  response: { markUsed(): void },
): void {
  // oxlint-disable-next-line typescript/unbound-method -- called with its own object by Reflect.apply
  const { parse, parseResponse, _thenUnwrap: thenUnwrap, asResponse } = promise;

  // `then`, `catch`, `finally` and `withResponse` all go through `parse()`. An accessor on `responsePromise` would see the
  // same, but it gives every promise a hidden class of its own, which costs more than all the rest of the recording.
  // They get the object they are called on: LangSmith hands on a Proxy of the promise, which has no private state.
  defineHiddenProperty(promise, 'parse', function (this: unknown) {
    response.markUsed();
    return Reflect.apply(parse, this, []);
  });

  promise.parseResponse = observeParsing(parseResponse, call, observer);

  defineHiddenProperty(promise, '_thenUnwrap', function (this: unknown, transform: Transform) {
    const derived = Reflect.apply(thenUnwrap, this, [
      (answer: unknown, props: unknown) => {
        // openai 7 builds this from a parser of its own, so the answer may not have been seen yet.
        guard('record an answer', () => observer.onAnswer(answer));
        const made = transform(answer, props);
        guard('record an answer', () => observer.onDerived(made));
        return made;
      },
    ]);
    guard('watch a promise', () => {
      if (!isApiPromise(derived)) return;
      const onAnswer = (made: unknown) => observer.onDerived(made);
      watchApiPromise(derived, call, { ...observer, onAnswer }, response);
    });
    return derived;
  });

  defineHiddenProperty(promise, 'asResponse', () => {
    response.markUsed();
    const raw = Reflect.apply(asResponse, promise, []);
    // `withResponse()` parses as well; then the parsed answer is recorded, and the response stays untouched.
    if (promise.parsedPromise !== undefined || call.isParsing) return raw;
    observer.onRaw();
    return raw.then((httpResponse) => {
      guard('watch a raw response', () => watchRawResponse(httpResponse, call));
      return httpResponse;
    });
  });
}

/**
 * Made apart from the other closures of a promise. Made among them, it kept calls alive past the collector's short rounds,
 * which cost more than the recording (`docs/decisions/018`).
 */
function observeParsing(
  parseResponse: ApiPromise['parseResponse'],
  call: ObservedCall,
  observer: AnswerObserver,
): ApiPromise['parseResponse'] {
  return function (this: unknown, ...args: unknown[]) {
    call.isParsing = true;
    return observeParsed(Reflect.apply(parseResponse, this, args), call, observer);
  };
}

function observeParsed(parsed: unknown, call: ObservedCall, observer: AnswerObserver): unknown {
  const onAnswer = (answer: unknown): unknown => {
    try {
      observer.onAnswer(answer);
    } catch (thrown) {
      reportInternal('record an answer', thrown);
    }
    return answer;
  };
  if (!isObject(parsed) || typeof parsed.then !== 'function') return onAnswer(parsed);
  return (parsed as unknown as PromiseLike<unknown>).then(onAnswer, (thrown: unknown) => {
    guard('record an error', () => call.fail(thrown));
    throw thrown;
  });
}
