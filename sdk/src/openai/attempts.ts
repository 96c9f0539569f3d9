/**
 * How often the library sent a call. It tells nobody, but in all four majors each retry is a call of its own `makeRequest`
 * inside the first one, and they all end with the same answer or the same error: so each of them adds one to it.
 */
import { defineHidden } from '../hidden.js';

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

/** How often it was sent until this came; asked once, since a caller's own error may come again. */
export function takeAttempts(outcome: unknown): number {
  const count = retries.get(outcome as object) ?? 0;
  retries.delete(outcome as object);
  return count + 1;
}

function addRetry(outcome: unknown): void {
  const key = Object(outcome) as object;
  retries.set(key, (retries.get(key) ?? 0) + 1);
}
