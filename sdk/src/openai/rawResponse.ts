/** The caller took the raw Response. What he reads of it is recorded; nothing is read for the record's sake. */
import type { ObservedCall } from './observedCall.js';
import { contain } from '../contain.js';
import { defineHidden } from '../hidden.js';
import { watchAbandoned } from '../abandoned.js';

export function watchRawResponse(response: Response, call: ObservedCall): void {
  if (call.isSettled || typeof response !== 'object' || response === null) return;
  const watch = watchAbandoned(response, unseenOf(call));
  const recordUnseen = () => {
    watch.stop();
    contain('record a raw response', () => call.succeedRaw(undefined, 'unseen'));
  };
  /** node-fetch reads its own `body` inside `json()`; that is no reading by the caller. */
  let isReading = false;
  for (const reading of ['json', 'text'] as const) {
    // oxlint-disable-next-line typescript/unbound-method -- called with its own object by Reflect.apply
    const read = response[reading];
    if (typeof read !== 'function') continue;
    defineHidden(response, reading, () => {
      watch.stop();
      isReading = true;
      const reads = Reflect.apply(read, response, []);
      isReading = false;
      return reads.then(
        (body: unknown) => {
          contain('record a raw response', () => call.succeedRaw(body, reading));
          return body;
        },
        (thrown: unknown) => {
          contain('record an error', () => call.fail(thrown));
          throw thrown;
        },
      );
    });
  }
  for (const reading of ['arrayBuffer', 'blob', 'formData', 'bytes'] as const) {
    const read: unknown = (response as unknown as Record<string, unknown>)[reading];
    if (typeof read !== 'function') continue;
    defineHidden(response, reading, (...args: unknown[]) => {
      recordUnseen();
      return Reflect.apply(read, response, args);
    });
  }
  watchClone(response, call);
  watchBody(response, () => {
    if (!isReading) recordUnseen();
  });
}

/** Made apart from anything that holds the response. */
export function unseenOf(call: ObservedCall): () => void {
  return () => call.succeedRaw(undefined, 'unseen');
}

function watchClone(response: Response, call: ObservedCall): void {
  // oxlint-disable-next-line typescript/unbound-method -- called with its own object by Reflect.apply
  // oxlint-disable-next-line typescript/unbound-method -- called with its own object by Reflect.apply
  const { clone } = response;
  if (typeof clone !== 'function') return;
  defineHidden(response, 'clone', () => {
    const copy = Reflect.apply(clone, response, []);
    contain('watch a raw response', () => watchRawResponse(copy, call));
    return copy;
  });
}

/** The stream of bytes is the caller's alone: status and time are all that is kept. */
function watchBody(response: Response, onRead: () => void): void {
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
      onRead();
      return Reflect.apply(get, response, []) as unknown;
    },
  });
}
