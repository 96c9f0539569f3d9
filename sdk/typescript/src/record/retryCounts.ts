/**
 * How often a library sent a call again, kept by what the call ended with: its HTTP answer, or its error. An adapter adds to it; the
 * recorder of the call takes it.
 */
import { guard } from '../runtime/guard.js';
import { isObject } from '../runtime/values.js';

const retries = new WeakMap<object, number>();

/** How often it was sent again until this came; told once, since a caller's own error may come again. */
export function takeRetries(outcome: unknown): number {
  const key = keyOf(outcome);
  const count = retries.get(key) ?? 0;
  if (count > 0) retries.delete(key);
  return count;
}

/** One more retry ended with this. */
export function addRetry(outcome: unknown): void {
  guard('count a retry', () => {
    const key = keyOf(outcome);
    retries.set(key, (retries.get(key) ?? 0) + 1);
  });
}

/** An answer is known by its HTTP response: openai 7 puts that of a retry in the place of one whose body did not come. */
function keyOf(outcome: unknown): object {
  const response = guard('read a response', () => (Object(outcome) as { response?: unknown }).response);
  return isObject(response) ? response : (Object(outcome) as object);
}
