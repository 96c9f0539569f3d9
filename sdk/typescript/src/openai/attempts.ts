/**
 * How often the library sent a call. It tells nobody, but in all four majors each retry is a call of its own `makeRequest`
 * inside the first one, and they all end with the same answer or the same error: so each of them adds one to it.
 */
import { contain } from '../contain.js';
import { defineHidden } from '../hidden.js';
import { isObject } from '../values.js';

const retries = new WeakMap<object, number>();

/** Counts the retries of this client from now on. */
export function countRetries(client: { makeRequest?: unknown }): void {
  const { makeRequest } = client;
  if (typeof makeRequest !== 'function') return;
  defineHidden(client, 'makeRequest', function (this: unknown, ...args: unknown[]) {
    const sent = Reflect.apply(makeRequest, this, args) as unknown;
    // The first attempt does not know yet how many more there may be.
    if (typeof args[1] === 'number' && sent instanceof Promise) sent.then(addRetry, addRetry);
    return sent;
  });
}

/** How often it was sent again until this came; told once, since a caller's own error may come again. */
export function takeRetries(outcome: unknown): number {
  const key = keyOf(outcome);
  const count = retries.get(key) ?? 0;
  if (count > 0) retries.delete(key);
  return count;
}

function addRetry(outcome: unknown): void {
  contain('count a retry', () => {
    const key = keyOf(outcome);
    retries.set(key, (retries.get(key) ?? 0) + 1);
  });
}

/** An answer is known by its HTTP response: openai 7 puts that of a retry in the place of one whose body did not come. */
function keyOf(outcome: unknown): object {
  const response = contain('read a response', () => (Object(outcome) as { response?: unknown }).response);
  return isObject(response) ? response : (Object(outcome) as object);
}
