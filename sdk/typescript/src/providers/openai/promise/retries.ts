/**
 * Counts how often the library sent a call. It does not expose that, but in all four majors each retry is a call of its own
 * `makeRequest` inside the first one, and they all end with the same answer or the same error.
 */
import { addRetry } from '../../../record/retryCounts.js';
import { findOriginal } from '../../../runtime/originalMethod.js';
import { defineHiddenProperty } from '../../../runtime/hiddenProperty.js';

/** Counts the retries of this client from now on. */
export function countRetries(client: object): void {
  const makeRequest = findOriginal(client, 'makeRequest');
  if (!makeRequest) return;
  defineHiddenProperty(client, 'makeRequest', function (this: unknown, ...args: unknown[]) {
    const sent = Reflect.apply(makeRequest(), this, args);
    // The first attempt does not know yet how many more there may be.
    if (typeof args[1] === 'number' && sent instanceof Promise) sent.then(addRetry, addRetry);
    return sent;
  });
}
