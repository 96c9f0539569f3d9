/** The caller took the raw Response. What he reads of it is recorded; nothing is read for the record's sake. */
import type { ObservedCall } from '../../../record/observedCall.js';
import { guard } from '../../../runtime/guard.js';
import { defineHiddenProperty } from '../../../runtime/hiddenProperty.js';
import { watchUnconsumed } from '../../../runtime/unconsumedStreams.js';

/** Wraps what reads the body, on this one response. */
export function watchRawResponse(response: Response, call: ObservedCall): void {
  if (call.isSettled || typeof response !== 'object' || response === null) return;
  const watch = watchUnconsumed(response, unseenOf(call));
  const recordUnseen = () => {
    guard('record a raw response', () => {
      watch.stop();
      call.succeedRaw(undefined, 'unseen');
    });
  };
  /** node-fetch reads its own `body` inside `json()` and `clone()`; that is no reading by the caller. */
  let isReading = false;
  const onError = (thrown: unknown): never => {
    guard('record an error', () => call.fail(thrown));
    throw thrown;
  };
  for (const reading of ['json', 'text'] as const) {
    // oxlint-disable-next-line typescript/unbound-method -- called with its own object by Reflect.apply
    const read = response[reading];
    if (typeof read !== 'function') continue;
    const onBody = (body: unknown): unknown => {
      guard('record a raw response', () => call.succeedRaw(body, reading));
      return body;
    };
    defineHiddenProperty(response, reading, () => {
      guard('record a raw response', () => watch.stop());
      isReading = true;
      let reads: Partial<PromiseLike<unknown>> | undefined;
      try {
        reads = Reflect.apply(read, response, []) as typeof reads;
      } catch (thrown) {
        return onError(thrown);
      }
      return typeof reads?.then === 'function' ? reads.then(onBody, onError) : onBody(reads);
    });
  }
  for (const reading of ['arrayBuffer', 'blob', 'formData', 'bytes'] as const) {
    const read: unknown = (response as unknown as Record<string, unknown>)[reading];
    if (typeof read !== 'function') continue;
    defineHiddenProperty(response, reading, (...args: unknown[]) => {
      recordUnseen();
      return Reflect.apply(read, response, args);
    });
  }
  // oxlint-disable-next-line typescript/unbound-method -- called with its own object by Reflect.apply
  const { clone } = response;
  if (typeof clone === 'function') {
    defineHiddenProperty(response, 'clone', () => {
      isReading = true;
      const copy = Reflect.apply(clone, response, []);
      isReading = false;
      guard('watch a raw response', () => watchRawResponse(copy, call));
      return copy;
    });
  }
  watchBody(response, (body) => {
    if (isReading) return;
    // He may only look whether there is one, hand it on, or read it at once.
    call.isBodyTaken = true;
    queueMicrotask(() => {
      if (guard('watch a raw response', () => isRead(body)) === true && !isReading) recordUnseen();
    });
  });
}

/** Made apart from anything that holds the response. */
export function unseenOf(call: ObservedCall): () => void {
  return () => {
    // What the library reads is told by itself.
    if (!call.isParsing) call.abandon();
  };
}

/** By the marks of a web stream, or of one of Node's. */
function isRead(body: unknown): boolean {
  const { locked, readableFlowing } = (body ?? {}) as { locked?: boolean; readableFlowing?: boolean | null };
  return locked === true || typeof readableFlowing === 'boolean';
}

/** The stream of bytes is the caller's alone: status and time are all that is kept. */
function watchBody(response: Response, onRead: (body: unknown) => void): void {
  let owner: object | null = response;
  let descriptor: PropertyDescriptor | undefined;
  while (owner && !(descriptor = Object.getOwnPropertyDescriptor(owner, 'body')))
    owner = Object.getPrototypeOf(owner) as object | null;
  // oxlint-disable-next-line typescript/unbound-method -- called with its own object by Reflect.apply
  const get = descriptor?.get;
  if (!get) return;
  Object.defineProperty(response, 'body', {
    configurable: true,
    enumerable: false,
    get() {
      const body = Reflect.apply(get, response, []) as unknown;
      guard('watch a raw response', () => onRead(body));
      return body;
    },
  });
}
