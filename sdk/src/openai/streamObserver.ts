/**
 * Watches a stream through its one field that every way of consuming goes through: `iterator`. The stream stays the
 * library's own object; nothing is read ahead, nothing is branched, nothing is kept of a piece but its text.
 */
import { abandonOf, stopWhenSettled, watchAbandoned } from '../abandoned.js';
import type { ObservedCall } from './observedCall.js';
import { contain, reportInternal } from '../contain.js';
import { defineHidden } from '../hidden.js';
import { isObject } from '../values.js';

type Iterate = (...args: unknown[]) => AsyncIterator<unknown>;

/** The parts of openai's Stream that all four majors have. */
interface OpenAiStream {
  iterator?: Iterate;
  controller?: { readonly signal?: { readonly aborted?: boolean } };
}

export interface StreamWatch {
  /** Hide the chunk with the token counts that the SDK asked for on its own account. */
  readonly hidesUsage: boolean;
  readonly signal: AbortSignal | undefined;
}

/** True for what a streamed call resolves to. */
export function isStream(value: unknown): value is OpenAiStream {
  return isObject(value) && typeof (value as Record<symbol, unknown>)[Symbol.asyncIterator] === 'function';
}

export function observeStream(stream: OpenAiStream, call: ObservedCall, watch: StreamWatch): void {
  if (call.hasStream || call.isSettled) return;
  call.hasStream = true;
  const abandoned = watchAbandoned(stream, abandonOf(call));
  stopWhenSettled(call, abandoned);
  // Through the stream on purpose: so an iterator, which holds this, keeps the watched stream from being collected.
  const wasAborted = () => stream.controller?.signal?.aborted === true || watch.signal?.aborted === true;

  const wrap = (iterate: Iterate): Iterate => {
    let isFirst = true;
    return function (this: unknown, ...args: unknown[]) {
      const iterator = Reflect.apply(iterate, this, args);
      // A second consumption throws in the library; it must not end the record of the first.
      if (!isFirst) return iterator;
      isFirst = false;
      contain('watch a stream', () => {
        // A consumer that stops without closing is found when stream and iterator are collected.
        abandoned.waitForCollection();
        watchIterator(iterator, call, wasAborted, watch.hidesUsage);
      });
      return iterator;
    };
  };

  if (typeof stream.iterator === 'function') {
    stream.iterator = wrap(stream.iterator);
  } else {
    // A future major may hide the field; then `tee()` is all that is not seen.
    defineHidden(
      stream,
      Symbol.asyncIterator,
      wrap((stream as Record<symbol, unknown>)[Symbol.asyncIterator] as Iterate),
    );
  }
}

/** Replaces the three methods on the iterator itself, so that it stays the generator the library made. */
function watchIterator(
  iterator: AsyncIterator<unknown>,
  call: ObservedCall,
  wasAborted: () => boolean,
  hidesUsage: boolean,
): void {
  // oxlint-disable-next-line typescript/unbound-method -- called with its own object by Reflect.apply
  const { next, return: close, throw: raise } = iterator;

  const onNext = (result: unknown): unknown => {
    try {
      const { done, value } = result as IteratorResult<unknown>;
      if (done) call.endStream('end', wasAborted());
      else {
        call.addPiece(value);
        if (hidesUsage && isUsageOnly(value)) return read();
      }
    } catch (thrown) {
      reportInternal('record a stream', thrown);
    }
    return result;
  };
  const onError = (thrown: unknown): never => {
    contain('record an error', () => call.fail(thrown));
    throw thrown;
  };
  const read = (...args: unknown[]): unknown => {
    let result: Partial<PromiseLike<unknown>> | undefined;
    try {
      result = Reflect.apply(next, iterator, args) as typeof result;
    } catch (thrown) {
      return onError(thrown);
    }
    // An iterator of another make may answer without a promise.
    return typeof result?.then === 'function' ? result.then(onNext, onError) : onNext(result);
  };

  defineHidden(iterator, 'next', read);
  if (typeof close === 'function') {
    defineHidden(iterator, 'return', (...args: unknown[]) => {
      contain('record a stream', () => call.endStream('return'));
      return Reflect.apply(close, iterator, args) as unknown;
    });
  }
  if (typeof raise === 'function') {
    defineHidden(iterator, 'throw', (...args: unknown[]) => {
      contain('record a stream', () => call.fail(args[0]));
      return Reflect.apply(raise, iterator, args) as unknown;
    });
  }
}

/** The extra last chunk of `include_usage`: token counts and no choices. */
function isUsageOnly(chunk: unknown): boolean {
  if (!isObject(chunk) || !isObject(chunk.usage)) return false;
  return Array.isArray(chunk.choices) && chunk.choices.length === 0;
}
