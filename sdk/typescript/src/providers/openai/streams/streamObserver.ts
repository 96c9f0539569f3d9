/**
 * Watches a stream through its one field that every way of consuming goes through: `iterator`. The stream stays the
 * library's own object; nothing is read ahead, nothing is branched, nothing is kept of a piece but its text.
 */
import { abandonCallback, stopWhenSettled, watchUnconsumed } from '../../../runtime/unconsumedStreams.js';
import type { ObservedCall } from '../../../record/observedCall.js';
import { guard, reportInternal } from '../../../runtime/guard.js';
import { defineHiddenProperty } from '../../../runtime/hiddenProperty.js';
import { isObject } from '../../../runtime/values.js';

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
  const abandoned = watchUnconsumed(stream, abandonCallback(call));
  stopWhenSettled(call, abandoned);

  const wrap = (iterate: Iterate): Iterate => {
    let isFirst = true;
    const apply = (_: Iterate, self: unknown, args: unknown[]) => {
      const iterator = Reflect.apply(iterate, self, args);
      // A second consumption throws in the library; it must not end the record of the first.
      if (!isFirst) return iterator;
      isFirst = false;
      const watched = guard('watch a stream', () => {
        // A consumer that stops without closing is found when stream and iterator are collected.
        abandoned.waitForCollection();
        return new WatchedIterator(iterator, stream, call, watch) as unknown as AsyncIterator<unknown>;
      });
      return watched ?? iterator;
    };
    // Printed, the stream looks as without us.
    return new Proxy(iterate, { apply });
  };

  if (typeof stream.iterator === 'function') {
    stream.iterator = wrap(stream.iterator);
  } else {
    // A future major may hide the field; then `tee()` is all that is not seen.
    defineHiddenProperty(
      stream,
      Symbol.asyncIterator,
      wrap((stream as Record<symbol, unknown>)[Symbol.asyncIterator] as Iterate),
    );
  }
}

/** What the library's iterators are, and so ours. */
const ASYNC_GENERATOR = Object.getPrototypeOf(async function* () {}).prototype as object | undefined;

/**
 * Stands before the iterator that the library made, and looks like it. Replacing the methods of that one would cost more: each is
 * the only object of its kind, so nothing that the engine learns of it is of use for the next.
 */
class WatchedIterator {
  readonly #iterator: AsyncIterator<unknown>;
  /** Looked up once: each iterator of the library has a prototype of its own. */
  readonly #next: AsyncIterator<unknown>['next'];
  /** Held on purpose: as long as the caller has the iterator, the watched stream must not be collected. */
  readonly #stream: OpenAiStream;
  readonly #call: ObservedCall;
  readonly #watch: StreamWatch;

  static {
    // A compiler for old runtimes leaves no such thing.
    if (ASYNC_GENERATOR) Object.setPrototypeOf(this.prototype, ASYNC_GENERATOR);
    Reflect.deleteProperty(this.prototype, 'constructor');
  }

  constructor(iterator: AsyncIterator<unknown>, stream: OpenAiStream, call: ObservedCall, watch: StreamWatch) {
    this.#iterator = iterator;
    // oxlint-disable-next-line typescript/unbound-method -- called with its own object by Reflect.apply
    this.#next = iterator.next;
    this.#stream = stream;
    this.#call = call;
    this.#watch = watch;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(...args: unknown[]): unknown {
    let result: Partial<PromiseLike<unknown>> | undefined;
    try {
      result = Reflect.apply(this.#next, this.#iterator, args) as typeof result;
    } catch (thrown) {
      return this.#onError(thrown);
    }
    // An iterator of another make may answer without a promise.
    return typeof result?.then === 'function' ? result.then(this.#onNext, this.#onError) : this.#onNext(result);
  }

  return(...args: [value?: unknown]): unknown {
    guard('record a stream', () => this.#call.endStream('return'));
    return this.#iterator.return ? this.#iterator.return(...args) : Promise.resolve({ done: true, value: args[0] });
  }

  throw(...args: [thrown?: unknown]): unknown {
    guard('record a stream', () => this.#call.fail(args[0]));
    return this.#iterator.throw ? this.#iterator.throw(...args) : Promise.reject(args[0] as Error);
  }

  readonly #onNext = (result: unknown): unknown => {
    let isHidden = false;
    try {
      const { done, value } = result as IteratorResult<unknown>;
      if (done) {
        this.#call.endStream('end', this.#wasAborted());
      } else {
        this.#call.addPiece(value);
        isHidden = this.#watch.hidesUsage && isUsageOnly(value);
      }
    } catch (thrown) {
      reportInternal('record a stream', thrown);
    }
    return isHidden ? this.next() : result;
  };

  readonly #onError = (thrown: unknown): never => {
    guard('record an error', () => this.#call.fail(thrown));
    throw thrown;
  };

  #wasAborted(): boolean {
    return this.#stream.controller?.signal?.aborted === true || this.#watch.signal?.aborted === true;
  }
}

/** The extra last chunk of `include_usage`: token counts and no choices. */
function isUsageOnly(chunk: unknown): boolean {
  if (!isObject(chunk) || !isObject(chunk.usage)) return false;
  return Array.isArray(chunk.choices) && chunk.choices.length === 0;
}
