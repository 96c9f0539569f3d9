/** The caller took the raw Response. What he reads of it is recorded; nothing is read for the record's sake. */
import type { CallRecorder } from '../callRecorder.js';
import { contain } from '../contain.js';
import { defineHidden } from '../hidden.js';
import { watchAbandoned } from '../abandoned.js';

export function watchRawResponse(response: Response, call: CallRecorder): void {
  if (call.isSettled || typeof response !== 'object' || response === null) return;
  const watch = watchAbandoned(response, () => call.succeedRaw(undefined, 'unseen'));
  for (const reading of ['json', 'text'] as const) {
    const read = response[reading];
    if (typeof read !== 'function') continue;
    defineHidden(response, reading, () => {
      watch.stop();
      return Reflect.apply(read, response, []).then(
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
      contain('record a raw response', () => call.succeedRaw(undefined, 'unseen'));
      return Reflect.apply(read, response, args);
    });
  }
  watchClone(response, call);
  watchBody(response, call);
}

function watchClone(response: Response, call: CallRecorder): void {
  const { clone } = response;
  if (typeof clone !== 'function') return;
  defineHidden(response, 'clone', () => {
    const copy = Reflect.apply(clone, response, []);
    contain('watch a raw response', () => watchRawResponse(copy, call));
    return copy;
  });
}

/** The stream of bytes is the caller's alone: status and time are all that is kept. */
function watchBody(response: Response, call: CallRecorder): void {
  let owner: object | null = response;
  let descriptor: PropertyDescriptor | undefined;
  while (owner && !(descriptor = Object.getOwnPropertyDescriptor(owner, 'body')))
    owner = Object.getPrototypeOf(owner) as object | null;
  const get = descriptor?.get;
  if (!get) return;
  Object.defineProperty(response, 'body', {
    configurable: true,
    enumerable: false,
    get() {
      contain('record a raw response', () => call.succeedRaw(undefined, 'unseen'));
      return Reflect.apply(get, response, []) as unknown;
    },
  });
}
