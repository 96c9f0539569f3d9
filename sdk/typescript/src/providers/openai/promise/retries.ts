/**
 * Counts how often the library sent a call. It does not expose that, but in all four majors each retry is a call of its own
 * `makeRequest` inside the first one, and they all end with the same answer or the same error.
 */
import { addRetry } from '../../../record/retryCounts.js';
import { wrapMethod } from '../../../runtime/wrapMethod.js';

/** Counts the retries of this client from now on. */
export function countRetries(client: object): void {
  wrapMethod(client, 'makeRequest', (call, self, args) => {
    const sent = Reflect.apply(call, self, args);
    // The first attempt does not know yet how many more there may be.
    if (typeof args[1] === 'number' && sent instanceof Promise) sent.then(addRetry, addRetry);
    return sent;
  });
}
